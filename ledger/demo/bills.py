"""Drafts of bills: they go nowhere until somebody submits them, so the demo begins as it did without them."""

from collections.abc import Iterator
from datetime import date, timedelta

from ledger.domain.bills import IncomingBill
from ledger.domain.documents import DocumentKind, Stage
from ledger.domain.lines import IncomingLine
from ledger.domain.money import Money, parse_amount

ENTITY, CURRENCY = "Larkfield Inc.", "USD"
VENDORS = ("Staples", "Harbour Freight Lines", "Delta Air Lines")
# Days ago, kind, vendor, its number, terms in days, lines.
BILLS: list[tuple[int, DocumentKind, str, str, int, list[tuple[str, str, str, str]]]] = [
    (
        7,
        DocumentKind.BILL,
        "Harbour Freight Lines",
        "10482",
        14,
        [
            ("Line haul, Oakland to Denver", "Travel, ground", "Operations", "4860.00"),
            ("Fuel surcharge, 12 %", "Travel, ground", "Operations", "583.20"),
            ("Pallets, 48", "Office supplies", "Operations", "456.00"),
        ],
    ),
    (
        21,
        DocumentKind.BILL,
        "Staples",
        "INV-2207",
        14,
        [("Toner and paper", "Office supplies", "Operations", "318.40")],
    ),
    (
        5,
        DocumentKind.VENDOR_CREDIT,
        "Staples",
        "CR-118",
        0,
        [("Toner returned", "Office supplies", "Operations", "64.00")],
    ),
]


def drafts(today: date) -> Iterator[IncomingBill]:
    for number, (days, kind, vendor, told, terms, parts) in enumerate(BILLS, start=1):
        lines = tuple(_line(kind, *part) for part in parts)
        dated = today - timedelta(days=days)
        yield IncomingBill(
            external_id=f"demo-bill-{number}",
            entity=ENTITY,
            vendor=vendor,
            money=Money(sum(line.money.minor for line in lines), CURRENCY),
            dated=dated,
            lines=lines,
            kind=kind,
            stage=Stage.PENDING,
            due_on=dated + timedelta(days=terms) if terms else None,
            number=told,
            terms=f"Net {terms}" if terms else "",
        )


def _line(kind: DocumentKind, what: str, category: str, department: str, amount: str) -> IncomingLine:
    money = parse_amount(amount, CURRENCY)
    return IncomingLine(Money(kind.sign * money.minor, CURRENCY), category, department, what)

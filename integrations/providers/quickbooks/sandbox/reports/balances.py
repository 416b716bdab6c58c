"""VendorBalance and CustomerBalance, and the same document by document."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable

from .desk import Desk
from .detail import Layout, Row, sorted_rows
from .open_items import PAYABLE, RECEIVABLE, Item, items
from .period import read_day
from .shape import Report, bare, cell, cells, column, data, grand_total, padded, section
from .slices import NOBODY

_SHOWN = ("tx_date", "txn_type", "doc_num", "dept_name", "memo", "due_date")
DETAIL = {
    PAYABLE: (*_SHOWN, "subt_neg_amount", "subt_neg_open_bal"),
    RECEIVABLE: (*_SHOWN, "subt_amount", "subt_open_bal"),
}
PAID = {PAYABLE: "appaid", RECEIVABLE: "arpaid"}
WHO = {PAYABLE: "Vendor", RECEIVABLE: "Customer"}


def day_of(desk: Desk) -> str:
    """The day a report is drawn up for: as asked, else today, or the end of the period asked for."""
    asked = read_day(desk.asked.query, "report_date")
    today = desk.asked.calendar.today.isoformat()
    return asked or (desk.asked.period.end if desk.asked.period.bounded else today)


def drawn_for(day: str) -> list[dict[str, str]]:
    return [{"Name": "report_date", "Value": day}]


def by_party(desk: Desk, found: Iterable[Item]) -> list[tuple[int | None, list[Item]]]:
    """In the order of names; what is nobody's comes last."""
    parties: dict[int | None, list[Item]] = defaultdict(list)
    for item in found:
        parties[item.party].append(item)
    order = sorted(parties, key=lambda party: (party is None, desk.names.party(party).casefold()))
    return [(party, parties[party]) for party in (order[::-1] if desk.asked.descending else order)]


def name_of(desk: Desk, party: int | None) -> dict[str, str]:
    """An opening that nobody's name was given to has no Id."""
    return cell(desk.names.party(party), party) if party is not None else cell(NOBODY)


def summary(kind: str) -> Callable[[Desk], Report]:
    def build(desk: Desk) -> Report:
        day = day_of(desk)
        every = desk.asked.choice(PAID[kind], "Unpaid", "Paid", "All") == "All"
        sums = [(party, sum(item.amount for item in found)) for party, found in by_party(desk, items(desk, kind, day))]
        shown = [(party, units) for party, units in sums if units or every]
        rows = [bare(cells(name_of(desk, party), [units])) for party, units in shown]
        ends = [grand_total([sum(units for _, units in shown)])] if rows else []
        columns = [column("", WHO[kind]), column("Total", "Money")]
        return Report(columns, [*rows, *ends], options=drawn_for(day), empty=not rows)

    return build


def detail(kind: str) -> Callable[[Desk], Report]:
    def build(desk: Desk) -> Report:
        day, layout = day_of(desk), Layout(desk, DETAIL[kind], typed=True)
        asked = desk.asked.choice(PAID[kind], "Unpaid", "Paid", "All")
        found = [item for item in items(desk, kind, day) if asked == "All" or bool(item.open) == (asked == "Unpaid")]
        rows, every = [], []
        for party, mine in by_party(desk, found):
            lines = sorted_rows(desk, layout, [row_of(item) for item in mine])
            title = name_of(desk, party)
            below = [data(layout.cells(line)) for line in lines]
            rows.append(section(padded(title, layout.width), below, layout.total(f"Total for {title['value']}", lines)))
            every += lines
        ends = [section(summary=layout.total("TOTAL", every))] if every else []
        return Report(layout.columns, [*rows, *ends], options=drawn_for(day), empty=not every)

    return build


def row_of(item: Item, past_due: int | None = None) -> Row:
    return Row(
        *(item.head, None, item.amount),
        open=item.open,
        party=item.party,
        memo=item.head.body.get("PrivateNote"),
        past_due=past_due,
    )

"""Forms as they reach a customer: as a PDF, and by e-mail (§2)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from ..books.books import Books
from ..books.record import Record
from ..entities import transactions
from ..model.entity import Entity
from ..model.fields import Field, Kind
from ..wire.json import Json
from ..wire.refusals import Refusal, unsupported
from . import documents, pdf
from .pdf import Text

#: What can be printed and sent, what it is called on paper, and where the address of its reader stands.
TITLES = {
    "Invoice": ("Invoice", "BillEmail"),
    "Estimate": ("Estimate", "BillEmail"),
    "SalesReceipt": ("Sales Receipt", "BillEmail"),
    "CreditMemo": ("Credit Memo", "BillEmail"),
    "RefundReceipt": ("Refund Receipt", "BillEmail"),
    "Payment": ("Payment", ""),
    "PurchaseOrder": ("Purchase Order", "POEmail"),
}


def printed(books: Books, entity: Entity, number: str) -> bytes:
    _check(entity)
    shown = documents.read(books, entity, number)
    title = f"{TITLES[entity.name][0]} {shown.get('DocNumber', '')}".strip()
    return pdf.document(title, list(_rows(books, title, shown)))


def _check(entity: Entity) -> None:
    if entity.name not in TITLES:
        raise unsupported(entity.name)


def _rows(books: Books, title: str, shown: Json) -> Iterator[Text]:
    yield Text(books.company.name, title.upper(), bold=True, size=14)
    yield Text("")
    party = shown.get("CustomerRef") or shown.get("VendorRef") or {}
    yield Text(party.get("name", ""), f"Date {shown['TxnDate']}")
    due = f"Due {shown['DueDate']}" if shown.get("DueDate") else ""
    for at, line in enumerate(_address(shown.get("BillAddr") or shown.get("VendorAddr") or {})):
        yield Text(line, "" if at else due)
    yield Text("")
    for row in shown.get("Line", ()):
        yield from _line(row)
    yield Text("")
    tax = shown.get("TxnTaxDetail", {}).get("TotalTax")
    if tax:
        yield Text("Tax", _money(tax))
    yield Text(f"Total {shown.get('CurrencyRef', {}).get('value', '')}", _money(shown["TotalAmt"]), bold=True)
    if "Balance" in shown:
        yield Text("Balance due", _money(shown["Balance"]), bold=True)
    if shown.get("CustomerMemo"):
        yield from (Text(""), Text(str(shown["CustomerMemo"].get("value", ""))))


def _address(address: Json) -> list[str]:
    streets = [address[name] for name in ("Line1", "Line2", "Line3", "Line4", "Line5") if address.get(name)]
    place = [address[name] for name in ("City", "CountrySubDivisionCode", "PostalCode", "Country") if address.get(name)]
    return [*streets, " ".join(place)]


def _line(row: Json) -> Iterator[Text]:
    detail = row.get(row.get("DetailType", ""), {})
    words = row.get("Description") or detail.get("ItemRef", {}).get("name") or _linked(row) or row.get("DetailType", "")
    count = f"{detail['Qty']} x {detail.get('UnitPrice', '')}  " if detail.get("Qty") else ""
    yield Text(f"{count}{words}", _money(row["Amount"]) if "Amount" in row else "")
    for each in detail.get("Line", ()):
        yield from _line(each)


def _linked(row: Json) -> str:
    return ", ".join(f"{each['TxnType']} {each['TxnId']}" for each in row.get("LinkedTxn", ()))


def _money(value: Decimal | int) -> str:
    return f"{value:,.2f}"


def send(books: Books, entity: Entity, number: str, to: str) -> Json:
    """Nothing leaves this machine: the form only says from now on that it was sent, and to whom."""
    _check(entity)
    record = books.get(entity, number)
    transactions.check_open(books, record.body["TxnDate"])
    field = TITLES[entity.name][1]
    address = to or record.body.get(field, {}).get("Address") or _usual(books, record, field)
    if not address:
        raise Refusal("6420", "An e-mail address is needed to send the transaction", element=field or "BillEmail")
    address = books.reader.emails(address, Field("sendTo", Kind.EMAILS, limit=200))
    delivery = {"DeliveryType": "Email", "DeliveryTime": books.moment(books.now)}
    sent = {"EmailStatus": "EmailSent", "DeliveryInfo": delivery}
    body = {**record.body, **sent, field: {"Address": address}} if field else record.body
    return documents.render(books, books.replace(record, body, "Emailed"))


def _usual(books: Books, record: Record, field: str) -> str:
    """A payment has no address of its own and goes to that of the customer."""
    customer = books.find("Customer", int(record.body["CustomerRef"]["value"])) if not field else None
    return str(customer.body.get("PrimaryEmailAddr", {}).get("Address", "")) if customer else ""

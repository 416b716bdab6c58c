"""What a bookkeeper calls things, and how days and amounts are written."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from textwrap import shorten
from zoneinfo import ZoneInfo

from ..books.record import Record
from ..model.money import to_text
from ..wire.json import Json
from .markup import Html, html

#: What the letter of a cleared transaction stands for.
MARKS = {"C": "Cleared by the bank", "R": "Reconciled with a statement"}
#: Where the word in the books differs from the name in the API.
TYPES = {
    "Purchase": "Expense",
    "CreditCardPaymentTxn": "Card payment",
    "Class": "Class",
    "Department": "Location",
    "Item": "Product or service",
    "CompanyCurrency": "Currency",
    "Attachable": "Attachment",
}
PLURALS = {
    "CreditCardPaymentTxn": "Card payments",
    "Class": "Classes",
    "JournalEntry": "Journal entries",
    "Item": "Products and services",
    "TaxAgency": "Tax agencies",
    "CompanyCurrency": "Currencies",
    "TimeActivity": "Time activities",
    "CompanyInfo": "Company information",
    "Preferences": "Preferences",
    "CreditMemo": "Credit memos",
}
LABELS = {
    "TxnDate": "Date",
    "DocNumber": "Number",
    "CheckNum": "Check number",
    "PaymentRefNum": "Reference",
    "PrivateNote": "Memo",
    "Memo": "Memo",
    "EntityRef": "Payee",
    "CustomerMemo": "Message to the customer",
    "DepartmentRef": "Location",
    "SalesTermRef": "Terms",
    "TermRef": "Terms",
    "AcctNum": "Number",
    "AccountSubType": "Detail type",
    "APAccountRef": "Payable account",
    "ARAccountRef": "Receivable account",
    "CCAccountRef": "Card",
    "BankAccountRef": "Bank account",
    "CreditCardAccountRef": "Card",
    "FromAccountRef": "From",
    "ToAccountRef": "To",
    "DepositToAccountRef": "Deposited to",
    "UnitPrice": "Rate",
    "Qty": "Quantity",
    "ApplyTaxAfterDiscount": "Tax after discount",
    "GlobalTaxCalculation": "Amounts are",
    "CurrencyRef": "Currency",
    "TotalAmt": "Total",
    "Vendor1099": "1099 vendor",
    "LinkedTxn": "What it is tied to",
    "Line": "Lines",
    "PrimaryEmailAddr": "E-mail",
    "PrimaryPhone": "Phone",
    "BillAddr": "Address",
    "ShipAddr": "Shipping address",
    "PrintStatus": "Printing",
    "DeliveryType": "Sent by",
    "DeliveryTime": "Sent on",
    "TxnStatus": "Status",
    "POStatus": "Status",
    "QtyOnHand": "Quantity on hand",
    "TrackQtyOnHand": "Quantity is tracked",
    "InvStartDate": "In stock since",
    "RateValue": "Rate in percent",
    "SalesTaxRateList": "Rates on sales",
    "PurchaseTaxRateList": "Rates on purchases",
}
#: The property a label may only have on one kind of document.
LABELS_OF = {("Purchase", "AccountRef"): "Paid from"}
_BRIEF = 120
_SIZES = ((1 << 20, "MB"), (1 << 10, "kB"))
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def kind(record: Record) -> str:
    """The type of a document as registers print it."""
    if record.entity != "Purchase":
        return type_word(record.entity)
    if record.body.get("Credit"):
        return "Card credit"
    return {"Check": "Check", "Cash": "Cash expense"}.get(record.body.get("PaymentType", ""), "Expense")


def type_word(entity: str) -> str:
    return TYPES.get(entity) or spaced(entity)


def plural(entity: str) -> str:
    return PLURALS.get(entity) or f"{type_word(entity)}s"


def label(entity: str, name: str) -> str:
    """Of a property on the header of an entity; on a line the entity does not matter."""
    return LABELS_OF.get((entity, name)) or LABELS.get(name) or spaced(name.removesuffix("Ref").removesuffix("Amt"))


def spaced(name: str) -> str:
    """DueDate is a due date."""
    first, *rest = _HUMP.sub(" ", name).split()
    return " ".join([first[0].upper() + first[1:], *(word if word.isupper() else word.lower() for word in rest)])


def hours(body: Json) -> str:
    """What somebody has worked: 3 h 30 min."""
    told = ((body.get("Hours"), "h"), (body.get("Minutes"), "min"))
    return " ".join(f"{number} {unit}" for number, unit in told if number)


def number_of(body: Json) -> str:
    return str(body.get("DocNumber") or body.get("CheckNum") or body.get("PaymentRefNum") or "")


def titled(record: Record) -> str:
    """Names an object: Bill INV-7, Expense 42."""
    own = record.title or str(record.body.get("FileName") or record.body.get("CompanyName") or "")
    if record.entity == "Preferences":
        return "Preferences"
    return own or f"{kind(record)} {number_of(record.body) or record.id}"


def account_name(account: Record) -> str:
    return f"{account.body.get('AcctNum', '')} {account.body['Name']}".strip()


def brief(text: object) -> str:
    """As much of a memo as a register has room for; the document has the whole."""
    return shorten(str(text or ""), _BRIEF, placeholder=" …")


def amount(units: int) -> str:
    """Two decimals always, more only where the books hold more; the minus stands before the figure."""
    whole, _, rest = to_text(abs(units)).partition(".")
    return f"{'−' if units < 0 else ''}{int(whole):,}.{rest}"


def either(units: int) -> str:
    """An amount, or a dash where there is none."""
    return amount(units) if units else "–"


def day(text: object) -> str:
    try:
        when = date.fromisoformat(str(text))
    except ValueError:
        return str(text)
    return f"{when.day} {when:%b %Y}"


def moment(when: float, place: ZoneInfo | None = None) -> Html:
    """In the zone of a company, whose pages name it; where none is given the time says itself that it is UTC."""
    local = datetime.fromtimestamp(when, UTC).astimezone(place or UTC)
    said = f"{local.day} {local:%b %Y, %H:%M:%S}{'' if place else ' UTC'}"
    return html('<time datetime="{}">{}</time>', local.isoformat(), said)


def place(zone: ZoneInfo) -> str:
    """America/Los_Angeles is Los Angeles."""
    return zone.key.rpartition("/")[2].replace("_", " ")


def clock(when: float, place: ZoneInfo, today: str) -> str:
    """The time of today, or the day it was."""
    local = datetime.fromtimestamp(when, UTC).astimezone(place)
    return f"{local:%H:%M:%S}" if local.date().isoformat() == today else f"{local.day} {local:%b %Y}"


def size(count: int) -> str:
    return next((f"{count / step:,.1f} {unit}" for step, unit in _SIZES if count >= step), f"{count} bytes")


def counted(number: int, one: str, many: str = "") -> str:
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def mark(letter: str) -> Html:
    """The letter of a register, and what it stands for."""
    if not letter:
        return Html("")
    return html(' <abbr class="chip" title="{}">{}</abbr>', MARKS[letter], letter)

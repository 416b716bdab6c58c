"""Neutral documents written in QuickBooks' words. Pure.

Fields and lengths: Intuit's reference of Purchase. A charge on a card is a Purchase with PaymentType CreditCard, whose
AccountRef is an account of type Credit Card and whose lines carry the expense accounts.
"""

import unicodedata
from collections.abc import Callable, Sequence
from typing import Any

import simplejson

from integrations.providers.documents import (
    Action,
    CardCharge,
    Document,
    Item,
    Line,
    Part,
    Posted,
    Reversal,
    Transfer,
    VendorBill,
    VendorPayment,
    Write,
)
from integrations.providers.errors import Refused
from integrations.providers.quickbooks import sides

NOTE_LENGTH = 4000
DESCRIPTION_LENGTH = 4000
NAME_LENGTH = 100
NUMBER_LENGTH = 21

PURCHASE, TRANSFER, VENDOR = "Purchase", "Transfer", "Vendor"
BILL, VENDOR_CREDIT, BILL_PAYMENT = "Bill", "VendorCredit", "BillPayment"
PATHS = {
    PURCHASE: "purchase",
    TRANSFER: "transfer",
    BILL: "bill",
    VENDOR_CREDIT: "vendorcredit",
    BILL_PAYMENT: "billpayment",
    VENDOR: "vendor",
    "Attachable": "attachable",
}
# A class stands on each line, a location (Intuit's API calls it department) once on the whole.
CLASS, LOCATION = "class", "location"
REFERENCES = {CLASS: "ClassRef", LOCATION: "DepartmentRef"}
OPERATIONS = {
    Action.CREATE: "create",
    Action.UPDATE: "update",
    Action.REMOVE: "delete",
    Action.REVERSE: "create",
}
# Intuit names only some that it refuses; an integrator found that it takes these.
NAME_MARKS = " ,.?@&!#'~*_-;+()"

TYPOGRAPHY = str.maketrans(
    {"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": "...", "€": "EUR"}
    # Letters of Latin scripts that no accent can be taken from.
    | {"Ł": "L", "ł": "l", "Đ": "D", "đ": "d", "Ħ": "H", "ħ": "h", "ı": "i", "Œ": "OE", "œ": "oe", "ẞ": "SS"}
)


def item(key: str, write: Write, *, outside_us: bool = False) -> Item:
    """One write as it will be sent, alone or in a batch."""
    if write.document is None:
        assert write.target is not None
        return Item(key, write.mark, encoded(_identity(write.target)), write.action, write.target.kind)
    kind, body = _document(write.document, outside_us=outside_us)
    if write.merge is not None:
        body = sides.merged(kind, body, write.merge)
    if write.action is Action.UPDATE:
        assert write.target is not None
        # The whole object: what is left out is cleared. A sparse update would keep a vendor that is none any more.
        body |= _identity(write.target)
    return Item(key, write.mark, encoded(body), write.action, kind)


def path(one: Item) -> str:
    """Where a single write goes, below the company."""
    address = PATHS[one.kind or PURCHASE]
    return f"{address}?operation=delete" if one.action is Action.REMOVE else address


def signature_in(one: Item) -> str:
    """The end of its note: our mark, with the revision from the second one on."""
    return str(simplejson.loads(one.body).get("PrivateNote", "")).rpartition(" ")[2]


def version_in(one: Item) -> str:
    """That the object had before this write."""
    return str(simplejson.loads(one.body).get("SyncToken", ""))


def version_after(one: Item) -> str:
    """Of the object, right after this write: versions begin at 0 and grow by one with each write of anybody."""
    before = simplejson.loads(one.body).get("SyncToken")
    if before is None:
        return "0"
    # Empty is none that we know.
    return str(int(before) + 1) if str(before).isdecimal() else ""


def day_in(one: Item) -> str:
    return str(simplejson.loads(one.body)["TxnDate"])


def _identity(target: Posted) -> dict[str, Any]:
    return {"Id": target.external_id, "SyncToken": target.version}


def _document(document: Document, *, outside_us: bool) -> tuple[str, dict[str, Any]]:
    match document:
        case Transfer():
            return TRANSFER, transfer(document, outside_us=outside_us)
        case VendorBill():
            return VENDOR_CREDIT if document.credit else BILL, bill(document, outside_us=outside_us)
        case VendorPayment():
            return BILL_PAYMENT, bill_payment(document, outside_us=outside_us)
        case Reversal():
            return _opposite_of(document.kind), reversal(document, outside_us=outside_us)
        case CardCharge():
            return PURCHASE, purchase(document, outside_us=outside_us)


def _opposite_of(kind: str) -> str:
    if kind not in sides.OPPOSITE:
        raise Refused(
            "Somebody changed this payment in QuickBooks, and nothing there takes a payment back. Void it there."
        )
    return sides.OPPOSITE[kind]


def purchase(charge: CardCharge, *, outside_us: bool = False) -> dict[str, Any]:
    """A charge comes with its tax inside and without a tax code, which only companies outside the US must be told."""
    write = writer(outside_us)
    body: dict[str, Any] = {
        "PaymentType": "CreditCard",
        "AccountRef": {"value": charge.card_account},
        "TxnDate": charge.dated.isoformat(),
        "DocNumber": charge.mark,
        "PrivateNote": _note(charge.note, write),
        "Line": [_line(line, write(line.description)) for line in charge.lines],
    }
    body |= _foreign(charge)
    if charge.credit:
        body["Credit"] = True
    if charge.vendor:
        body["EntityRef"] = {"value": charge.vendor, "type": "Vendor"}
    for value in charge.dimensions:
        body[REFERENCES[value.dimension]] = {"value": value.external_id}
    if outside_us:
        body["GlobalTaxCalculation"] = "NotApplicable"
    return body


def vendor(name: str, currency: str = "") -> dict[str, Any]:
    """`currency` is a foreign one."""
    body: dict[str, Any] = {"DisplayName": name}
    return body | ({"CurrencyRef": {"value": currency}} if currency else {})


def _foreign(document: CardCharge | Transfer | VendorBill | VendorPayment) -> dict[str, Any]:
    """A foreign document without a rate is refused (2410); its own currency the company knows by itself."""
    if document.rate is None:
        return {}
    return {"CurrencyRef": {"value": document.money.currency}, "ExchangeRate": document.rate}


def transfer(paid: Transfer, *, outside_us: bool = False) -> dict[str, Any]:
    """A Transfer has no number of its own: the mark stands in its note only."""
    return _foreign(paid) | {
        "FromAccountRef": {"value": paid.from_account},
        "ToAccountRef": {"value": paid.to_account},
        "Amount": paid.money.amount,
        "TxnDate": paid.dated.isoformat(),
        "PrivateNote": _note(paid.note, writer(outside_us)),
    }


def bill(owed: VendorBill, *, outside_us: bool = False) -> dict[str, Any]:
    """The number is the vendor's own; one that is too long for the field stands whole in the note. The mark is found
    in the note only."""
    write = writer(outside_us)
    number = write(owed.number)
    note = owed.note if len(number) <= NUMBER_LENGTH else f"No. {owed.number}. {owed.note}"
    body: dict[str, Any] = _foreign(owed) | {
        "VendorRef": {"value": owed.vendor},
        "TxnDate": owed.dated.isoformat(),
        "PrivateNote": _note(note, write),
        "Line": [_line(line, write(line.description)) for line in owed.lines],
    }
    body |= {"DocNumber": number[:NUMBER_LENGTH]} if number else {}
    body |= {"DueDate": owed.due_on.isoformat()} if owed.due_on else {}
    body |= _payables(owed.payables)
    body |= {REFERENCES[value.dimension]: {"value": value.external_id} for value in owed.dimensions}
    return body | ({"GlobalTaxCalculation": "NotApplicable"} if outside_us else {})


def bill_payment(paid: VendorPayment, *, outside_us: bool = False) -> dict[str, Any]:
    """Without PrintStatus it would wait in somebody's print queue."""
    write = writer(outside_us)
    from_account = {"value": paid.paid_from}
    source: dict[str, Any] = (
        {"PayType": "CreditCard", "CreditCardPayment": {"CCAccountRef": from_account}}
        if paid.by_card
        else {"PayType": "Check", "CheckPayment": {"BankAccountRef": from_account, "PrintStatus": "NotSet"}}
    )
    number = write(paid.number)[:NUMBER_LENGTH]
    return (
        _foreign(paid)
        | source
        | {
            "VendorRef": {"value": paid.vendor},
            "TotalAmt": paid.money.amount,
            "TxnDate": paid.dated.isoformat(),
            "PrivateNote": _note(paid.note, write),
            "Line": [_settled(part) for part in paid.parts],
        }
        | ({"DocNumber": number} if number else {})
        | _payables(paid.payables)
    )


def _settled(part: Part) -> dict[str, Any]:
    target = {"TxnId": part.target.external_id, "TxnType": part.target.kind}
    return {"Amount": part.amount, "LinkedTxn": [target]}


def _payables(account: str) -> dict[str, Any]:
    return {"APAccountRef": {"value": account}} if account else {}


def reversal(document: Reversal, *, outside_us: bool = False) -> dict[str, Any]:
    """What stands there the other way round, under a number of its own."""
    body = sides.opposite(document.kind, document.raw)
    body["PrivateNote"] = _note(document.note, writer(outside_us))
    return body | ({"DocNumber": document.mark} if document.kind == PURCHASE else {})


def display_name(name: str, *, outside_us: bool = False) -> str:
    """A name that QuickBooks takes: of the marks only those that it lists, in single blanks, of 100 characters.

    Ornaments that it cannot write go. Of a name with letters that it cannot write nothing is left: two strangers would
    become one “??”.
    """
    write = writer(outside_us)
    written = [(sign, write(sign)) for sign in unicodedata.normalize("NFC", name)]
    if any(plain == "?" and sign.isalnum() for sign, plain in written):
        return ""
    kept = "".join(plain for sign, plain in written if plain != "?" or sign == "?")
    plain = "".join(sign if _stands_in_a_name(sign) else " " for sign in kept)
    return " ".join(plain.split())[:NAME_LENGTH].rstrip()


def _stands_in_a_name(sign: str) -> bool:
    return sign.isalnum() or sign in NAME_MARKS or not sign.isascii()


def writer(outside_us: bool) -> Callable[[str], str]:
    return basic if outside_us else latin


def _note(note: str, write: Callable[[str], str]) -> str:
    """Cut in the middle if it must be: the mark at its end is what a look-up reads."""
    text = write(note)
    if len(text) <= NOTE_LENGTH:
        return text
    kept, _, mark = text.rpartition(" ")
    return f"{kept[: NOTE_LENGTH - len(mark) - 1]} {mark}"


def latin(text: str) -> str:
    """US companies keep text in ISO-8859-1, and may refuse the rest (2040): accents go, what is left becomes "?"."""
    if text.isascii():
        return text
    plain = unicodedata.normalize("NFC", text).translate(TYPOGRAPHY)
    fitting = [letter if ord(letter) < 256 else _without_accent(letter) for letter in plain]
    return "".join(fitting).encode("latin-1", "replace").decode("latin-1")


def basic(text: str) -> str:
    """Elsewhere any script goes, but signs beyond the basic plane, such as emoji, may be refused."""
    return "".join(letter if ord(letter) < 0x10000 else "?" for letter in text)


def _without_accent(letter: str) -> str:
    return "".join(part for part in unicodedata.normalize("NFKD", letter) if not unicodedata.combining(part))


def _line(line: Line, description: str) -> dict[str, Any]:
    detail = {"AccountRef": {"value": line.account}}
    for value in line.dimensions:
        detail[REFERENCES[value.dimension]] = {"value": value.external_id}
    return {
        "Amount": line.amount,
        "DetailType": "AccountBasedExpenseLineDetail",
        "Description": description[:DESCRIPTION_LENGTH],
        "AccountBasedExpenseLineDetail": detail,
    }


def encoded(body: dict[str, Any]) -> str:
    """JSON with exact decimals as numbers, the same text for the same body."""
    return simplejson.dumps(body, use_decimal=True, sort_keys=True, separators=(",", ":"))


def batch(items: Sequence[Item]) -> str:
    """One batch request. The bodies go in as they were stored, so that a repeat is the same to the byte."""
    requests = ",".join(
        f'{{"bId":"{one.key}","operation":"{OPERATIONS[one.action]}","{one.kind or PURCHASE}":{one.body}}}'
        for one in items
    )
    return f'{{"BatchItemRequest":[{requests}]}}'

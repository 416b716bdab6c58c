"""Objects of QuickBooks as sides to compare, and sides put together again. Pure; objects are its own JSON.

What we do not know of an object is kept when ours is merged into it: line ids, customers, custom fields. What only
QuickBooks may write is left out of what we send.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

import simplejson

from integrations.providers.documents import LinePart, Merge, Side, SideLine
from integrations.providers.quickbooks import values

# A full update that repeats these is refused, or they are reckoned there.
COMPUTED = (
    *("PurchaseEx", "MetaData", "domain", "sparse", "status", "TotalAmt", "HomeTotalAmt", "LinkedTxn"),
    *("Balance", "HomeBalance"),
)
PURCHASE, TRANSFER = "Purchase", "Transfer"
BILL, VENDOR_CREDIT, BILL_PAYMENT = "Bill", "VendorCredit", "BillPayment"
# What takes an object back. Nothing does that for a payment of bills, which settles them while it stands.
OPPOSITE = {PURCHASE: PURCHASE, TRANSFER: TRANSFER, BILL: VENDOR_CREDIT, VENDOR_CREDIT: BILL}
NOTE = "note"
PAID_FROM = "PaidFrom"
# Where that stands in what is sent.
SOURCES = ("PayType", "CheckPayment", "CreditCardPayment")
FOREIGN = {"currency": "CurrencyRef", "rate": "ExchangeRate"}
# Not the account on which it is owed: where we name none, the books fill in their own.
OWED = {
    "dated": "TxnDate",
    "vendor": "VendorRef",
    "number": "DocNumber",
    "location": "DepartmentRef",
    **FOREIGN,
    NOTE: "PrivateNote",
}
HEADERS: dict[str, dict[str, str]] = {
    BILL: {"due_on": "DueDate", **OWED},
    VENDOR_CREDIT: OWED,
    BILL_PAYMENT: {
        "dated": "TxnDate",
        "vendor": "VendorRef",
        "paid_from": PAID_FROM,
        "amount": "TotalAmt",
        "number": "DocNumber",
        **FOREIGN,
        NOTE: "PrivateNote",
    },
    PURCHASE: {
        "dated": "TxnDate",
        "paid_from": "AccountRef",
        "vendor": "EntityRef",
        "credit": "Credit",
        "number": "DocNumber",
        "location": "DepartmentRef",
        **FOREIGN,
        NOTE: "PrivateNote",
    },
    TRANSFER: {
        "dated": "TxnDate",
        "from_account": "FromAccountRef",
        "to_account": "ToAccountRef",
        "amount": "Amount",
        **FOREIGN,
        NOTE: "PrivateNote",
    },
}
ON_LINES = {"amount": "Amount", "description": "Description"}
ON_PAYMENTS = {"amount": "Amount", "settles": "LinkedTxn"}
IN_DETAILS = {"account": "AccountRef", "class": "ClassRef", "item": "ItemRef"}


def parsed(text: str) -> dict[str, Any]:
    found: dict[str, Any] = simplejson.loads(text, use_decimal=True)
    return found


def side(kind: str, body: Mapping[str, Any]) -> Side:
    body = flat(kind, body)
    fields = {name: _text(key, body.get(key)) for name, key in HEADERS[kind].items()}
    if fields["rate"] in ("", "1"):
        # In the books' own currency, which they name and we do not.
        fields |= dict.fromkeys(FOREIGN, "")
    return Side(fields, tuple(_line(key, line) for key, line in _keyed(_lines(body)).items()))


def flat(kind: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """A payment of bills with the account that it was paid from beside its other fields."""
    if kind != BILL_PAYMENT:
        return dict(body)
    check, card = body.get("CheckPayment") or {}, body.get("CreditCardPayment") or {}
    return {**body, PAID_FROM: check.get("BankAccountRef") or card.get("CCAccountRef")}


def names(kind: str, body: Mapping[str, Any]) -> dict[str, str]:
    """What the books call the ids that stand in an object, as vendor:61, since an account may have the same id."""
    return {
        f"{name}:{_reference(named)}": str(named["name"])
        for name, named in _references(kind, body)
        if named.get("name")
    }


def total(kind: str, body: Mapping[str, Any]) -> Decimal:
    """Above zero in a charge, below in what came back; a payment takes from the bank."""
    if kind == TRANSFER:
        return -values.amount(body.get("Amount"))
    if kind in (VENDOR_CREDIT, BILL_PAYMENT):
        return -values.amount(body.get("TotalAmt"))
    return values.amount(body.get("TotalAmt")) * sign(body)


def sign(body: Mapping[str, Any]) -> int:
    return -1 if values.flag(body.get("Credit")) else 1


def merged(kind: str, ours: Mapping[str, Any], merge: Merge) -> dict[str, Any]:
    """Their object with what was chosen of ours."""
    theirs = parsed(merge.raw)
    body = {key: value for key, value in theirs.items() if key not in COMPUTED}
    for name in merge.take - {NOTE}:
        for key in SOURCES if HEADERS[kind][name] == PAID_FROM else (HEADERS[kind][name],):
            _put(body, ours, key)
    body["PrivateNote"] = merge.note
    if kind != TRANSFER:
        body["Line"] = [_merged_line(part, _keyed(_lines(theirs)), _lines(ours)) for part in merge.lines]
    return body


def opposite(kind: str, raw: str) -> dict[str, Any]:
    """What takes an object back: nothing in it is tied to the first one, and nothing is billed again."""
    there = {key: value for key, value in parsed(raw).items() if key not in (*COMPUTED, "Id", "SyncToken")}
    if kind == TRANSFER:
        return there | {"FromAccountRef": there["ToAccountRef"], "ToAccountRef": there["FromAccountRef"]}
    there["Line"] = [_fresh(line) for line in _lines(there)]
    if kind in (BILL, VENDOR_CREDIT):
        return {key: value for key, value in there.items() if key not in ("DueDate", "SalesTermRef", "DocNumber")}
    return {key: value for key, value in there.items() if key != "Credit"} | (
        {} if sign(there) < 0 else {"Credit": True}
    )


def _line(key: str, line: Mapping[str, Any]) -> SideLine:
    detail = _detail(line)
    fields = {name: _text(told, line.get(told)) for name, told in _on(line).items()}
    fields |= {name: _text(told, detail.get(told)) for name, told in IN_DETAILS.items()}
    return SideLine(key, fields)


def _keyed(lines: Sequence[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """By their ids; what has none of its own, by its place."""
    ids = [values.text(line.get("Id")) for line in lines]
    return {
        number if number and ids.count(number) == 1 else f"#{place}": line
        for place, (number, line) in enumerate(zip(ids, lines, strict=True))
    }


def _lines(body: Mapping[str, Any]) -> list[dict[str, Any]]:
    return list(body.get("Line") or [])


def _detail(line: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = line.get(str(line.get("DetailType"))) or {}
    return found


def _references(kind: str, body: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    body = flat(kind, body)
    held = [(name, body.get(key)) for name, key in HEADERS[kind].items()]
    held += [(name, _detail(line).get(key)) for line in _lines(body) for name, key in IN_DETAILS.items()]
    for name, one in held:
        if isinstance(one, dict):
            yield name, one


def _text(key: str, value: Any) -> str:
    """The same for the same value, however it was written."""
    if value is None or value == "":
        return ""
    if isinstance(value, dict):
        return _reference(value)
    return WRITTEN.get(key, str)(value)


def _reference(named: Mapping[str, Any]) -> str:
    return values.text(named.get("value"))


WRITTEN: dict[str, Callable[[Any], str]] = {
    "TxnDate": values.day_text,
    "DueDate": values.day_text,
    "TotalAmt": lambda told: values.money(values.number(told)),
    "Credit": lambda told: "yes" if values.flag(told) else "",
    "Amount": lambda told: values.money(values.number(told)),
    "LinkedTxn": lambda told: " ".join(f"{one.get('TxnType')} {one.get('TxnId')}" for one in told),
    "ExchangeRate": lambda told: values.plain(values.number(told)),
}


def _merged_line(part: LinePart, theirs: dict[str, dict[str, Any]], ours: list[dict[str, Any]]) -> dict[str, Any]:
    if not part.key and part.ours is not None:
        return ours[part.ours]
    line = theirs[part.key]
    if part.ours is None:
        return line
    mine = ours[part.ours]
    detail = dict(_detail(line))
    here = _on(line)
    for name in part.take:
        if name not in here:
            _put(detail, _detail(mine), IN_DETAILS[name])
    line = {**line, line["DetailType"]: detail} if detail else dict(line)
    for name in part.take & here.keys():
        _put(line, mine, here[name])
    return line


def _on(line: Mapping[str, Any]) -> dict[str, str]:
    """What a line says outside of its detail; those of a payment have none."""
    return ON_LINES if line.get("DetailType") else ON_PAYMENTS


def _put(body: dict[str, Any], ours: Mapping[str, Any], key: str) -> None:
    body.pop(key, None)
    if key in ours:
        body[key] = ours[key]


def _fresh(line: dict[str, Any]) -> dict[str, Any]:
    kept = {key: value for key, value in line.items() if key not in ("Id", "LineNum", "LinkedTxn")}
    detail = _detail(line)
    if "BillableStatus" in detail:
        kept[line["DetailType"]] = detail | {"BillableStatus": "NotBillable"}
    return kept

"""Objects of QuickBooks as sides to compare, and sides put together again. Pure; objects are its own JSON.

What we do not know of an object is kept when ours is merged into it: line ids, customers, custom fields. What only
QuickBooks may write is left out of what we send.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

import simplejson

from integrations.providers.documents import LinePart, Merge, Side, SideLine

# A full update that repeats these is refused, or they are reckoned there.
COMPUTED = ("PurchaseEx", "MetaData", "domain", "sparse", "status", "TotalAmt", "HomeTotalAmt", "LinkedTxn")
PURCHASE, TRANSFER = "Purchase", "Transfer"
NOTE = "note"
HEADERS: dict[str, dict[str, str]] = {
    PURCHASE: {
        "dated": "TxnDate",
        "paid_from": "AccountRef",
        "vendor": "EntityRef",
        "credit": "Credit",
        "number": "DocNumber",
        "location": "DepartmentRef",
        NOTE: "PrivateNote",
    },
    TRANSFER: {
        "dated": "TxnDate",
        "from_account": "FromAccountRef",
        "to_account": "ToAccountRef",
        "amount": "Amount",
        NOTE: "PrivateNote",
    },
}
ON_LINES = {"amount": "Amount", "description": "Description"}
IN_DETAILS = {"account": "AccountRef", "class": "ClassRef", "item": "ItemRef"}


def parsed(text: str) -> dict[str, Any]:
    found: dict[str, Any] = simplejson.loads(text, use_decimal=True)
    return found


def side(kind: str, body: Mapping[str, Any]) -> Side:
    fields = {name: _text(body.get(key)) for name, key in HEADERS[kind].items()}
    return Side(fields, tuple(_line(line) for line in _lines(body)))


def names(kind: str, body: Mapping[str, Any]) -> dict[str, str]:
    """What the books call the ids that stand in an object, as vendor:61, since an account may have the same id."""
    return {
        f"{name}:{_text(named)}": str(named["name"]) for name, named in _references(kind, body) if named.get("name")
    }


def total(kind: str, body: Mapping[str, Any]) -> Decimal:
    """Above zero in a charge, below in what came back; a payment takes from the bank."""
    if kind == TRANSFER:
        return -Decimal(body.get("Amount") or 0)
    return Decimal(body.get("TotalAmt") or 0) * (-1 if body.get("Credit") else 1)


def merged(kind: str, ours: Mapping[str, Any], merge: Merge) -> dict[str, Any]:
    """Their object with what was chosen of ours."""
    theirs = parsed(merge.raw)
    body = {key: value for key, value in theirs.items() if key not in COMPUTED}
    for name in merge.take - {NOTE}:
        _put(body, ours, HEADERS[kind][name])
    body["PrivateNote"] = merge.note
    if kind == PURCHASE:
        body["Line"] = [_merged_line(part, list(_lines(theirs)), list(_lines(ours))) for part in merge.lines]
    return body


def opposite(kind: str, raw: str) -> dict[str, Any]:
    """What takes an object back: nothing in it is tied to the first one, and nothing is billed again."""
    there = {key: value for key, value in parsed(raw).items() if key not in (*COMPUTED, "Id", "SyncToken")}
    if kind == TRANSFER:
        return there | {"FromAccountRef": there["ToAccountRef"], "ToAccountRef": there["FromAccountRef"]}
    there["Line"] = [_fresh(line) for line in _lines(there)]
    return {key: value for key, value in there.items() if key != "Credit"} | (
        {} if there.get("Credit") else {"Credit": True}
    )


def _line(line: Mapping[str, Any]) -> SideLine:
    detail = _detail(line)
    fields = {name: _text(line.get(key)) for name, key in ON_LINES.items()}
    fields |= {name: _text(detail.get(key)) for name, key in IN_DETAILS.items()}
    return SideLine(str(line.get("Id") or ""), fields)


def _lines(body: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    yield from body.get("Line") or []


def _detail(line: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = line.get(str(line.get("DetailType"))) or {}
    return found


def _references(kind: str, body: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    held = [(name, body.get(key)) for name, key in HEADERS[kind].items()]
    held += [(name, _detail(line).get(key)) for line in _lines(body) for name, key in IN_DETAILS.items()]
    for name, one in held:
        if isinstance(one, dict):
            yield name, one


def _text(value: Any) -> str:
    """The same for the same value, however it was written."""
    if value is None or value is False:
        return ""
    if isinstance(value, dict):
        return str(value.get("value") or "")
    if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        return f"{Decimal(value):.2f}"
    return "yes" if value is True else str(value)


def _merged_line(part: LinePart, theirs: list[dict[str, Any]], ours: list[dict[str, Any]]) -> dict[str, Any]:
    if not part.key:
        assert part.ours is not None
        return ours[part.ours]
    line = next(line for line in theirs if str(line.get("Id")) == part.key)
    if part.ours is None:
        return line
    mine = ours[part.ours]
    kind = line["DetailType"]
    line = {**line, kind: dict(_detail(line))}
    for name in part.take:
        if name in ON_LINES:
            _put(line, mine, ON_LINES[name])
        else:
            _put(line[kind], _detail(mine), IN_DETAILS[name])
    return line


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

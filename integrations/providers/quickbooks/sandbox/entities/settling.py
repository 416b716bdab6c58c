"""Lines that apply a payment to other transactions (§9.9, §9.10)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..books.books import Books
from ..books.links import Application, applied
from ..books.record import Record
from ..model.money import from_units, to_units
from ..model.reading import require_positive, require_whole_id
from ..wire.json import Json
from ..wire.refusals import Refusal, business, missing, not_found
from . import transactions


def line(books: Books, sent: Json, known: Mapping[str, int]) -> Json | None:
    """A line with the links that count; None where none of them does."""
    if "Amount" not in sent:
        raise missing("Amount")
    require_positive(sent["Amount"], "Amount")
    linked = [_link(each) for each in _links(sent)]
    kept = [each for each in linked if each["TxnType"] in known]
    return {"Amount": sent["Amount"], "LinkedTxn": kept[:1]} if kept else None


def _links(sent: Json) -> list[Any]:
    links = sent.get("LinkedTxn")
    if not isinstance(links, list) or not links:
        raise Refusal("2020", "Required parameter Line/LinkedTxn is missing in the request", element="Line/LinkedTxn")
    return links


def _link(sent: Any) -> Json:
    if not isinstance(sent, dict):
        raise Refusal("2120", "LinkedTxn must be an object", element="LinkedTxn")
    for name in ("TxnId", "TxnType"):
        if not sent.get(name):
            raise missing(name)
    return {"TxnId": str(sent["TxnId"]), "TxnType": str(sent["TxnType"])}


def target(books: Books, applied_line: Json) -> Record:
    link = applied_line["LinkedTxn"][0]
    found = books.find(link["TxnType"], require_whole_id(link["TxnId"], "TxnId"))
    if found is None:
        raise not_found()
    return found


def cannot_link(target: Record) -> Refusal:
    detail = f"Transaction {target.entity} {target.id} cannot be linked: it belongs to another name or currency."
    return Refusal("620", f"Transaction Link Error : {detail}", element="LinkedTxn")


def check_open(books: Books, target: Record, applied_line: Json, before: Record | None) -> None:
    """What this payment has applied to it so far counts as open again."""
    name = books.entities[target.entity].open_name
    if not name:
        return
    own = (before.entity, before.id) if before else None
    others = sum(units for *payer, units in applied(books, target.entity, target.id) if tuple(payer) != own)
    left = to_units(target.body["TotalAmt"]) - others
    if not left and to_units(applied_line["Amount"]):
        raise Refusal("620", f"Transaction Link Error : {target.entity} {target.id} is already paid.", element="")
    if to_units(applied_line["Amount"]) > left:
        raise business("You can't apply more than is open of a transaction.")


def net(lines: Iterable[Json], signs: Mapping[str, int]) -> int:
    return sum(signs[each["LinkedTxn"][0]["TxnType"]] * to_units(each["Amount"]) for each in lines)


def home_of(books: Books, body: Json, lines: list[Json], signs: Mapping[str, int], total: int) -> int:
    """What a payment takes off receivables or payables, at the rates at which they were booked."""
    booked = 0
    for each in lines:
        link = each["LinkedTxn"][0]
        record = books.find(link["TxnType"], int(link["TxnId"]))
        rated = record.body if record else body
        booked += signs[link["TxnType"]] * transactions.at_home(rated, to_units(each["Amount"]))
    return booked + transactions.at_home(body, total - net(lines, signs))


def applications(lines: Iterable[Json]) -> list[Application]:
    found = []
    for each in lines:
        link = each["LinkedTxn"][0]
        found.append(Application(link["TxnType"], int(link["TxnId"]), to_units(each["Amount"])))
    return found


def name_value(name: str, value: str) -> Json:
    """A fact about a line, in the way of Java (§9.7)."""
    return {
        "name": "{http://schema.intuit.com/finance/v3}NameValue",
        "declaredType": "com.intuit.schema.finance.v3.NameValue",
        "scope": "javax.xml.bind.JAXBElement$GlobalScope",
        "value": {"Name": name, "Value": value},
        "nil": False,
        "globalScope": True,
        "typeSubstituted": False,
    }


def unapplied(lines: Iterable[Json], signs: Mapping[str, int], total: Any) -> Any:
    return from_units(to_units(total) - net(lines, signs))

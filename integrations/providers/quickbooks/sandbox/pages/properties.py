"""The properties of an object in words, and the object as the API shows it."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import msgspec

from ..books.record import Record
from ..model.entity import Entity
from ..model.fields import Field, Kind
from ..model.money import fits, to_units
from ..registry import BY_NAME
from ..wire.json import Json, dumps
from . import words
from .frame import Reader
from .gathering import referred
from .markup import Html, html, joined
from .tables import facts, preformatted, section

#: Shown elsewhere on the page, or of no interest to who keeps the books.
_ELSEWHERE = (
    *("Id", "SyncToken", "MetaData", "domain", "sparse", "Line", "TotalAmt", "LinkedTxn", "PurchaseEx", "CustomField"),
    *("FullyQualifiedName", "status", "AttachableRef", "TxnTaxDetail", "PrintStatus"),
)
_MONEY = ("Balance", "BalanceWithJobs", "Amt", "Amount", "TotalTax", "UnitPrice")
_FIRST = ("TxnDate", "DueDate", "DocNumber", "VendorRef", "CustomerRef", "EntityRef", "Name", "DisplayName")
_LAST = ("PrivateNote",)


def facts_of(reader: Reader, record: Record, shown: Json) -> Html:
    return facts(_facts(reader, reader.books.entities[record.entity], shown))


def _facts(reader: Reader, entity: Entity, shown: Json) -> Iterator[tuple[object, object]]:
    fields = {field.name: field for field in entity.fields}
    names = [name for name in shown if name not in (*_ELSEWHERE, *_FIRST, *_LAST)]
    for name in (*_FIRST, *names, *_LAST):
        if name in shown and name not in (*_ELSEWHERE, entity.open_name) and not _goes_without_saying(name, shown):
            yield words.label(entity.name, name), value_of(reader, fields.get(name), name, shown[name])


def _goes_without_saying(name: str, shown: Json) -> bool:
    """What is not allowed, and the home currency told a second time."""
    if name.startswith("Home") or name == "ExchangeRate":
        return bool(shown.get("ExchangeRate", 1) == 1)
    return name.startswith("Allow") and shown[name] is False


def value_of(reader: Reader, field: Field | None, name: str, value: Any) -> object:
    """A figure that nobody may write has no kind, only a name that tells it is money."""
    if name.endswith(_MONEY) and isinstance(value, Decimal | int) and fits(Decimal(value)):
        return words.amount(to_units(value))
    return said(reader, field, value)


def said(reader: Reader, field: Field | None, value: Any) -> object:
    """A property in words: a reference leads to what it names, an address stands on one line."""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if field is not None and field.kind is Kind.DATE:
        return words.day(value)
    if field is not None and field.kind is Kind.AMOUNT:
        return words.amount(to_units(value))
    if field is not None and field.kind is Kind.CHOICE:
        return words.spaced(str(value))
    if isinstance(value, dict):
        return _part(reader, field, value)
    return "" if isinstance(value, list) else value


def _part(reader: Reader, field: Field | None, value: Json) -> object:
    if "value" in value:
        return _reference(reader, field, value)
    parts = {each.name: each for each in field.parts} if field else {}
    shown = (said(reader, parts.get(name), each) for name, each in value.items() if name != "Id")
    return joined([each for each in shown if each != ""], ", ")


def _reference(reader: Reader, field: Field | None, value: Json) -> object:
    name = value.get("name") or value["value"]
    if field is None or field.kind is not Kind.REF or field.target not in (*BY_NAME, "Name"):
        return name if field is None or field.target != "Currency" else f"{value['value']}, {name}"
    record = next((reader.books.find(*key) for key in referred(field, value)), None)
    if record is None:
        return name
    return reader.named(record, words.account_name(record) if record.entity == "Account" else name)


def raw(shown: Json) -> Html:
    text = msgspec.json.format(dumps(shown).encode(), indent=2).decode()
    body = html("<details><summary>As the API shows it</summary>{}</details>", preformatted(text, "JSON"))
    return section("JSON", body)

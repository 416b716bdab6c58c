"""The properties of an object in words, and the object as the API shows it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
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
    *("TempDownloadUri", "FileAccessUri", "ThumbnailTempDownloadUri", "ThumbnailFileAccessUri"),
    *("Hours", "Minutes", "Seconds", "NameOf", "V4IDPseudonym", "ClientEntityId"),
)
_MONEY = (
    *("Balance", "BalanceWithJobs", "Amt", "Amount", "TotalTax", "UnitPrice", "PurchaseCost", "RemainingCredit"),
    *("HourlyRate", "CostRate", "BillRate"),
)
#: Parts whose properties are facts of their own; others, like addresses, stand on one line.
_APART = ("CheckPayment", "CreditCardPayment", "DeliveryInfo")
_FIRST = ("TxnDate", "DueDate", "DocNumber", "VendorRef", "CustomerRef", "EntityRef", "Name", "DisplayName")
_LAST = ("PrivateNote",)
#: What a reference leads to that answers show without a name.
_BARE = {"TaxCodeRef": "TaxCode", "TxnTaxCodeRef": "TaxCode", "TaxRateRef": "TaxRate", "AgencyRef": "TaxAgency"}


def facts_of(reader: Reader, record: Record, shown: Json) -> Html:
    entity = reader.books.entities[record.entity]
    if record.entity != "Preferences":
        return facts(_facts(reader, entity, shown))
    groups = (field for field in entity.fields if isinstance(shown.get(field.name), dict))
    return joined(section(_group(each), facts(_within(reader, each, shown[each.name]))) for each in groups)


def _group(field: Field) -> str:
    return words.spaced(field.name.removesuffix("Prefs"))


def _within(reader: Reader, field: Field | None, part: Json) -> Iterator[tuple[object, object]]:
    """A part, with the name of each of its properties."""
    parts = {each.name: each for each in field.parts} if field else {}
    for name, value in part.items():
        if name != "Id":
            yield words.label("", name), value_of(reader, parts.get(name), name, value)
    yield from _features(part)


def _facts(reader: Reader, entity: Entity, shown: Json) -> Iterator[tuple[object, object]]:
    fields = {field.name: field for field in entity.fields}
    names = [name for name in shown if name not in (*_ELSEWHERE, *_FIRST, *_LAST)]
    for name in (*_FIRST, *names, *_LAST):
        if name in shown and name not in (*_ELSEWHERE, entity.open_name) and not _goes_without_saying(name, shown):
            if name in _APART and isinstance(shown[name], dict):
                yield from _within(reader, fields.get(name), shown[name])
            else:
                yield words.label(entity.name, name), value_of(reader, fields.get(name), name, shown[name])
    if entity.name == "TimeActivity":
        yield "Worked", words.hours(shown)
    yield from _features(shown)


def _features(shown: Json) -> Iterator[tuple[object, object]]:
    """What a company is said to have, as pairs of name and value."""
    for pair in shown.get("NameValue") or ():
        yield words.spaced(str(pair.get("Name", "")).rpartition(".")[2] or "Name"), str(pair.get("Value", ""))


def _goes_without_saying(name: str, shown: Json) -> bool:
    """What is not allowed, and the home currency told a second time."""
    if name.startswith("Home") or name == "ExchangeRate":
        return bool(shown.get("ExchangeRate", 1) == 1)
    return name.startswith("Allow") and shown[name] is False


def value_of(reader: Reader, field: Field | None, name: str, value: Any) -> object:
    """A figure that nobody may write has no kind, only a name that tells it is money."""
    if name.endswith(_MONEY) and isinstance(value, Decimal | int) and fits(Decimal(value)):
        return words.amount(to_units(value))
    if name.endswith("Time") and isinstance(value, str):
        return _time(reader, value)
    if name == "Size" and isinstance(value, int):
        return words.size(value)
    if name.endswith("StartDate") and isinstance(value, str):
        return words.day(value)
    if name.endswith("AccountRef") and isinstance(value, dict) and "name" not in value:
        return _account(reader, value)
    if name.endswith("TaxRateList") and isinstance(value, dict):
        return _rates(reader, value)
    return said(reader, field, value)


def _rates(reader: Reader, value: Json) -> Html:
    """The rates of a tax code, by their names."""
    field = Field("TaxRateRef", Kind.REF)
    return joined([_reference(reader, field, each["TaxRateRef"]) for each in value["TaxRateDetail"]], ", ")


def _time(reader: Reader, text: str) -> object:
    try:
        return words.moment(datetime.fromisoformat(text).timestamp(), reader.books.company.zone)
    except ValueError:
        return text


def _account(reader: Reader, value: Json) -> object:
    """What is added on the way out names an account by its Id alone."""
    number = str(value.get("value", ""))
    record = reader.books.find("Account", int(number)) if number.isdecimal() else None
    return reader.named(record, words.account_name(record)) if record else value.get("name") or number


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
    if field is None or field.kind is not Kind.REF:
        return name
    if field.target == "Currency":
        return f"{value['value']}, {name}"
    record = _led_to(reader, field, value)
    if record is None:
        return name
    own = words.account_name(record) if record.entity == "Account" else value.get("name") or words.titled(record)
    return reader.named(record, own)


def _led_to(reader: Reader, field: Field, value: Json) -> Record | None:
    known = replace(field, target=field.target or _BARE.get(field.name, ""))
    if known.target not in (*BY_NAME, "Name"):
        return None
    return next((reader.books.find(*key) for key in referred(known, value)), None)


def raw(shown: Json) -> Html:
    text = msgspec.json.format(dumps(shown).encode(), indent=2).decode()
    body = html("<details><summary>As the API shows it</summary>{}</details>", preformatted(text, "JSON"))
    return section("JSON", body)

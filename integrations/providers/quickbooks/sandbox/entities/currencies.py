"""The currencies a company uses, and the rates that somebody has set (§9.6)."""

from __future__ import annotations

from decimal import Decimal

from ..books.books import Books
from ..books.record import Record
from ..model.currencies import CURRENCIES, usual_rate
from ..model.entity import COMMON, HEAD, LIST, Entity, texts
from ..model.fields import Field, Kind, day, flag, ignored, label, text
from ..model.money import plain
from ..wire.json import Json
from ..wire.refusals import Refusal, missing

#: Asked of a company with one currency, a query for these finds nothing, and all else is refused.
GATED = ("CompanyCurrency", "ExchangeRate")


def several(books: Books) -> bool:
    return bool(books.preference("CurrencyPrefs", "MultiCurrencyEnabled"))


def admit(books: Books) -> None:
    if not several(books):
        raise Refusal("5020", "Permission Denied Error : Multicurrency is not turned on for this company", element="")


def require(books: Books, code: str, element: str) -> None:
    """The home currency, or one on the company's list."""
    if code != books.company.currency and code not in active(books):
        raise Refusal("2500", f"Invalid Reference Id : Currencies element id {code} not found", element=element)


def active(books: Books) -> list[str]:
    return [each.body["Code"] for each in books.all("CompanyCurrency") if each.active]


def _listed(books: Books, draft: Json, before: Record | None) -> Json:
    code = before.body["Code"] if before else draft.get("Code")
    if not code:
        raise missing("Code")
    if code not in CURRENCIES:
        raise Refusal("2220", f"Currency type {code} is not known", element="Code")
    holder = next((each for each in books.all("CompanyCurrency") if each.body["Code"] == code), None)
    if holder is not None and (before is None or holder.id != before.id):
        raise Refusal("6240", f"The name supplied already exists. : Id={holder.id}")
    return {"Name": CURRENCIES[code], "Active": True, **draft, "Code": code}


COMPANY_CURRENCY = Entity(
    name="CompanyCurrency",
    family="CompanyCurrency",
    operations=LIST,
    activates=True,
    complete=_listed,
    fields=(
        label("Code", 3),
        label("Name", 100),
        flag("Active"),
        *HEAD,
        *ignored("CompanyCurrencyEx", "CustomField", "AttachableRef"),
    ),
    searchable={**COMMON, **texts("Code", "Name"), "Active": ("flag", "active")},
)


def _set(books: Books, draft: Json, before: Record | None) -> Json:
    for name in ("SourceCurrencyCode", "Rate"):
        if name not in draft:
            raise missing(name)
    code = draft["SourceCurrencyCode"]
    require(books, code, "SourceCurrencyCode")
    if code == books.company.currency and draft["Rate"] != 1:
        raise Refusal("2080", "The rate of the home currency is one", element="Rate")
    return {"AsOfDate": books.today, **draft, "TargetCurrencyCode": books.company.currency}


def rate_on(books: Books, code: str, asked: str) -> Json:
    """The last rate that somebody set for that day or before, else what is usual; it reads as that day's."""
    query = (
        "SELECT id FROM object WHERE realm = ? AND entity = 'ExchangeRate'"
        " AND json_extract(body, '$.SourceCurrencyCode') = ? AND json_extract(body, '$.AsOfDate') <= ?"
        " ORDER BY json_extract(body, '$.AsOfDate') DESC, id DESC LIMIT 1"
    )
    row = books.db.execute(query, (books.realm, code, asked)).fetchone()
    found = books.find("ExchangeRate", row["id"]) if row else None
    home = books.company.currency
    rate = found.body["Rate"] if found else plain(usual_rate(code, home).quantize(Decimal("0.00001")))
    return {
        "SourceCurrencyCode": code,
        "TargetCurrencyCode": home,
        "Rate": rate,
        "AsOfDate": asked,
        "domain": "QBO",
        "sparse": False,
        "MetaData": {"LastUpdatedTime": books.moment(found.updated if found else books.now)},
    }


EXCHANGE_RATE = Entity(
    name="ExchangeRate",
    family="ExchangeRate",
    operations=frozenset({"create"}),
    anonymous=True,
    captured=False,
    complete=_set,
    fields=(
        text("SourceCurrencyCode", 3),
        text("TargetCurrencyCode", 3),
        Field("Rate", Kind.RATE),
        day("AsOfDate"),
        *HEAD,
        *ignored("ExchangeRateEx", "CustomField", "AttachableRef"),
    ),
    searchable=texts("SourceCurrencyCode", "AsOfDate"),
)

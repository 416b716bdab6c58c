"""The other lists of a company, whatever their entity."""

from __future__ import annotations

from ..books.record import Record
from ..model.entity import Entity
from ..registry import BY_ADDRESS, BY_NAME, ENTITIES
from . import words
from .frame import Missing, Reader, Shown
from .gathering import gather, references
from .markup import asking, html, joined, link
from .numbers import whole
from .properties import value_of
from .tables import Column, Row, empty, table, turning

PER_PAGE = 100
#: Have a page of their own, or are reached from what they belong to.
_ELSEWHERE = ("Account", "Vendor", "Customer", "Attachable")
#: Beside its name, what a list shows of each.
_SHOWN = {
    "Item": ("Type", "Sku", "IncomeAccountRef", "ExpenseAccountRef", "UnitPrice"),
    "Term": ("Type", "DueDays", "DiscountPercent", "DiscountDays"),
    "TaxCode": ("Description", "Taxable", "TaxGroup"),
    "TaxRate": ("Description", "RateValue", "AgencyRef"),
    "CompanyCurrency": ("Code",),
    "PaymentMethod": ("Type",),
    "ExchangeRate": ("SourceCurrencyCode", "AsOfDate", "Rate"),
}
_NUMBERS = ("UnitPrice", "RateValue", "Rate", "DueDays", "DiscountPercent", "DiscountDays")


def lists(reader: Reader) -> Shown:
    counts = reader.books.counts()
    found = [each for each in ENTITIES if not each.transacts and each.name not in _ELSEWHERE]
    columns = (Column("List", "main"), Column("Entries", "num key"))
    listed = [
        Row((link(_address(reader, each), words.plural(each.name)), f"{counts.get(each.name, 0):,}")) for each in found
    ]
    return Shown("Other lists", table(columns, listed, caption="Lists"), at=f"{reader.base}/lists")


def _address(reader: Reader, entity: Entity) -> str:
    if entity.single:
        return f"{reader.base}/{entity.name.lower()}/1"
    return f"{reader.base}/employees" if entity.name == "Employee" else f"{reader.base}/lists/{entity.name.lower()}"


def items(reader: Reader) -> Shown:
    if "Item" not in BY_NAME:
        return Shown("Products and services", empty("This company keeps none."), at=f"{reader.base}/items")
    return _listed(reader, BY_NAME["Item"], f"{reader.base}/items", f"{reader.base}/items")


def one_list(reader: Reader) -> Shown:
    word = reader.call.path["entity"].lower()
    entity = BY_ADDRESS.get(word)
    if entity is None or entity.transacts:
        raise Missing("No such list", f"Nothing is called “{word}”.")
    return _listed(reader, entity, f"{reader.base}/lists/{word}", f"{reader.base}/lists")


def _listed(reader: Reader, entity: Entity, here: str, at: str) -> Shown:
    after = reader.asked("after")
    first = whole(after) or 0
    found = list(reader.books.all(entity.name, after=first, limit=PER_PAGE + 1))
    rows, names = found[:PER_PAGE], _SHOWN.get(entity.name, ())
    gather(reader.books, [key for record in rows for key in references(entity, record.body)])
    columns = [Column("Name", "main"), *(Column(words.label(entity.name, name), _style(name)) for name in names)]
    title = words.plural(entity.name)
    listed = (
        table(columns, (_row(reader, entity, record, names) for record in rows), caption=title)
        if rows
        else empty(f"No {title.lower()} yet.")
    )
    older = asking(here, after=rows[-1].id) if len(found) > PER_PAGE else None
    above = link(f"{reader.base}/lists", "Other lists") if at != here else ""
    return Shown(title, joined([listed, turning(here if first else None, older)]), above=above, at=at)


def _style(name: str) -> str:
    return "num" if name in _NUMBERS else "to"


def _row(reader: Reader, entity: Entity, record: Record, names: tuple[str, ...]) -> Row:
    fields = {field.name: field for field in entity.fields}
    chip = "" if record.active else html(' <span class="chip">inactive</span>')
    name = html("{}{}", reader.named(record, record.title or words.titled(record)), chip)
    told = (
        value_of(reader, fields.get(each), each, record.body[each]) if each in record.body else "" for each in names
    )
    return Row((name, *told), style="" if record.active else "off")

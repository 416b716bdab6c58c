"""Vendors, customers and employees, with what is open between them and the company."""

from __future__ import annotations

from ..api.documents import render
from ..books.record import Record
from ..wire.json import Json
from . import audit, words
from .booked import Wanted, booked
from .frame import Reader, Shown
from .gathering import containing, gather, references
from .listing import documents
from .markup import Html, asking, html, joined, link
from .properties import facts_of, raw
from .tables import Column, Row, empty, section, table, tabs, turning

NAMES = ("Vendor", "Customer", "Employee")
#: On which side of the books stands what is open.
SIDES = {"Vendor": -1, "Customer": 1, "Employee": 1}
OWED = {"Vendor": "Owed to them", "Customer": "Owed by them", "Employee": "Balance"}
PER_PAGE = 100


def vendors(reader: Reader) -> Shown:
    return _people(reader, "Vendor")


def customers(reader: Reader) -> Shown:
    return _people(reader, "Customer")


def employees(reader: Reader) -> Shown:
    return _people(reader, "Employee")


def _people(reader: Reader, entity: str) -> Shown:
    """By name, so that the name at the end of a page is where the next begins."""
    after, q, shown = reader.asked("after"), reader.asked("q"), reader.asked("show")
    conditions = "AND active" if shown != "all" else ""
    found = reader.books.db.execute(
        "SELECT object.*, coalesce(party_balance.native, 0) AS owed FROM object LEFT JOIN party_balance"
        " ON party_balance.realm = object.realm AND party_balance.party = object.id"
        " WHERE object.realm = ? AND names = 'Name' AND entity = ? AND name > ? AND name LIKE ? ESCAPE '\\'"
        f" {conditions} ORDER BY name LIMIT ?",
        (reader.books.realm, entity, after, containing(q), PER_PAGE + 1),
    ).fetchall()
    rows = [_row(reader, Record.from_row(row), SIDES[entity] * row["owed"]) for row in found[:PER_PAGE]]
    columns = (
        *(Column("Name", "main"), Column("E-mail", "memo"), Column("Phone", "kind"), Column("Currency", "code")),
        Column(OWED[entity], "num key"),
    )
    base = f"{reader.base}/{entity.lower()}s"
    older = asking(base, q=q, show=shown, after=found[PER_PAGE - 1]["name"]) if len(found) > PER_PAGE else None
    listed = table(columns, rows, caption=words.plural(entity)) if rows else _none(entity, q)
    title = words.plural(entity)
    head = html("{}{}", search(title, q, shown), tabs(shown, (("", "Active"), ("all", "All")), q=q))
    return Shown(
        title, joined([head, listed, turning(asking(base, q=q, show=shown) if after else None, older)]), at=base
    )


def search(title: str, q: str, shown: str) -> Html:
    kept = html('<input type="hidden" name="show" value="{}">', shown) if shown else ""
    return html(
        '<form class="search" role="search"><label class="grow"><span>Find</span><input type="search" name="q" '
        'placeholder="Part of a name" aria-label="Find in {}" value="{}"></label>{}<button>Show</button></form>',
        *(title, q, kept),
    )


def _none(entity: str, q: str) -> Html:
    if q:
        return empty(f"Nothing found for “{q}”.", link("?", "Show all"))
    return empty(f"No {words.plural(entity).lower()} yet.")


def _row(reader: Reader, record: Record, owed: int) -> Row:
    body = record.body
    chip = "" if record.active else html(' <span class="chip">inactive</span>')
    name = html("{}{}", reader.named(record), chip)
    cells = (
        *(name, body.get("PrimaryEmailAddr", {}).get("Address", "")),
        body.get("PrimaryPhone", {}).get("FreeFormNumber", ""),
        *(body.get("CurrencyRef", {}).get("value", ""), words.either(owed)),
    )
    return Row(cells, style="" if record.active else "off")


def party(reader: Reader, record: Record) -> Shown:
    """One of them, with every document in their name."""
    books = reader.books
    gather(books, references(books.entities[record.entity], record.body))
    shown = render(books, record)
    found = booked(books, Wanted(party=str(record.id)))
    dealt = documents(reader, found.records, "Their documents, newest first") if found.records else _no_dealings()
    every = link(asking(f"{reader.base}/transactions", party=record.id), "All of them") if found.older else ""
    parts = [facts_of(reader, record, _without_balance(shown)), section("Transactions", dealt, every)]
    parts += [audit.history(reader, record), raw(shown)]
    listed = f"{reader.base}/{record.entity.lower()}s"
    above = link(listed, words.plural(record.entity))
    return Shown(record.title, joined(parts), _owed(reader, record), above, at=listed)


def _without_balance(shown: Json) -> Json:
    return {name: value for name, value in shown.items() if name not in ("Balance", "BalanceWithJobs")}


def _no_dealings() -> Html:
    return empty("No documents in this name yet.")


def _owed(reader: Reader, record: Record) -> Html:
    units = SIDES[record.entity] * reader.books.party_balance(record.id)
    currency = record.body.get("CurrencyRef", {}).get("value", reader.books.company.currency)
    state = "" if record.active else html('<span class="chip">inactive</span>')
    return html(
        '<p class="hero"><span class="small">{}, {}</span> {} {}</p>',
        *(OWED[record.entity], currency, words.amount(units), state),
    )

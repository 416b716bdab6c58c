"""Documents as rows of a list: what each is, whom it concerns, and where it went."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ..books.record import Record
from ..model.money import to_units
from ..wire.json import Json
from . import words
from .frame import Reader
from .gathering import Found, Key, gather
from .markup import Html, html, joined
from .tables import Column, Row, table

PARTIES = ("VendorRef", "CustomerRef", "EntityRef")
#: Accounts on the header, in the order in which money runs through them.
ENDS = (
    *("FromAccountRef", "BankAccountRef", "CCAccountRef", "AccountRef", "ToAccountRef", "CreditCardAccountRef"),
    "DepositToAccountRef",
)
#: Some documents name the account within a part.
PARTS = ("CheckPayment", "CreditCardPayment")


def documents(reader: Reader, records: Sequence[Record], caption: str, *, written: bool = False) -> Html:
    """With the time at which each was written, where that is what counts."""
    found = gather(reader.books, (key for record in records for key in _named_in(record)))
    home = reader.books.company.currency
    columns = (
        *((Column("Written", "date"),) if written else ()),
        *(Column("Date", "date"), Column("Type", "kind"), Column("Number", "code"), Column("Name", "main")),
        *(Column("Account", "to"), Column("Memo", "memo"), Column(home, "num key")),
    )
    return table(columns, (_row(reader, record, found, written) for record in records), caption=caption)


def _row(reader: Reader, record: Record, found: Found, written: bool) -> Row:
    body = record.body
    who = next((found[key] for key in _party(body) if key in found), None)
    cells = (
        *((words.clock(record.updated, reader.books.company.zone, reader.books.today),) if written else ()),
        words.day(body["TxnDate"]),
        reader.named(record, words.kind(record)),
        words.number_of(body),
        _who(reader, record, who),
        where(found, body),
        words.brief(body.get("PrivateNote")),
        _sum(reader, record),
    )
    return Row(cells, id=f"{record.entity}-{record.id}")


def _who(reader: Reader, record: Record, who: Record | None) -> Html:
    """On a phone the name is the way into the document, where its type stands small below."""
    if who is None:
        return html('<span class="off">No name</span>') if any(map(record.body.get, PARTIES)) else Html("")
    return reader.named(who)


def _sum(reader: Reader, record: Record) -> Html:
    if record.entity == "TimeActivity":
        return html("{}", words.hours(record.body))
    currency = record.body.get("CurrencyRef", {}).get("value", reader.books.company.currency)
    foreign = html('<span class="chip">{}</span> ', currency) if currency != reader.books.company.currency else ""
    return html("{}{}", foreign, words.amount(signed(record.body)))


def signed(body: Json) -> int:
    """A refund to a card stands with a minus; a journal entry comes to the sum of its debits."""
    if "TotalAmt" not in body and "Amount" not in body:
        return sum(to_units(line.get("Amount", 0)) for line in body.get("Line", ()) if _is_debit(line))
    return to_units(body.get("TotalAmt") or body.get("Amount") or 0) * (-1 if body.get("Credit") else 1)


def _is_debit(line: Json) -> bool:
    return bool(line.get("JournalEntryLineDetail", {}).get("PostingType") == "Debit")


def _named_in(record: Record) -> Iterator[Key]:
    yield from _party(record.body)
    yield from _accounts(record.body)


def _party(body: Json) -> Iterator[Key]:
    for name in PARTIES:
        if body.get(name):
            number = str(body[name]["value"])
            kind = body[name].get("type") or name.removesuffix("Ref").replace("Entity", "Vendor")
            if number.isdecimal():
                yield kind, int(number)


def _accounts(body: Json) -> list[Key]:
    """What the lines name, or else what the header does."""
    rows = [line.get(line.get("DetailType", "")) or {} for line in body.get("Line", ())]
    lines = [key for row in rows for key in _of(row, ("AccountRef", "ItemRef"))]
    parts = [part for name in PARTS if isinstance(part := body.get(name), dict)]
    return list(dict.fromkeys(lines or [key for holder in (body, *parts) for key in _of(holder, ENDS)]))


def _of(holder: Json, names: Iterable[str]) -> list[Key]:
    given = ((name, str(holder[name].get("value", ""))) for name in names if isinstance(holder.get(name), dict))
    return [("Item" if name == "ItemRef" else "Account", int(value)) for name, value in given if value.isdecimal()]


def where(found: Found, body: Json) -> Html:
    named = [short(found[key]) for key in _accounts(body) if key in found]
    if not body.get("Line") and len(named) == 2:
        return joined(named, " → ")
    if len(named) > 1:
        return html("Split over {}", len(named))
    return joined(named)


def short(record: Record) -> str:
    return words.account_name(record) if record.entity == "Account" else record.title

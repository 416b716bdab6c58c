"""One object as it stands: header, lines, the journal beneath, what it is tied to, and how it came to be."""

from __future__ import annotations

from ..api.documents import render
from ..books import cleared
from ..books.record import Record
from ..model.entity import Entity
from ..model.money import to_units
from ..registry import BY_ADDRESS, BY_NAME, TRANSACTIONS
from ..wire.json import Json
from . import audit, journal, parties, properties, register, ties, words
from .frame import Missing, Reader, Shown
from .gathering import gather, references
from .lines import lines
from .listing import signed
from .markup import Html, html, joined, link
from .numbers import whole

_FAMILIES = {
    "transaction": tuple(entity.name for entity in TRANSACTIONS if entity.family == "Transaction"),
    "name": parties.NAMES,
}

#: Lists that have an entry of their own in the rail.
_AT = {"Item": "/items", "Attachable": "/attachments"}


def document(reader: Reader) -> Shown:
    record = _by_family(reader) or _record(reader, _entity(reader.call.path["entity"]))
    entity = reader.books.entities[record.entity]
    if entity.name == "Account":
        return register.register(reader, record)
    if entity.name in parties.NAMES:
        return parties.party(reader, record)
    gather(reader.books, references(entity, record.body))
    shown = render(reader.books, record)
    parts = [
        properties.facts_of(reader, record, shown),
        lines(reader, entity, shown),
        journal.beneath(reader, record),
        ties.ties(reader, record),
        audit.history(reader, record),
        properties.raw(shown),
    ]
    at = reader.base + ("/transactions" if entity.transacts else _AT.get(entity.name, "/lists"))
    return Shown(words.titled(record), joined(parts), _sum(reader, entity, record), _above(reader, entity), at)


def _entity(word: str) -> Entity:
    folded = word.lower()
    found = BY_ADDRESS.get(folded) or next((each for name, each in BY_NAME.items() if name.lower() == folded), None)
    if found is None:
        raise Missing("No such page", f"Nothing is called “{word}”.")
    return found


def _by_family(reader: Reader) -> Record | None:
    """Reports tell the Id of a transaction or a name, and not of which kind it is."""
    family, number = _FAMILIES.get(reader.call.path["entity"].lower()), whole(reader.call.path["id"])
    if family is None or number is None:
        return None
    found = gather(reader.books, ((each, number) for each in family))
    return next(iter(found.values()), None)


def _record(reader: Reader, entity: Entity) -> Record:
    number = whole(reader.call.path["id"]) or 0
    record = reader.books.find(entity.name, number) if number else None
    if record is None:
        raise Missing(f"No such {words.type_word(entity.name).lower()}", _gone(reader, entity, number))
    return record


def _gone(reader: Reader, entity: Entity, number: int) -> Html | str:
    where = (reader.books.realm, entity.name, number)
    query = "SELECT at FROM deleted WHERE realm = ? AND entity = ? AND id = ?"
    row = reader.books.db.execute(query, where).fetchone()
    if row is None:
        return f"{words.type_word(entity.name)} {number or reader.call.path['id']} has never been entered."
    story = audit.rows_of(reader, entity.name, number)
    when, name = words.moment(row["at"], reader.books.company.zone), audit.last_name(reader, entity.name, number)
    called = f", {name}," if name else ""
    return html("{} {}{} was deleted on {}.{}", words.type_word(entity.name), number, called, when, story)


def _above(reader: Reader, entity: Entity) -> Html:
    if entity.transacts:
        return link(f"{reader.base}/transactions?type={entity.name}", words.plural(entity.name))
    return link(f"{reader.base}/lists/{entity.name.lower()}", words.plural(entity.name))


def _sum(reader: Reader, entity: Entity, record: Record) -> Html | str:
    body = record.body
    if not entity.transacts or ("TotalAmt" not in body and "Amount" not in body):
        return "" if record.active else html('<p><span class="chip">inactive</span></p>')
    mark = words.mark(cleared.mark(reader.books, record.key))
    currency = body.get("CurrencyRef", {}).get("value", reader.books.company.currency)
    return html(
        '<p class="hero"><span class="small">{}</span> {} {}{}</p>',
        *(currency, words.amount(signed(body)), _voided(body) or _state(entity, body), mark),
    )


def _voided(body: Json) -> Html | str:
    """A voided document stays with nothing in it and says so in its memo."""
    is_void = str(body.get("PrivateNote", "")).startswith("Voided") and not signed(body)
    return html('<span class="chip">voided</span>') if is_void else ""


def _state(entity: Entity, body: Json) -> Html | str:
    """Of what can be paid: what is open still."""
    if not entity.open_name or entity.open_name not in body:
        return ""
    units = to_units(body[entity.open_name])
    words_ = (
        "settled" if not units else "open" if units == to_units(body["TotalAmt"]) else f"{words.amount(units)} open"
    )
    return html('<span class="chip{}">{}</span>', "" if units else " ok", words_)

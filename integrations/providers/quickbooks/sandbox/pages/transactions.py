"""All documents of a company, to be searched and narrowed."""

from __future__ import annotations

from datetime import date

from ..registry import TRANSACTIONS
from . import words
from .booked import Found, Place, Wanted, booked
from .frame import Reader, Shown
from .gathering import gather, party_in, party_keys
from .listing import documents
from .markup import Html, asking, html, joined, link
from .tables import empty, turning

FILTERS = ("q", "type", "party", "from", "to")


def transactions(reader: Reader) -> Shown:
    wanted = _wanted(reader)
    found = booked(reader.books, wanted)
    body = joined([_search(reader, wanted), _list(reader, wanted, found)])
    return Shown("Transactions", body, at=f"{reader.base}/transactions")


def _wanted(reader: Reader) -> Wanted:
    entity = next((each.name for each in TRANSACTIONS if each.name.lower() == reader.asked("type").lower()), "")
    party = reader.asked("party")
    return Wanted(
        words=reader.asked("q")[:200],
        entity=entity,
        party=party if party.isdecimal() else "",
        first=_day(reader.asked("from")),
        last=_day(reader.asked("to")),
        after=Place.read(reader.asked("after")),
    )


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return ""


def _search(reader: Reader, wanted: Wanted) -> Html:
    types = joined(
        html('<option value="{}"{}>{}</option>', name, Html(" selected") if name == wanted.entity else "", word)
        for name, word in [("", "All types"), *((each.name, words.plural(each.name)) for each in TRANSACTIONS)]
    )
    return html(
        '<form class="search" role="search"><label class="grow"><span>Find</span><input type="search" name="q" '
        'maxlength="200" placeholder="Name, number, memo or amount" value="{}"></label>'
        '<label><span>Type</span><select name="type">{}</select></label>'
        '<label><span>From</span><input type="date" name="from" value="{}"></label>'
        '<label><span>To</span><input type="date" name="to" value="{}"></label>{}<button>Show</button></form>{}',
        *(wanted.words, types, wanted.first, wanted.last, _kept_party(wanted), _party(reader, wanted)),
    )


def _kept_party(wanted: Wanted) -> Html | str:
    return html('<input type="hidden" name="party" value="{}">', wanted.party) if wanted.party else ""


def _party(reader: Reader, wanted: Wanted) -> Html | str:
    if not wanted.party:
        return ""
    who = party_in(gather(reader.books, party_keys(wanted.party)), wanted.party)
    name = who.title if who else f"number {wanted.party}"
    return html('<p class="note">Only those of {}. {}</p>', name, link(_here(reader, party=""), "Show all names"))


def _here(reader: Reader, **changes: object) -> str:
    return asking(f"{reader.base}/transactions", **{**{name: reader.asked(name) for name in FILTERS}, **changes})


def _list(reader: Reader, wanted: Wanted, found: Found) -> Html:
    narrowed = any((wanted.words, wanted.entity, wanted.party, wanted.first, wanted.last))
    older = _here(reader, after=found.older) if found.older else None
    newest = _here(reader) if wanted.after else None
    turn = turning(newest, older, _said(wanted, found))
    if found.records:
        return joined([documents(reader, found.records, "Transactions, newest first"), turn])
    return joined([_nothing(reader, wanted, narrowed), turn if found.older or newest else ""])


def _said(wanted: Wanted, found: Found) -> str:
    if found.reached:
        return f"Looked back as far as {words.day(found.reached)}."
    return words.counted(len(found.records), "document") + (" on this page" if found.older or wanted.after else "")


def _nothing(reader: Reader, wanted: Wanted, narrowed: bool) -> Html:
    if wanted.words:
        return empty(f"Nothing found for “{wanted.words}”.", link(f"{reader.base}/transactions", "Show all"))
    if narrowed or wanted.after:
        return empty("No transactions here.", link(f"{reader.base}/transactions", "Show all"))
    return empty("No transactions yet.", "What an app writes appears here by itself.")

"""What is open between us and vendors or customers on a day, document by document.

Every posting on a payable or receivable account is one; a payment takes from what it pays as much as it loses itself,
so that the open amounts of a name always add up to its balance.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from .desk import Desk
from .heads import Head
from .ledger import Entry, Scope

PAYABLE, RECEIVABLE = "Accounts Payable", "Accounts Receivable"
_CENT = 1000

Key = tuple[str, int, int | None]


@dataclass
class Item:
    """One document and one name, in units of the home currency; positive where somebody is owed on the usual side."""

    head: Head
    party: int | None
    amount: int
    native: int
    open: int


def items(desk: Desk, kind: str, day: str) -> list[Item]:
    """Those of every name, the earliest first, with what was open at the end of a day."""
    found = _documents(desk, kind, day)
    for payer, target, before, units in _applied(desk, found):
        share = _worth(target, before + units) - _worth(target, before)
        target.open -= share
        payer.open += share
    return list(found.values())


def _documents(desk: Desk, kind: str, day: str) -> dict[Key, Item]:
    accounts = desk.chart.ids(kind)
    side = 1 if kind == RECEIVABLE else -1
    scope = Scope("", day, frozenset(accounts), desk.scope.parties, departments=desk.scope.departments)
    entries: dict[Key, list[Entry]] = defaultdict(list)
    for entry in desk.ledger.entries(scope):
        entries[entry.entity, entry.id, entry.party].append(entry)
    found = {}
    for key, posted in entries.items():
        amount, native = side * sum(each.debit for each in posted), side * sum(each.native for each in posted)
        found[key] = Item(desk.heads.dated(posted[0]), key[2], amount, native, amount)
    return found


def _applied(desk: Desk, found: dict[Key, Item]) -> list[tuple[Item, Item, int, int]]:
    """Payer, what it pays, how much others had paid of it before, and how much the payer does."""
    query = (
        "SELECT link.entity, link.id, target, target_id, units, party FROM link LEFT JOIN object payer"
        " ON payer.realm = link.realm AND payer.entity = link.entity AND payer.id = link.id"
        " WHERE link.realm = ? ORDER BY link.id, link.line"
    )
    pairs = []
    parties = defaultdict(list)
    for entity, number, party in found:
        parties[entity, number].append(party)
    # Also of payments after the day: the journal counts by Id (entities/settling.py).
    paid: dict[tuple[str, int, str], int] = defaultdict(int)
    for entity, number, target, target_id, units, payer in desk.books.db.execute(query, (desk.books.realm,)):
        for party in parties.get((entity, number), ()):
            other = found.get((target, target_id, party))
            if other is not None:
                pairs.append((found[entity, number, party], other, paid[target, target_id, payer], units))
        paid[target, target_id, payer] += units
    return pairs


def _worth(target: Item, units: int) -> int:
    """So much of a document at its own rate, to the cent, and exactly all of it where it is the whole."""
    if not target.native:
        return 0
    if units == abs(target.native):
        return target.amount
    sign = -1 if target.amount < 0 else 1
    exact = abs(target.amount) * units
    if abs(target.amount) == abs(target.native):
        return sign * units
    whole = abs(target.native) * _CENT
    return sign * ((exact * 2 + whole) // (whole * 2)) * _CENT

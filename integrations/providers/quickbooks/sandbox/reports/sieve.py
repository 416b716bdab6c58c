"""The filters of TransactionList."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation

from ..books import cleared
from ..books.cleared import LETTERS
from ..model.money import to_units
from ..model.reading import require_whole_id
from ..wire.refusals import Refusal
from .desk import Desk
from .heads import Head
from .period import read_period
from .words import account_type, means

Test = Callable[[Head], bool]
#: Receipts that a deposit can take to the bank.
_DEPOSITS = "SELECT target, target_id FROM link WHERE realm = ? AND entity = 'Deposit'"


class Sieve:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._states = cleared.states(desk.books)
        self._matched = None if desk.scope.whole and not desk.scope.accounts else self._within_scope()
        self._tests = [test for make in _MAKERS if (test := make(self)) is not None]

    def passes(self, head: Head) -> bool:
        if self._matched is not None and (head.entity, head.id) not in self._matched:
            return False
        return all(test(head) for test in self._tests)

    def source(self, head: Head) -> int | None:
        """The account a transaction is listed under: of an entry by hand, that of its first line."""
        source = self._desk.heads.source(head)
        return source if source is not None else next(iter(self._desk.heads.accounts(head)), None)

    def letter(self, head: Head) -> str:
        return self._states.get((head.entity, head.id), "")

    def _within_scope(self) -> set[tuple[str, int]]:
        """Those with a line that the filters for accounts, names, classes and locations let pass."""
        desk = self._desk
        found = {(entry.entity, entry.id) for entry in desk.ledger.entries(desk.scope)}
        if desk.scope.parties:
            ids = {number for numbers in desk.scope.parties for number in numbers}
            everything = replace(desk.scope, parties=())
            if everything.whole and not everything.accounts:
                heads = desk.heads.within(desk.scope.start, desk.scope.end, [*desk.books.entities])
                found |= {(head.entity, head.id) for head in heads if head.party in ids}
        return found

    def kinds(self) -> Test | None:
        asked = {account_type(word) for word in self._desk.asked.words("source_account_type")}
        accounts = self._desk.chart.ids(*asked)
        return (lambda head: self.source(head) in accounts) if asked else None

    def types(self) -> Test | None:
        asked = self._desk.asked.words("transaction_type")
        return (lambda head: any(means(each, head.word) for each in asked)) if asked else None

    def numbers(self) -> Test | None:
        asked = self._desk.asked.words("docnum")
        return (lambda head: head.number in asked) if asked else None

    def memos(self) -> Test | None:
        asked = self._desk.asked.query.get("memo", "").strip().casefold()
        return (lambda head: asked in str(head.body.get("PrivateNote") or "").casefold()) if asked else None

    def amounts(self) -> Test | None:
        asked = self._desk.asked.query.get("bothamount", "").strip()
        if not asked:
            return None
        try:
            units = to_units(Decimal(asked))
        except (InvalidOperation, OverflowError, ValueError) as error:
            raise Refusal("2080", f"Number {asked!r} is not of a supported format", element="bothamount") from error
        return lambda head: head.amount is not None and abs(head.amount) == abs(units)

    def created(self) -> Test | None:
        return self._between("create", lambda head: self._day(head.created))

    def modified(self) -> Test | None:
        return self._between("mod", lambda head: self._day(head.updated))

    def due(self) -> Test | None:
        return self._between("due", lambda head: str(head.body.get("DueDate") or ""))

    def _between(self, stem: str, day: Callable[[Head], str]) -> Test | None:
        query, calendar = self._desk.asked.query, self._desk.asked.calendar
        if not any(query.get(name) for name in (f"start_{stem}date", f"end_{stem}date", f"{stem}date_macro")):
            return None
        period = read_period(query, calendar, "All", stem)
        return lambda head: period.start <= day(head) <= period.end

    def _day(self, moment: int) -> str:
        return datetime.fromtimestamp(moment, UTC).astimezone(self._desk.books.company.zone).date().isoformat()

    def terms(self) -> Test | None:
        return self._referring("term", "SalesTermRef")

    def _referring(self, name: str, field: str) -> Test | None:
        ids = {require_whole_id(word, name) for word in self._desk.asked.words(name)}
        return (lambda head: head.ref(field) in ids) if ids else None

    def payables(self) -> Test | None:
        return self._paid("appaid", ("Bill",))

    def receivables(self) -> Test | None:
        return self._paid("arpaid", ("Invoice",))

    def _paid(self, name: str, entities: tuple[str, ...]) -> Test | None:
        asked = self._desk.asked.choice(name, "All", "Paid", "Unpaid")
        if asked == "All":
            return None
        return lambda head: head.entity in entities and bool(head.open) == (asked == "Unpaid")

    def printed(self) -> Test | None:
        asked = self._desk.asked.choice("printed", "", "Printed", "To_be_printed")
        wanted = {"Printed": "PrintComplete", "To_be_printed": "NeedToPrint"}.get(asked)
        return (lambda head: head.body.get("PrintStatus") == wanted) if wanted else None

    def states(self) -> Test | None:
        """What "Cleared" says of reconciled transactions is not known; a switch decides."""
        asked = self._desk.asked.choice("cleared", "", *LETTERS, "Deposited")
        if not asked:
            return None
        if asked == "Deposited":
            rows = self._desk.books.db.execute(_DEPOSITS, (self._desk.books.realm,))
            taken = {(row["target"], row["target_id"]) for row in rows}
            return lambda head: head.entity == "Deposit" or (head.entity, head.id) in taken
        wide = asked == "Cleared" and self._desk.books.switches.cleared_filter == "wide"
        letters = ("C", "R") if wide else (LETTERS[asked],)
        return lambda head: self.letter(head) in letters


_MAKERS = (
    *(Sieve.kinds, Sieve.types, Sieve.numbers, Sieve.memos, Sieve.amounts, Sieve.created, Sieve.modified, Sieve.due),
    *(Sieve.terms, Sieve.payables, Sieve.receivables, Sieve.printed, Sieve.states),
)

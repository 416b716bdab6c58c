"""What shall be written, decided from values alone: no database, no clock. A preview shows what a sync executes."""

from dataclasses import dataclass, field, replace
from typing import Any

from integrations.mapping.coding import Coding, Uncoded
from integrations.mapping.facts import Facts, PaymentFacts
from integrations.mapping.periods import Closing, Day, PeriodChoice
from integrations.mapping.rates import Rate, RateKey, Rates
from integrations.mapping.reasons import Reason, ReasonCode
from integrations.providers.documents import (
    Action,
    Posted,
    Write,
)
from integrations.sync.writing import BillsThere, Placed, fingerprint, signed, written
from ledger.domain.documents import Stage


@dataclass(frozen=True, slots=True)
class Link:
    """What stands in the books for this document already, which revision of ours it shows, and on which day; None
    where that was not kept yet."""

    revision: int
    fingerprint: str
    posted: Posted
    day: Day | None = None


@dataclass(frozen=True, slots=True)
class Books:
    """What a plan must know of the books themselves."""

    closing: Closing = field(default_factory=Closing)
    rates: Rates = field(default_factory=Rates)
    bills: BillsThere = field(default_factory=dict)


OPEN = Books()


@dataclass(frozen=True, slots=True)
class Send:
    """Something is to be written. A removal has no coding, and the fingerprint of nothing."""

    write: Write
    coding: Coding | None
    fingerprint: str = ""
    merged: dict[str, Any] | None = None
    """What it leaves of somebody's there, and what we wanted: kept with what is sent."""

    @property
    def remark(self) -> str:
        """What is out of the ordinary about it, for the trail."""
        why = self.coding.why if self.coding else {}
        return " ".join(why[key] for key in REMARKED if key in why)


@dataclass(frozen=True, slots=True)
class Nothing:
    """It stands there as it should."""


@dataclass(frozen=True, slots=True)
class Blocked:
    """It lacks something, or it shall not stand in the books: the reasons tell which."""

    reasons: tuple[Reason, ...]


# Of the reasons of a coding, those that the plan adds.
DATED, RATED = "dated", "rate"
REMARKED = (DATED, RATED)

Plan = Send | Nothing | Blocked


def plan(
    facts: Facts,
    coding: Coding | Uncoded,
    link: Link | None,
    decision: Reason | None = None,
    books: Books = OPEN,
    choice: PeriodChoice = PeriodChoice.NONE,
) -> Plan:
    """What is in the books stays as it was posted until the source changes: a later mapping applies to what follows.

    A change sends the whole document over the one that stands there, coded by the mapping of now. `decision` is a
    person's: hold or exclude what is not in the books yet; `choice` too: what to do about a closed period.
    """
    if facts.stage is Stage.REVERSED:
        return _remove(facts, link, books) if link else Blocked((Reason(ReasonCode.REVERSED),))
    if link is not None and link.revision >= facts.revision:
        return Nothing()
    if decision is not None and link is None:
        return Blocked((decision,))
    day = _day(facts, link, books, choice)
    if isinstance(coding, Uncoded):
        return Blocked((*coding.reasons, *([day] if isinstance(day, Reason) else ())))
    if isinstance(day, Reason):
        return Blocked((day,))
    if missing := _not_there(facts, books):
        return Blocked(missing)
    rate = books.rates.of(facts.money.currency, day.on)
    if isinstance(rate, Reason):
        return Blocked((rate,))
    return _send(facts, _told(coding, day, rate), Placed(day, rate), link, books)


def _not_there(facts: Facts, books: Books) -> tuple[Reason, ...]:
    """What a payment settles must stand in the books before it."""
    if not isinstance(facts, PaymentFacts):
        return ()
    missing = (part.name for part in facts.settles if part.document_id not in books.bills)
    return tuple(Reason(ReasonCode.BILL_NOT_THERE, name) for name in missing)


def rate_needed(facts: Facts, link: Link | None, books: Books, choice: PeriodChoice) -> RateKey | None:
    """What a plan for this would ask of the rates."""
    if facts.stage is Stage.REVERSED or not books.rates.needs(facts.money.currency):
        return None
    day = _day(facts, link, books, choice)
    return (facts.money.currency, day.on) if isinstance(day, Day) else None


def _day(facts: Facts, link: Link | None, books: Books, choice: PeriodChoice) -> Day | Reason:
    """What stands there keeps its day as long as the source keeps its own: reopened books move nothing back."""
    standing = _standing(facts, link)
    if standing is not None and standing.source == facts.dated:
        return standing
    wanted = books.closing.day_for(facts.dated, choice)
    stuck = books.closing.forbids(standing) if standing else None
    return stuck or wanted


def _standing(facts: Facts, link: Link | None) -> Day | None:
    return (link.day or Day(facts.dated)) if link else None


def _told(coding: Coding, day: Day, rate: Rate | None) -> Coding:
    """The coding with what the plan adds to it, and why."""
    why = {DATED: day.sentence, RATED: rate.sentence if rate else ""}
    if not any(why.values()):
        return coding
    return replace(coding, day=day, why=coding.why | {key: words for key, words in why.items() if words})


def _send(facts: Facts, coding: Coding, placed: Placed, link: Link | None, books: Books) -> Plan:
    document = written(facts, coding, placed, books.bills)
    print_ = fingerprint(document)
    if link is None:
        return Send(Write(Action.CREATE, facts.mark, signed(document, facts)), coding, print_)
    if link.fingerprint == print_:
        return Nothing()
    if reason := books.closing.forbids(link.day or Day(facts.dated)):
        return Blocked((reason,))
    return Send(Write(Action.UPDATE, facts.mark, signed(document, facts), link.posted), coding, print_)


def _remove(facts: Facts, link: Link, books: Books) -> Plan:
    if reason := books.closing.forbids(link.day or Day(facts.dated)):
        return Blocked((reason,))
    return Send(Write(Action.REMOVE, facts.mark, target=link.posted), None)

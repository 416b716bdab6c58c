"""What shall be written, decided from values alone: no database, no clock. A preview shows what a sync executes."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from integrations.mapping.periods import Closing, Day, PeriodChoice
from integrations.mapping.rates import Rate, RateKey, Rates
from integrations.mapping.reasons import Reason, ReasonCode
from integrations.mapping.rules import Account, CodedLine, Coding, TransactionFacts, Uncoded
from integrations.providers.documents import (
    Action,
    CardCharge,
    DimensionValue,
    Document,
    Line,
    Posted,
    Transfer,
    Write,
)
from ledger.domain.money import Money
from ledger.domain.transactions import DocumentKind, Stage


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
    facts: TransactionFacts,
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
    rate = books.rates.of(facts.money.currency, day.on)
    if isinstance(rate, Reason):
        return Blocked((rate,))
    return _send(facts, _told(coding, day, rate), Placed(day, rate), link, books)


@dataclass(frozen=True, slots=True)
class Placed:
    """On which day, and at which rate where its currency is not that of the books."""

    day: Day
    rate: Rate | None = None


def rate_needed(facts: TransactionFacts, link: Link | None, books: Books, choice: PeriodChoice) -> RateKey | None:
    """What a plan for this would ask of the rates."""
    if facts.stage is Stage.REVERSED or not books.rates.needs(facts.money.currency):
        return None
    day = _day(facts, link, books, choice)
    return (facts.money.currency, day.on) if isinstance(day, Day) else None


def _day(facts: TransactionFacts, link: Link | None, books: Books, choice: PeriodChoice) -> Day | Reason:
    """What stands there keeps its day as long as the source keeps its own: reopened books move nothing back."""
    standing = _standing(facts, link)
    if standing is not None and standing.source == facts.dated:
        return standing
    wanted = books.closing.day_for(facts.dated, choice)
    stuck = books.closing.forbids(standing) if standing else None
    return stuck or wanted


def _standing(facts: TransactionFacts, link: Link | None) -> Day | None:
    return (link.day or Day(facts.dated)) if link else None


def _told(coding: Coding, day: Day, rate: Rate | None) -> Coding:
    """The coding with what the plan adds to it, and why."""
    why = {DATED: day.sentence, RATED: rate.sentence if rate else ""}
    if not any(why.values()):
        return coding
    return replace(coding, day=day, why=coding.why | {key: words for key, words in why.items() if words})


def _send(facts: TransactionFacts, coding: Coding, placed: Placed, link: Link | None, books: Books) -> Plan:
    document = _document(facts, coding, placed)
    print_ = fingerprint(document)
    if link is None:
        return Send(Write(Action.CREATE, facts.mark, _signed(document, facts)), coding, print_)
    if link.fingerprint == print_:
        return Nothing()
    if reason := books.closing.forbids(link.day or Day(facts.dated)):
        return Blocked((reason,))
    return Send(Write(Action.UPDATE, facts.mark, _signed(document, facts), link.posted), coding, print_)


def fingerprint(document: Document) -> str:
    """The same for the same document, different as soon as any value differs."""
    return hashlib.sha256(repr(document).encode()).hexdigest()


def _remove(facts: TransactionFacts, link: Link, books: Books) -> Plan:
    if reason := books.closing.forbids(link.day or Day(facts.dated)):
        return Blocked((reason,))
    return Send(Write(Action.REMOVE, facts.mark, target=link.posted), None)


def _document(facts: TransactionFacts, coding: Coding, placed: Placed) -> Document:
    write = _transfer if facts.kind is DocumentKind.PAYMENT else _card_charge
    return write(facts, coding, placed)


def _card_charge(facts: TransactionFacts, coding: Coding, placed: Placed) -> CardCharge:
    return CardCharge(
        mark=facts.mark,
        dated=placed.day.on,
        money=_above_zero(facts.money),
        card_account=coding.paid_from.external_id,
        vendor=coding.vendor.external_id if coding.vendor else "",
        note=_note(facts, placed),
        lines=tuple(_line(facts, line) for line in coding.lines),
        credit=facts.kind.sign < 0,
        dimensions=_values(coding.header),
        rate=placed.rate.value if placed.rate else None,
    )


def _transfer(facts: TransactionFacts, coding: Coding, placed: Placed) -> Transfer:
    return Transfer(
        mark=facts.mark,
        dated=placed.day.on,
        money=_above_zero(facts.money),
        from_account=coding.paid_from.external_id,
        to_account=coding.lines[0].account.external_id,
        note=_note(facts, placed),
        rate=placed.rate.value if placed.rate else None,
    )


def _line(facts: TransactionFacts, line: CodedLine) -> Line:
    memo = line.facts.memo
    description = f"{facts.merchant}: {memo}" if memo else facts.merchant
    amount = _above_zero(line.facts.money).amount
    return Line(line.account.external_id, amount, description, _values(line.values))


def _values(chosen: dict[str, Account]) -> tuple[DimensionValue, ...]:
    return tuple(DimensionValue(key, value.external_id) for key, value in sorted(chosen.items()))


def _above_zero(money: Money) -> Money:
    return replace(money, minor=abs(money.minor))


def _note(facts: TransactionFacts, placed: Placed) -> str:
    return " ".join(_note_sentences(facts, placed))


def _note_sentences(facts: TransactionFacts, placed: Placed) -> Iterator[str]:
    yield f"Flex card {facts.card.name}, {facts.holder}." if facts.holder else f"Flex card {facts.card.name}."
    if facts.approval:
        on = f" on {facts.approval.on:%-d %b %Y}" if facts.approval.on else ""
        yield f"Approved by {facts.approval.by}{on}."
    if facts.refund_of:
        yield f"Refund of {facts.refund_of}."
    if facts.original:
        yield f"Paid as {_above_zero(facts.original)}."
    if placed.day.own:
        yield placed.day.sentence


def _signed(document: Document, facts: TransactionFacts) -> Document:
    """With mark and revision at the end of the note, by which a look-up tells what stands there.

    They are no part of the fingerprint: a revision that changes nothing the books would show is not sent.
    """
    sign = facts.mark if facts.revision == 1 else f"{facts.mark}/{facts.revision}"
    return replace(document, note=f"{document.note} {sign}")

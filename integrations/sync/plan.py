"""What shall be written, decided from values alone: no database, no clock. A preview shows what a sync executes."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace

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
    """What stands in the books for this document already, and which revision of ours it shows."""

    revision: int
    fingerprint: str
    posted: Posted


@dataclass(frozen=True, slots=True)
class Send:
    """Something is to be written. A removal has no coding, and the fingerprint of nothing."""

    write: Write
    coding: Coding | None
    fingerprint: str = ""


@dataclass(frozen=True, slots=True)
class Nothing:
    """It stands there as it should."""


@dataclass(frozen=True, slots=True)
class Blocked:
    """It lacks something, or it shall not stand in the books: the reasons tell which."""

    reasons: tuple[Reason, ...]


Plan = Send | Nothing | Blocked


def plan(facts: TransactionFacts, coding: Coding | Uncoded, link: Link | None, decision: Reason | None = None) -> Plan:
    """What is in the books stays as it was posted until the source changes: a later mapping applies to what follows.

    A change sends the whole document over the one that stands there, coded by the mapping of now. `decision` is a
    person's: hold or exclude what is not in the books yet.
    """
    if facts.stage is Stage.REVERSED:
        return _remove(facts, link) if link else Blocked((Reason(ReasonCode.REVERSED),))
    if link is not None and link.revision >= facts.revision:
        return Nothing()
    if decision is not None and link is None:
        return Blocked((decision,))
    if isinstance(coding, Uncoded):
        return Blocked(coding.reasons)
    document = _document(facts, coding)
    print_ = fingerprint(document)
    if link is None:
        return Send(Write(Action.CREATE, facts.mark, _signed(document, facts)), coding, print_)
    if link.fingerprint == print_:
        return Nothing()
    return Send(Write(Action.UPDATE, facts.mark, _signed(document, facts), link.posted), coding, print_)


def fingerprint(document: Document) -> str:
    """The same for the same document, different as soon as any value differs."""
    return hashlib.sha256(repr(document).encode()).hexdigest()


def _remove(facts: TransactionFacts, link: Link) -> Send:
    return Send(Write(Action.REMOVE, facts.mark, target=link.posted), None)


def _document(facts: TransactionFacts, coding: Coding) -> Document:
    return _transfer(facts, coding) if facts.kind is DocumentKind.PAYMENT else _card_charge(facts, coding)


def _card_charge(facts: TransactionFacts, coding: Coding) -> CardCharge:
    return CardCharge(
        mark=facts.mark,
        dated=facts.dated,
        money=_above_zero(facts.money),
        card_account=coding.paid_from.external_id,
        vendor=coding.vendor.external_id if coding.vendor else "",
        note=_note(facts),
        lines=tuple(_line(facts, line) for line in coding.lines),
        credit=facts.kind.sign < 0,
        dimensions=_values(coding.header),
    )


def _transfer(facts: TransactionFacts, coding: Coding) -> Transfer:
    return Transfer(
        mark=facts.mark,
        dated=facts.dated,
        money=_above_zero(facts.money),
        from_account=coding.paid_from.external_id,
        to_account=coding.lines[0].account.external_id,
        note=_note(facts),
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


def _note(facts: TransactionFacts) -> str:
    return " ".join(_note_sentences(facts))


def _note_sentences(facts: TransactionFacts) -> Iterator[str]:
    yield f"Flex card {facts.card.name}, {facts.holder}." if facts.holder else f"Flex card {facts.card.name}."
    if facts.approval:
        on = f" on {facts.approval.on:%-d %b %Y}" if facts.approval.on else ""
        yield f"Approved by {facts.approval.by}{on}."
    if facts.refund_of:
        yield f"Refund of {facts.refund_of}."
    if facts.original:
        yield f"Paid as {_above_zero(facts.original)}."


def _signed(document: Document, facts: TransactionFacts) -> Document:
    """With mark and revision at the end of the note, by which a look-up tells what stands there.

    They are no part of the fingerprint: a revision that changes nothing the books would show is not sent.
    """
    sign = facts.mark if facts.revision == 1 else f"{facts.mark}/{facts.revision}"
    return replace(document, note=f"{document.note} {sign}")

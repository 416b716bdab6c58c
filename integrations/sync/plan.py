"""What shall be written, decided from values alone: no database, no clock. A preview shows what a sync executes."""

import hashlib
from dataclasses import dataclass

from integrations.mapping.reasons import Reason
from integrations.mapping.rules import ChargeFacts, Coding, Uncoded
from integrations.providers.documents import CardCharge, Line


@dataclass(frozen=True, slots=True)
class Link:
    """What stands in the books for this document already."""

    revision: int
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Create:
    document: CardCharge
    coding: Coding
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Nothing:
    """It stands there as it should."""


@dataclass(frozen=True, slots=True)
class Blocked:
    reasons: tuple[Reason, ...]


Plan = Create | Nothing | Blocked


def plan(facts: ChargeFacts, coding: Coding | Uncoded, link: Link | None) -> Plan:
    """A charge that is in the books stays as it was posted: a later mapping applies to what comes after it."""
    if link is not None:
        return Nothing()
    if isinstance(coding, Uncoded):
        return Blocked(coding.reasons)
    document = _card_charge(facts, coding)
    return Create(document, coding, fingerprint(document))


def fingerprint(document: CardCharge) -> str:
    """The same for the same document, different as soon as any value differs."""
    return hashlib.sha256(repr(document).encode()).hexdigest()


def _card_charge(facts: ChargeFacts, coding: Coding) -> CardCharge:
    line = Line(coding.account.external_id, facts.money.amount, _description(facts))
    return CardCharge(
        mark=facts.mark,
        dated=facts.dated,
        money=facts.money,
        card_account=coding.card_account.external_id,
        vendor=coding.vendor.external_id if coding.vendor else "",
        note=_note(facts),
        lines=(line,),
    )


def _description(facts: ChargeFacts) -> str:
    return f"{facts.merchant}: {facts.memo}" if facts.memo else facts.merchant


def _note(facts: ChargeFacts) -> str:
    return f"Flex card ··{facts.last_four}, {facts.holder}. {facts.mark}"

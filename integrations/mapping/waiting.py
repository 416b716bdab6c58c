"""Whom or what a document waits for, before it may go to the books. Pure."""

from collections.abc import Iterator

from integrations.mapping.facts import BillFacts, Facts
from integrations.mapping.gates import Gate, Gates
from integrations.mapping.reasons import Reason, ReasonCode
from ledger.domain.approvals import Standing

UNSAID = {Standing.WAITING: ReasonCode.NOT_APPROVED, Standing.DECLINED: ReasonCode.DECLINED}


def shut(facts: Facts, gates: Gates) -> Iterator[Reason]:
    gate = gates.of(facts.kind)
    if gate is not Gate.AT_ONCE and facts.asked.standing in UNSAID:
        yield Reason(UNSAID[facts.asked.standing], facts.asked.whom)
    if gate is Gate.PAID and isinstance(facts, BillFacts) and not facts.paid:
        yield Reason(ReasonCode.NOT_PAID)

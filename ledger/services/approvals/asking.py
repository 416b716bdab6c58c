"""Ask whoever must approve what was just recorded, or was changed; a few statements for a list."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.utils import timezone

from ledger.domain.approvals import APPROVED_KINDS, Covered, steps_for
from ledger.domain.documents import DocumentKind, Stage
from ledger.domain.money import Money
from ledger.models import Approval, ApprovalPolicy, SourceDocument, Verdict
from ledger.models.approvals import SAID, current_approvals, in_force, steps_of
from ledger.services.approvals.turn import advance

Policies = Mapping[tuple[int, DocumentKind], ApprovalPolicy]


@dataclass(frozen=True, slots=True)
class Told:
    """A document as it stands now: whom it pays, and who approved it, as its sender tells it."""

    document: SourceDocument
    payee: str
    approved_by: str = ""
    approved_at: datetime | None = None

    @property
    def money(self) -> Money:
        return Money(self.document.amount_minor, self.document.currency)


@dataclass(slots=True)
class _Work:
    over: list[Approval] = field(default_factory=list)
    moved: list[Approval] = field(default_factory=list)
    fresh: list[Approval] = field(default_factory=list)


def ask(told: Iterable[Told]) -> None:
    """In the transaction that records them. A yes holds as long as the payee stays and the money does not grow; after a
    no, any change asks anew. What was reversed asks nobody any more."""
    subject = [one for one in told if one.document.kind in APPROVED_KINDS and one.document.stage != Stage.PENDING]
    policies = in_force({one.document.entity_id for one in subject}) if subject else {}
    if not policies:
        return
    standing, now, work = current_approvals([one.document.pk for one in subject]), timezone.now(), _Work()
    for one in subject:
        _see_to(one, standing.get(one.document.pk, []), policies, now, work)
    _write(work)


def _see_to(one: Told, rows: Sequence[Approval], policies: Policies, now: datetime, work: _Work) -> None:
    if one.document.stage == Stage.REVERSED:
        work.over += [row for row in rows if row.verdict not in SAID]
    elif rows and _holds(rows, one):
        work.moved += advance(rows, one.approved_by, one.approved_at, now)
    else:
        work.over += rows
        fresh = _asked_for(one, policies)
        advance(fresh, one.approved_by, one.approved_at, now)
        work.fresh += fresh


def _holds(rows: Sequence[Approval], one: Told) -> bool:
    covered = Covered(Money(rows[0].amount_minor, rows[0].currency), rows[0].payee)
    return covered.covers(one.money, one.payee) and all(row.verdict != Verdict.DECLINED for row in rows)


def _asked_for(one: Told, policies: Policies) -> list[Approval]:
    policy = policies.get((one.document.entity_id, DocumentKind(one.document.kind)))
    if policy is None:
        return []
    steps = steps_for(steps_of(policy), one.money, policy.entity.currency)
    return [
        Approval(
            document=one.document,
            position=position,
            approver_id=step.approver,
            amount_minor=one.money.minor,
            currency=one.money.currency,
            payee=one.payee,
        )
        for position, step in enumerate(steps)
    ]


def _write(work: _Work) -> None:
    if work.over:
        Approval.objects.filter(pk__in=[row.pk for row in work.over]).update(current=False)
    if work.moved:
        Approval.objects.bulk_update(work.moved, ["verdict", "asked_at", "decided_by", "decided_at"])
    Approval.objects.bulk_create(work.fresh)

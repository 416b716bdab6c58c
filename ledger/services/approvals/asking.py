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
from ledger.services.approvals.turn import advance, write

Policies = Mapping[tuple[int, DocumentKind], ApprovalPolicy]


@dataclass(frozen=True, slots=True)
class Told:
    """A document as it stands now: whom it pays, and who approved it, where its sender told so just now. What the
    sender told of an earlier state of it is no yes to this one."""

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
    """In the transaction that records them. A yes holds as long as the payee stays and the money does not grow beyond
    what it was said to; after a no, any change asks anew. What was reversed asks nobody any more."""
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
        work.moved += _said_by_sender(rows, one, now) + advance(rows, now)
    else:
        work.over += rows
        fresh = _asked_for(one, policies)
        _said_by_sender(fresh, one, now)
        advance(fresh, now)
        work.fresh += fresh


def _holds(rows: Sequence[Approval], one: Told) -> bool:
    """Whatever was said covers what it says now; where nothing was said yet, it asks for just this."""
    said = [row for row in rows if row.verdict in SAID]
    if any(row.verdict == Verdict.DECLINED for row in said):
        return False
    if not said:
        return (rows[0].amount_minor, rows[0].currency, rows[0].payee) == (
            one.money.minor,
            one.money.currency,
            one.payee,
        )
    return all(Covered(Money(row.amount_minor, row.currency), row.payee).covers(one.money, one.payee) for row in said)


def _said_by_sender(rows: Sequence[Approval], one: Told, now: datetime) -> list[Approval]:
    """The steps that wait for the sender's word, which may come before their turn."""
    if not one.approved_by:
        return []
    waiting = [row for row in rows if row.approver_id is None and row.verdict not in SAID]
    for row in waiting:
        row.verdict, row.decided_by, row.decided_at = Verdict.APPROVED, one.approved_by, one.approved_at or now
        row.amount_minor = one.money.minor
    return waiting


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
    write(work.moved)
    Approval.objects.bulk_create(work.fresh)

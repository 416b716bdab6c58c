"""Say who must approve what from now on."""

from collections.abc import Sequence

from django.db import transaction

from ledger.domain.approvals import Step, impossible_policy
from ledger.domain.documents import DocumentKind
from ledger.models import ApprovalPolicy, ApprovalStep, Entity, User
from ledger.models.approvals import in_force, steps_of


@transaction.atomic
def save_policy(*, entity: Entity, kind: DocumentKind, steps: Sequence[Step], person: User) -> bool:
    """Whether it says something new. Raises ValueError, in words, for one that nobody can follow."""
    if sentence := impossible_policy(steps):
        raise ValueError(sentence)
    # Of two who save at once, the second is the newer one.
    list(Entity.objects.filter(pk=entity.pk).select_for_update(no_key=True))
    standing = in_force([entity.pk]).get((entity.pk, kind))
    if list(steps) == (steps_of(standing) if standing else []):
        return False
    policy = ApprovalPolicy.objects.create(entity=entity, kind=kind, made_by=person)
    ApprovalStep.objects.bulk_create(
        ApprovalStep(policy=policy, position=position, approver_id=step.approver, above_minor=step.above_minor)
        for position, step in enumerate(steps)
    )
    return True

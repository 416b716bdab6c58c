"""Who approves at Larkfield, and what they say."""

from django.db import transaction

from ledger.domain.approvals import Step
from ledger.domain.documents import DocumentKind
from ledger.models import Approval, Membership, Role, SourceDocument, User, Verdict
from ledger.selectors.approvals import Approved, approved, asked
from ledger.services.approvals import Said, decide, save_policy
from ledger.tenancy.context import acting_for
from tests.cast import Cast


class Approvers:
    """Theo approves every bill, Dana those above $1,000.00."""

    def __init__(self, cast: Cast, kind: DocumentKind = DocumentKind.BILL) -> None:
        self.tenant, self.theo = cast.larkfield, cast.theo
        with acting_for(self.tenant.id), transaction.atomic():
            self.dana = User.objects.create_user(email="dana@example.com", name="Dana Whitfield", password="a-password")
            Membership.objects.create(user=self.dana, role=Role.OPS)
        self.policy(Step(self.theo.pk), Step(self.dana.pk, 100_000), kind=kind)

    def policy(self, *steps: Step, kind: DocumentKind = DocumentKind.BILL) -> bool:
        with acting_for(self.tenant.id), transaction.atomic():
            return save_policy(entity=self.tenant.entity, kind=kind, steps=steps, person=self.tenant.admin)

    def asked(self, *documents: SourceDocument) -> list[int]:
        with acting_for(self.tenant.id), transaction.atomic():
            return [row.pk for row in asked().filter(document__in=documents)]

    def say(self, person: User, *documents: SourceDocument, no: str = "", in_place: bool = False) -> Said:
        """Yes, or no with a note."""
        verdict, ids = Verdict.DECLINED if no else Verdict.APPROVED, self.asked(*documents)
        with acting_for(self.tenant.id), transaction.atomic():
            return decide(ids, person=person, verdict=verdict, note=no, in_place=in_place)

    def stands(self, document: SourceDocument) -> Approved | None:
        with acting_for(self.tenant.id), transaction.atomic():
            return approved([document.pk]).get(document.pk)

    def rows(self, document: SourceDocument) -> list[tuple[str, str, bool]]:
        """Whom, what, and whether it counts still."""
        with acting_for(self.tenant.id), transaction.atomic():
            rows = Approval.objects.filter(document=document).select_related("approver").order_by("id")
            return [(str(row.approver or ""), row.verdict, row.current) for row in rows]

"""Questions about approvals: which policies are in force, how documents stand, and what waits for whom."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, QuerySet, Sum

from ledger.domain.approvals import Standing
from ledger.models import Approval, User, Verdict
from ledger.models.approvals import approver_name, current_approvals


@dataclass(frozen=True, slots=True)
class Approved:
    """How a document stands with its approvers: of whom one waits, or who said yes or no last."""

    standing: Standing = Standing.NOT_ASKED
    waits_for: str = ""
    said_by: tuple[str, ...] = ()
    said_at: datetime | None = None
    note: str = ""


NOT_ASKED = Approved()


def approved(documents: Collection[int]) -> dict[int, Approved]:
    """Of those among these of which somebody was asked."""
    return {document: standing_of(rows) for document, rows in current_approvals(documents).items()}


def standing_of(rows: Sequence[Approval]) -> Approved:
    """Of the current approvals of one document, in their order."""
    for row in rows:
        if row.verdict == Verdict.DECLINED:
            return Approved(Standing.DECLINED, "", (row.decided_by,), row.decided_at, row.note)
    for row in rows:
        if row.verdict == Verdict.ASKED:
            return Approved(Standing.WAITING, approver_name(row))
    said = tuple(dict.fromkeys(row.decided_by for row in rows))
    return Approved(Standing.APPROVED, "", said, max((row.decided_at for row in rows if row.decided_at), default=None))


def asked() -> QuerySet[Approval]:
    """What waits for somebody, the longest first."""
    rows = Approval.objects.filter(current=True, verdict=Verdict.ASKED)
    return rows.select_related("document", "document__entity", "approver").order_by("asked_at", "id")


@dataclass(frozen=True, slots=True)
class Sums:
    number: int
    sums: tuple[tuple[str, int], ...]


def asked_sums(person: User | None) -> Sums:
    """What waits for this person, or for anybody, by currency."""
    rows = asked().order_by().filter(**({"approver": person} if person else {}))
    by_currency = rows.values("document__currency").annotate(number=Count("pk"), minor=Sum("document__amount_minor"))
    found = sorted((row["document__currency"], row["minor"], row["number"]) for row in by_currency)
    return Sums(sum(number for _, _, number in found), tuple((currency, minor) for currency, minor, _ in found))

"""Who must approve a document and who has, on its page; and what people say to each other about it."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from ledger.access import Action
from ledger.models import Approval, Comment, SourceDocument, Verdict
from ledger.models.approvals import approver_name, current_approvals
from ledger.models.comments import LONGEST_COMMENT
from ledger.pages import page_of
from ledger.services.comments import comment
from ledger.web.doors import PageRequest, organisation_page
from ledger.words import day_text

MARKS = {
    Verdict.LATER: "none",
    Verdict.ASKED: "held",
    Verdict.APPROVED: "books",
    Verdict.DECLINED: "person",
}
WORDS = {
    Verdict.LATER: "comes after that",
    Verdict.ASKED: "is asked",
    Verdict.APPROVED: "approved",
    Verdict.DECLINED: "declined",
}


def approvals_shown(request: PageRequest, document: SourceDocument) -> dict[str, Any]:
    """For templates/ledger/documents/_approvals.html."""
    slug, rows = request.access.organisation.slug, current_approvals([document.pk]).get(document.pk, [])
    asked = next((row for row in rows if row.verdict == Verdict.ASKED), None)
    return {
        "items": [_item(row) for row in rows],
        "told": f"{sum(row.verdict == Verdict.APPROVED for row in rows)} of {len(rows)}" if rows else "",
        "answer": _answer(request, asked) if asked else None,
        "decide_url": reverse("decide_approvals", args=[slug]),
        "page": page_of(slug, document),
    }


def _item(row: Approval) -> dict[str, Any]:
    verdict = Verdict(row.verdict)
    who = row.decided_by or approver_name(row)
    in_place = row.decided_by and row.approver and row.decided_by != str(row.approver)
    return {
        "key": MARKS[verdict],
        "who": who,
        "word": f"{WORDS[verdict]} in place of {row.approver}" if in_place else WORDS[verdict],
        "at": row.decided_at or row.asked_at,
        "note": row.note,
    }


def _answer(request: PageRequest, row: Approval) -> dict[str, Any] | None:
    """What this person may say to it."""
    mine = row.approver_id == request.user.pk and request.access.allows(Action.APPROVE)
    if not mine and not request.access.allows(Action.APPROVE_FOR_OTHERS):
        return None
    return {"asked": row.pk, "mine": mine, "whose": approver_name(row)}


def comments_shown(request: PageRequest, document: SourceDocument) -> dict[str, Any]:
    """For templates/ledger/documents/_comments.html."""
    rows = Comment.objects.filter(document=document).order_by("id")
    return {
        "items": [{"who": row.author_name, "at": row.made_at, "text": row.text} for row in rows],
        "url": reverse("comment", args=[request.access.organisation.slug, document.public_id]),
        "longest": LONGEST_COMMENT,
    }


@require_POST
@organisation_page(Action.SEE_TRANSACTIONS)
def add_comment(request: PageRequest, public_id: str) -> HttpResponse:
    document = get_object_or_404(SourceDocument, public_id=public_id)
    comment(document, person=request.user, text=request.POST.get("text", ""))
    return redirect(f"{page_of(request.access.organisation.slug, document)}#comments")


def asked_since(row: Approval) -> str:
    return day_text(timezone.localdate(row.asked_at)) if row.asked_at else ""

"""Receipts among the failed syncs: which do not hang in the books as they should, why, and the click that mends it."""

from itertools import chain
from typing import Any
from zlib import crc32

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from integrations import unhung
from integrations.mapping.reasons import Reason
from integrations.models import JobState, ReceiptJob
from integrations.unhung import ReceiptCause
from integrations.web.again import send_receipts_again
from integrations.web.causes import age, asked_cause
from integrations.words import ANSWERED, DETAILS, RECEIPT_DETAILS, SHOWN, cause_title
from ledger.access import Action
from ledger.domain.money import Money
from ledger.pages import page_of
from ledger.selectors.documents import Named, named
from ledger.web.doors import PageRequest, organisation_page
from ledger.words import money_shown

CAUSES_SHOWN = 20
ITEMS_SHOWN = 3


def receipts_shown(slug: str) -> dict[str, Any] | None:
    """None where no receipt needs a person."""
    causes = unhung.causes()
    if not causes:
        return None
    items = _items(slug)
    left_out = causes[CAUSES_SHOWN:]
    return {
        "count": sum(cause.count for cause in causes),
        "causes": [_cause(slug, cause, items.get(cause.reason, [])) for cause in causes[:CAUSES_SHOWN]],
        "more_causes": len(left_out),
    }


@require_POST
@organisation_page(Action.RETRY)
def retry_receipts(request: PageRequest) -> HttpResponse:
    send_receipts_again(request, unhung.with_cause(asked_cause(request)))
    return redirect("failed", request.access.organisation.slug)


def _cause(slug: str, cause: ReceiptCause, items: list[dict[str, Any]]) -> dict[str, Any]:
    reason = cause.reason
    return {
        "key": f"receipts-{reason.code}-{crc32(reason.subject.encode()):08x}",
        "state": SHOWN[JobState.NEEDS_ATTENTION],
        "title": cause_title(reason),
        "detail": RECEIPT_DETAILS.get(reason.code, DETAILS[reason.code]),
        "count": cause.count,
        "noun": "receipt",
        "money": [],
        "age": age(cause.since),
        "items": items,
        "more": cause.count - len(items),
        "answer": reason.subject if reason.code in ANSWERED else "",
        "retry_url": reverse("retry_receipts", args=[slug]),
        "retry_fields": [("code", reason.code), ("subject", reason.subject)],
        "retry_label": f"Send {cause.count:,} again",
        "retry_kind": "plain",
    }


def _items(slug: str) -> dict[Reason, list[dict[str, Any]]]:
    some = unhung.some_of_each(ITEMS_SHOWN, limit=CAUSES_SHOWN * ITEMS_SHOWN)
    documents = {job.receipt.document_id for job in chain.from_iterable(some.values())} - {None}
    rows = named([document for document in documents if document is not None])
    return {
        reason: [_item(slug, job, rows[job.receipt.document_id]) for job in jobs if job.receipt.document_id in rows]
        for reason, jobs in some.items()
    }


def _item(slug: str, job: ReceiptJob, row: Named) -> dict[str, Any]:
    document = row.document
    return {
        "merchant": row.name,
        "under": job.receipt.file_name,
        "date": document.dated,
        "url": page_of(slug, document),
        "money": money_shown(Money(document.amount_minor, document.currency)),
    }

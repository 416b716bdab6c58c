"""Failed and held syncs, by cause: how much money has not arrived, why, and the one click that mends it."""

from itertools import chain
from typing import Any
from zlib import crc32

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from integrations import conservation, selectors, stuck, unhung
from integrations.fixes import fix_of
from integrations.mapping.reasons import DECIDED, HELD, Reason, ReasonCode
from integrations.models import ConnectionState, JobState, SyncJob, Term
from integrations.providers.registry import platform
from integrations.stuck import Cause
from integrations.web.again import send_again
from integrations.web.causes import age, asked_cause
from integrations.web.unhung import receipts_shown
from integrations.words import (
    ANSWERED,
    DETAILS,
    FIX_IN_CONNECTIONS,
    FIX_IN_MAPPING,
    LOOKING,
    NOT_BEGUN,
    SHOWN,
    StateShown,
    cause_title,
)
from ledger.access import Action
from ledger.domain.money import Money
from ledger.models import SourceDocument
from ledger.pages import page_of
from ledger.selectors.documents import Named, named
from ledger.web.doors import PageRequest, organisation_page
from ledger.words import counted, money_shown, sums_text

CAUSES_SHOWN = 50
ITEMS_SHOWN = 3

OPEN = Q(connection__state=ConnectionState.LIVE)


@organisation_page(Action.SEE_SYNC)
def failed(request: PageRequest) -> HttpResponse:
    slug = request.access.organisation.slug
    # First what moves: what comes to rest while we ask is then counted twice for once, and never not at all.
    moving = _moving()
    causes = stuck.causes()
    shown, left_out = causes[:CAUSES_SHOWN], causes[CAUSES_SHOWN:]
    items, receipts = _items(slug), receipts_shown(slug)
    page = {
        "eyebrow": f"{request.access.organisation.name} · {platform().label}",
        **_headline(causes, receipts["count"] if receipts else 0),
        "causes": [_cause(slug, cause, items.get(cause.reason, [])) for cause in shown],
        "more_causes": {"count": len(left_out), "text": _money_of(left_out)} if left_out else None,
        "moving": moving,
        "refresh_url": reverse("failed", args=[slug]) if moving else "",
        "receipts": receipts,
        "empty": not causes and not receipts,
        "can_retry": request.access.allows(Action.RETRY),
        "retry_all_url": reverse("retry_all", args=[slug]) if _several_can_be_tried(causes, receipts) else "",
    }
    return render(request, "integrations/failed/page.html", {"page": page})


@require_POST
@organisation_page(Action.RETRY)
def retry_cause(request: PageRequest) -> HttpResponse:
    send_again(request, selectors.with_cause(asked_cause(request)))
    return redirect("failed", request.access.organisation.slug)


@require_POST
@organisation_page(Action.RETRY)
def retry_all(request: PageRequest) -> HttpResponse:
    send_again(request, selectors.worth_another_try(), with_receipts=unhung.stuck_receipts())
    return redirect("failed", request.access.organisation.slug)


@require_POST
@organisation_page(Action.RETRY)
def retry_document(request: PageRequest, public_id: Any) -> HttpResponse:
    document = get_object_or_404(SourceDocument, public_id=public_id)
    send_again(request, SyncJob.objects.filter(document=document))
    return redirect(page_of(request.access.organisation.slug, document))


def _several_can_be_tried(causes: list[Cause], receipts: dict[str, Any] | None) -> bool:
    """Of receipts any can."""
    beyond = FIX_IN_CONNECTIONS.keys() | DECIDED
    return sum(cause.reason.code not in beyond for cause in causes) + len(receipts["causes"] if receipts else ()) > 1


# --- the sentence ----------------------------------------------------------------------------------------------------


def _headline(causes: list[Cause], receipts: int) -> dict[str, str]:
    label = platform().short_label
    number = sum(cause.count for cause in causes)
    if not number:
        return {"headline": f"Everything that was sent is in {label}, or on its way.", "lead": _beside(receipts)}
    lines = conservation.by_currency(conservation.of_all_time()).values()
    posted = [line.money(line.of(Term.BOOKS)) for line in lines if line.of(Term.BOOKS)]
    return {
        "headline": f"{_money_of(causes)} in {counted(number, 'item')} will not reach {label} until someone acts.",
        "lead": " ".join(filter(None, [_are_in(posted), _beside(receipts)])),
    }


def _are_in(posted: list[Money]) -> str:
    return f"{sums_text(posted)} {'is' if len(posted) == 1 else 'are'} in." if posted else ""


def _beside(receipts: int) -> str:
    if not receipts:
        return ""
    return f"{counted(receipts, 'receipt')} {'needs' if receipts == 1 else 'need'} a person."


def _money_of(causes: list[Cause]) -> str:
    tallies = stuck.added(chain.from_iterable(cause.tallies for cause in causes))
    return sums_text(tally.money for tally in tallies)


# --- causes ----------------------------------------------------------------------------------------------------------


def _cause(slug: str, cause: Cause, items: list[dict[str, Any]]) -> dict[str, Any]:
    reason = cause.reason
    return {
        # The same for as long as the cause lasts, wherever in the order it stands.
        "key": f"{reason.code}-{cause.entity_id}-{crc32(reason.subject.encode()):08x}",
        "state": _state(reason.code),
        "title": cause_title(reason),
        "detail": DETAILS[reason.code],
        "count": cause.count,
        "money": [money_shown(tally.money) for tally in cause.tallies],
        "age": age(cause.since) if cause.since else "",
        "items": items,
        "more": cause.count - len(items),
        "more_url": f"{reverse('transactions', args=[slug])}?state={_state(reason.code).key}",
        "answer": reason.subject if reason.code in ANSWERED else "",
        **_fix(slug, cause),
        **_retry(slug, cause),
    }


def _state(code: ReasonCode) -> StateShown:
    if code is ReasonCode.NOT_CONNECTED:
        return NOT_BEGUN
    return SHOWN[JobState.HELD if code in HELD else JobState.NEEDS_ATTENTION]


def _fix(slug: str, cause: Cause) -> dict[str, str]:
    fix = fix_of(cause.reason, slug, cause.entity_id)
    return {"fix_label": fix.label, "fix_url": fix.url}


def _retry(slug: str, cause: Cause) -> dict[str, Any]:
    """What is held leaves by itself once what it lacks is there; asking again is for whoever does not trust that."""
    reason = cause.reason
    if reason.code in FIX_IN_CONNECTIONS or reason.code in DECIDED:
        return {"retry_url": ""}
    held = reason.code in HELD
    return {
        "retry_url": reverse("retry_cause", args=[slug]),
        "retry_fields": [("code", reason.code), ("subject", reason.subject)],
        "retry_label": f"{'Check' if held else 'Send'} {cause.count:,} again",
        "retry_kind": "plain" if held or reason.code in FIX_IN_MAPPING else "primary",
    }


def _items(slug: str) -> dict[Reason, list[dict[str, Any]]]:
    largest = stuck.largest_of_each(ITEMS_SHOWN, limit=CAUSES_SHOWN * ITEMS_SHOWN)
    rows = named(list(chain.from_iterable(largest.values())))
    return {reason: [_item(slug, rows[document]) for document in ids] for reason, ids in largest.items()}


def _item(slug: str, row: Named) -> dict[str, Any]:
    document = row.document
    return {
        "merchant": row.name,
        "under": row.under,
        "date": document.dated,
        "url": page_of(slug, document),
        "money": money_shown(Money(document.amount_minor, document.currency)),
    }


# --- what moves by itself --------------------------------------------------------------------------------------------


def _moving() -> list[dict[str, Any]]:
    kinds = [
        ([JobState.WAITING, JobState.RUNNING], "In line; nothing to do."),
        ([JobState.UNKNOWN], LOOKING.format(label=platform().short_label)),
    ]
    strips = []
    for states, what in kinds:
        tallies = stuck.sums_of(OPEN & Q(state__in=states))
        if tallies:
            money = [money_shown(tally.money) for tally in tallies]
            number = sum(tally.count for tally in tallies)
            strips.append({"state": SHOWN[states[0]], "what": what, "count": number, "money": money})
    return strips

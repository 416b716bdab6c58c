"""Failed and held syncs, by cause: how much money has not arrived, why, and the one click that mends it."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import chain
from typing import Any

from django.contrib import messages
from django.db.models import Count, F, Min, Q, Sum, Window
from django.db.models.fields.json import KT
from django.db.models.functions import RowNumber
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.timesince import timesince
from django.views.decorators.http import require_POST

from integrations import bells, selectors, services
from integrations.mapping.reasons import HELD, Reason, ReasonCode
from integrations.models import ConnectionState, JobState, SyncJob
from integrations.providers.registry import platform
from integrations.tasks import drain_connection
from integrations.words import ANSWERED, DETAILS, FIX_IN_CONNECTIONS, FIX_IN_MAPPING, NOT_BEGUN, SHOWN, cause_title
from ledger.access import Action
from ledger.domain.money import Money
from ledger.models import Entity, SourceDocument
from ledger.selectors.transactions import by_document
from ledger.web.doors import PageRequest, organisation_page
from ledger.words import counted, money_shown, sums_text

CAUSES_SHOWN = 50
ITEMS_SHOWN = 3

AT_REST = Q(state__in=selectors.WITH_REASON)
OPEN = Q(connection__state=ConnectionState.LIVE)


@organisation_page(Action.SEE_SYNC)
def failed(request: PageRequest) -> HttpResponse:
    causes, left_out = _causes(request)
    causes = [*_unconnected(request), *_lost_connections(request), *causes]
    moving = _moving()
    page = {
        "eyebrow": f"{request.access.organisation.name} · {platform().label}",
        **_headline(),
        "list_url": reverse("transactions", args=[request.access.organisation.slug]),
        "causes": causes,
        "more_causes": left_out,
        "moving": moving,
        "refresh_url": reverse("failed", args=[request.access.organisation.slug]) if moving else "",
        "empty": not causes,
        "can_retry": request.access.allows(Action.RETRY),
    }
    return render(request, "integrations/failed/page.html", {"page": page})


@require_POST
@organisation_page(Action.RETRY)
def retry_cause(request: PageRequest) -> HttpResponse:
    try:
        reason = Reason(ReasonCode(request.POST.get("code", "")), request.POST.get("subject", ""))
    except ValueError as unknown:
        raise Http404 from unknown
    if "\0" in reason.subject:
        raise Http404
    return _send_again(request, selectors.with_cause(reason), redirect("failed", request.access.organisation.slug))


@require_POST
@organisation_page(Action.RETRY)
def retry_document(request: PageRequest, public_id: Any) -> HttpResponse:
    document = get_object_or_404(SourceDocument, public_id=public_id)
    back = redirect("transaction", request.access.organisation.slug, document.public_id)
    return _send_again(request, SyncJob.objects.filter(document=document), back)


def _send_again(request: PageRequest, jobs: Any, back: HttpResponse) -> HttpResponse:
    ties = list(jobs.order_by().values_list("connection_id", flat=True).distinct())
    number = services.send_again(jobs)
    for tie in ties:
        bells.ring_after_commit(drain_connection, request.access.organisation.pk, tie)
    messages.success(request, f"{counted(number, 'item')} tried again." if number else "Nothing was left to send.")
    return back


# --- the sentence ----------------------------------------------------------------------------------------------------


def _headline() -> dict[str, str]:
    stuck = _added(_sums(AT_REST | selectors.LOCKED_OUT), _document_sums(selectors.unconnected_entities()))
    number = sum(count for count, _ in stuck)
    label = platform().short_label
    if not number:
        return {"headline": f"Everything that was sent is in {label}, or on its way.", "lead": ""}
    money = sums_text([money for _, money in stuck])
    posted = _sums(Q(state=JobState.DONE))
    lead = f"{sums_text([money for _, money in posted])} is in." if posted else ""
    return {
        "headline": f"{money} in {counted(number, 'item')} will not reach {label} until someone acts.",
        "lead": lead,
    }


def _sums(which: Q) -> list[tuple[int, Money]]:
    """Count and money by currency."""
    rows = (
        SyncJob.objects.filter(which)
        .values("document__currency")
        .annotate(n=Count("id"), minor=Sum("document__amount_minor"))
        .order_by("document__currency")
    )
    return [(row["n"], Money(row["minor"], row["document__currency"])) for row in rows]


def _document_sums(entities: Iterable[Entity]) -> list[tuple[int, Money]]:
    """Of source documents themselves, where no job can be yet."""
    rows = (
        SourceDocument.objects.filter(entity__in=[entity.pk for entity in entities])
        .values("currency")
        .annotate(n=Count("id"), minor=Sum("amount_minor"))
        .order_by("currency")
    )
    return [(row["n"], Money(row["minor"], row["currency"])) for row in rows]


def _added(*parts: list[tuple[int, Money]]) -> list[tuple[int, Money]]:
    """By currency: pounds are never added to dollars."""
    sums: dict[str, tuple[int, int]] = {}
    for count, money in chain.from_iterable(parts):
        former = sums.get(money.currency, (0, 0))
        sums[money.currency] = (former[0] + count, former[1] + money.minor)
    return [(count, Money(minor, currency)) for currency, (count, minor) in sorted(sums.items())]


# --- causes ----------------------------------------------------------------------------------------------------------


def _stuck() -> Any:
    """Jobs at rest by their first reason: each counts once, so that the causes add up to the sentence above them."""
    return SyncJob.objects.filter(AT_REST).annotate(code=KT("reasons__0__code"), subject=KT("reasons__0__subject"))


def _causes(request: PageRequest) -> tuple[list[dict[str, Any]], dict[str, Any] | None]:
    """By money, and what stands behind the last one that is shown."""
    rows = (
        _stuck()
        .values("code", "subject", "document__currency")
        .annotate(
            n=Count("id"),
            minor=Sum("document__amount_minor"),
            since=Min("document__recorded_at"),
            entity=Min("document__entity_id"),
        )
        .order_by("-minor")
    )
    # What one can mend stands first.
    rows = sorted(rows, key=lambda row: ReasonCode(row["code"]) is ReasonCode.OTHER_CURRENCY)
    grouped: dict[Reason, list[dict[str, Any]]] = {}
    for row in rows:
        grouped.setdefault(Reason(ReasonCode(row["code"]), row["subject"]), []).append(row)
    items = _items(request.access.organisation.slug)
    shown, hidden = list(grouped.items())[:CAUSES_SHOWN], list(grouped.values())[CAUSES_SHOWN:]
    causes = [
        _cause(request, number, reason, parts, items.get(reason, []))
        for number, (reason, parts) in enumerate(shown, start=1)
    ]
    return causes, _left_out(hidden) if hidden else None


def _left_out(causes: list[list[dict[str, Any]]]) -> dict[str, Any]:
    sums: dict[str, int] = defaultdict(int)
    for part in chain.from_iterable(causes):
        sums[part["document__currency"]] += part["minor"]
    return {"count": len(causes), "text": sums_text(Money(minor, currency) for currency, minor in sums.items())}


def _cause(
    request: PageRequest, number: int, reason: Reason, parts: list[dict[str, Any]], items: list[dict[str, Any]]
) -> dict[str, Any]:
    slug = request.access.organisation.slug
    count = sum(part["n"] for part in parts)
    fixable = reason.code in FIX_IN_MAPPING
    state = JobState.HELD if reason.code in HELD else JobState.NEEDS_ATTENTION
    return {
        "key": f"{reason.code}-{number}",
        "state": SHOWN[state],
        "title": cause_title(reason),
        "detail": DETAILS[reason.code],
        "count": count,
        "money": [money_shown(Money(part["minor"], part["document__currency"])) for part in parts],
        "age": _age(min(part["since"] for part in parts)),
        "items": items,
        "more": count - len(items),
        "fix_label": FIX_IN_MAPPING.get(reason.code, ""),
        "fix_url": reverse("mapping", args=[slug, parts[0]["entity"]]) if fixable else "",
        "retry_url": reverse("retry_cause", args=[slug]),
        "retry_fields": [("code", reason.code), ("subject", reason.subject)],
        # What is held leaves by itself once what it lacks is there; asking again is for whoever does not trust that.
        "retry_label": f"Check {count:,} again" if reason.code in HELD else f"Send {count:,} again",
        "retry_kind": "plain" if fixable or reason.code in HELD else "primary",
        "answer": reason.subject if reason.code in ANSWERED else "",
    }


def _age(since: datetime) -> str:
    now = timezone.now()
    return "just now" if now - since < timedelta(minutes=1) else timesince(since, now, depth=1)


def _unconnected(request: PageRequest) -> list[dict[str, Any]]:
    causes = []
    for entity in selectors.unconnected_entities():
        sums = _document_sums([entity])
        if sums:
            causes.append(_connection_cause(request, Reason(ReasonCode.NOT_CONNECTED, entity.name), sums, entity.pk))
    return causes


def _lost_connections(request: PageRequest) -> list[dict[str, Any]]:
    """Before other causes: while access is lost, nothing else that one mends can take effect."""
    lost = selectors.connections().filter(state=ConnectionState.ACCESS_LOST).order_by("entity__name")
    return [
        _connection_cause(
            request,
            Reason(ReasonCode.ACCESS_LOST, tie.company.name),
            _sums(selectors.MOVING & Q(connection=tie)),
            tie.entity_id,
        )
        for tie in lost
    ]


def _connection_cause(
    request: PageRequest, reason: Reason, sums: list[tuple[int, Money]], entity_id: int
) -> dict[str, Any]:
    lost = reason.code is ReasonCode.ACCESS_LOST
    return {
        "key": f"{reason.code}-{entity_id}",
        "state": SHOWN[JobState.NEEDS_ATTENTION] if lost else NOT_BEGUN,
        "title": cause_title(reason),
        "detail": DETAILS[reason.code],
        "count": sum(count for count, _ in sums),
        "money": [money_shown(money) for _, money in sums],
        "age": "",
        "items": [],
        "more": 0,
        "fix_label": FIX_IN_CONNECTIONS[reason.code],
        "fix_url": reverse("connections", args=[request.access.organisation.slug]),
        "retry_url": "",
        "answer": "",
    }


def _items(slug: str) -> dict[Reason, list[dict[str, Any]]]:
    """The largest few of each cause, in one statement for all causes."""
    rank = Window(RowNumber(), partition_by=[F("code"), F("subject")], order_by=F("document__amount_minor").desc())
    jobs = list(
        _stuck().annotate(rank=rank).filter(rank__lte=ITEMS_SHOWN).order_by("rank")[: CAUSES_SHOWN * ITEMS_SHOWN]
    )
    rows = by_document([job.document_id for job in jobs])
    items: dict[Reason, list[dict[str, Any]]] = {}
    for job in jobs:
        row = rows[job.document_id]
        document = row.document
        items.setdefault(selectors.reasons_of(job)[0], []).append(
            {
                "merchant": row.merchant_name,
                "date": document.dated,
                "url": reverse("transaction", args=[slug, document.public_id]),
                "money": money_shown(Money(document.amount_minor, document.currency)),
            }
        )
    return items


# --- what moves by itself --------------------------------------------------------------------------------------------


def _moving() -> list[dict[str, Any]]:
    kinds = [
        (JobState.WAITING, Q(state__in=[JobState.WAITING, JobState.RUNNING]), "In line; nothing to do."),
        (
            JobState.UNKNOWN,
            Q(state=JobState.UNKNOWN),
            f"The line broke after we had sent. We look in {platform().short_label} first; nothing is sent twice.",
        ),
    ]
    strips = []
    for shown, which, what in kinds:
        sums = _sums(which & OPEN)
        if sums:
            money = [money_shown(amount) for _, amount in sums]
            strips.append({"state": SHOWN[shown], "what": what, "count": sum(n for n, _ in sums), "money": money})
    return strips

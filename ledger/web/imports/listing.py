"""Every file that was brought, the latest first."""

from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from ledger.access import Action
from ledger.models import Import
from ledger.selectors.imports import imports
from ledger.web.clock import zone_of
from ledger.web.doors import PageRequest, organisation_page
from ledger.web.imports.words import address, size_text, state_shown

ON_A_PAGE = 50


@organisation_page(Action.SEE_TRANSACTIONS)
def import_list(request: PageRequest) -> HttpResponse:
    slug = request.access.organisation.slug
    found = list(_from(request.GET.get("before", ""))[: ON_A_PAGE + 1])
    shown = found[:ON_A_PAGE]
    first = zone_of(None)
    page = {
        "rows": [_row(slug, job, _zone(job, first)) for job in shown],
        "older_url": f"?before={shown[-1].pk}" if len(found) > ON_A_PAGE else "",
        "newer_url": reverse("imports", args=[slug]) if request.GET.get("before") else "",
        "new_url": reverse("new_import", args=[slug]) if request.access.allows(Action.IMPORT) else "",
        "transactions_url": reverse("transactions", args=[slug]),
    }
    return render(request, "ledger/imports/list.html", {"page": page})


def _from(before: str) -> Any:
    is_place = before.isascii() and before.isdigit() and len(before) < 19
    return imports().filter(pk__lt=int(before)) if is_place else imports()


def _zone(job: Import, first: ZoneInfo) -> ZoneInfo:
    return zone_of(job.entity) if job.entity else first


def _row(slug: str, job: Import, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "url": address("import", slug, job),
        "name": job.file_name,
        "about": f"{job.get_kind_display()}, {size_text(job.size)}",
        "entity": job.entity.name if job.entity else "",
        "by": job.by,
        "at": job.uploaded_at,
        "zone": zone,
        "state": state_shown(job),
        "taken": job.new + job.changed + job.known,
        "new": job.new,
        "refused": job.refused,
        "is_begun": bool(job.started_at),
    }

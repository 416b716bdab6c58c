"""One import: choosing its columns, or how far it is and what became of it; stopping it, and its refused rows."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_POST

from ledger.access import Action
from ledger.imports.layouts import Layout
from ledger.imports.refusals import RefusedRow, refused_csv
from ledger.models import Import, ImportState
from ledger.selectors.imports import causes, has_wide_rows, refused_rows
from ledger.services.imports import forget_unused, stop
from ledger.tenancy.context import acting_for
from ledger.web.clock import zone_of
from ledger.web.doors import PageRequest, organisation_page
from ledger.web.imports.choosing import columns_page, found
from ledger.web.imports.words import about_rows, address, counts_of, headline, size_text, state_shown, tally_shown
from ledger.words import counted, named

CAUSES_SHOWN = 20
AT_ONCE = 1000
# Nothing takes longer between two slices, unless nobody is at work.
QUIET = timedelta(seconds=60)


@organisation_page(Action.SEE_TRANSACTIONS)
def import_page(request: PageRequest, import_id: UUID) -> HttpResponse:
    job = found(import_id)
    if job.state == ImportState.UPLOADED and request.access.allows(Action.IMPORT):
        return columns_page(request, job)
    page = _context(request, job)
    template = "ledger/imports/_progress.html" if request.headers.get("HX-Request") else "ledger/imports/page.html"
    with timezone.override(zone_of(job.entity)):
        response = render(request, template, {"page": page})
    patch_vary_headers(response, ["HX-Request"])
    return response


def _context(request: PageRequest, job: Import) -> dict[str, Any]:
    slug, is_moving = request.access.organisation.slug, job.is_under_way
    may_import = request.access.allows(Action.IMPORT)
    grouped = causes(job) if job.refused else []
    return {
        "name": job.file_name,
        "eyebrow": _eyebrow(job),
        "headline": headline(job),
        "state": state_shown(job),
        "problem": job.problem,
        "is_failed": job.state == ImportState.FAILED,
        "is_moving": is_moving,
        "quiet": _quiet(job),
        "share": {"value": job.offset, "most": job.size} if is_moving else None,
        "rows": job.rows,
        "tally": tally_shown(counts_of(job), job.sums) if job.started_at else None,
        "about": max(job.rows, about_rows(job)),
        "causes": [
            {"sentence": one.example, "rows": counted(one.rows, "row"), "line": one.line}
            for one in grouped[:CAUSES_SHOWN]
        ],
        "more_causes": len(grouped) - CAUSES_SHOWN if len(grouped) > CAUSES_SHOWN else 0,
        "refused_url": address("refused_rows", slug, job) if job.refused else "",
        "stop_url": address("stop_import", slug, job) if is_moving and may_import else "",
        "again_url": reverse("new_import", args=[slug]) if may_import and not is_moving else "",
        "refresh_url": address("import", slug, job),
        "imports_url": reverse("imports", args=[slug]),
        "transactions_url": reverse("transactions", args=[slug]),
        "by": job.by,
        "started_at": job.started_at,
        "finished_at": job.finished_at,
        "made": _made(job) if job.started_at and job.entity else "",
        "size": size_text(job.size),
    }


def _eyebrow(job: Import) -> str:
    whose = f" of {job.entity.name}" if job.entity else ""
    return f"{job.get_kind_display()}{whose}, {size_text(job.size)}"


def _made(job: Import) -> str:
    """Cards and the like, which vendors do not name."""
    if job.made:
        return "; ".join(named(number, word, first) for word, (number, first) in job.made.items())
    return "nothing: no name was new" if job.make_missing else "nothing: rows with new names were to be refused"


def _quiet(job: Import) -> str:
    if not job.is_under_way or job.touched_at is None or timezone.now() - job.touched_at < QUIET:
        return ""
    if job.is_stored:
        return "Nobody has read on for a minute. It goes on by itself as soon as a worker is there."
    return "The command that reads this file has fallen silent. Run it again: nothing is added twice."


@require_POST
@organisation_page(Action.IMPORT)
def stop_import(request: PageRequest, import_id: UUID) -> HttpResponse:
    job = found(import_id)
    if not stop(job, by=str(request.user)):
        messages.info(request, "It had ended already.")
    return redirect("import", request.access.organisation.slug, job.public_id)


@require_POST
@organisation_page(Action.IMPORT)
def discard_import(request: PageRequest, import_id: UUID) -> HttpResponse:
    job = found(import_id)
    if not forget_unused(job.pk):
        messages.info(request, "It was started already, so it stays on record.")
        return redirect("import", request.access.organisation.slug, job.public_id)
    messages.success(request, f"{job.file_name} was thrown away; nothing of it was imported.")
    return redirect("imports", request.access.organisation.slug)


@organisation_page(Action.SEE_TRANSACTIONS)
def refused_file(request: PageRequest, import_id: UUID) -> StreamingHttpResponse:
    """Mended and imported again they go in."""
    job = get_object_or_404(Import, public_id=import_id)
    layout = Layout.from_json(job.layout)
    any_wide = has_wide_rows(job, len(layout.columns))
    lines = refused_csv(layout, _refused(request.access.organisation.pk, job), any_wide=any_wide)
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="refused-{job.public_id.hex[:8]}.csv"'
    return response


def _refused(tenant: int, job: Import) -> Iterator[RefusedRow]:
    """It runs after the view has returned, so each part has a transaction of its own."""
    after = 0
    while True:
        with acting_for(tenant), transaction.atomic():
            part = list(refused_rows(job, after, AT_ONCE))
        yield from part
        if len(part) < AT_ONCE:
            return
        after = part[-1].line

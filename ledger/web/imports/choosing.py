"""Choosing the columns of a file: the form, the first rows as they would be recorded, and the start."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from ledger import tasks
from ledger.access import Action
from ledger.imports.encodings import Encoding
from ledger.imports.layouts import Layout
from ledger.imports.rechoosing import rechosen
from ledger.models import Import, ImportKind
from ledger.services.imports import earlier_of_the_same, formats_in, keep_choice, preview, start
from ledger.web.clock import zone_of
from ledger.web.doors import PageRequest, organisation_page
from ledger.web.imports.form import ColumnForm
from ledger.web.imports.tried import tried_shown
from ledger.web.imports.words import address, size_text
from ledger.words import counted

ENCODINGS = {
    Encoding.UTF_8: "UTF-8",
    Encoding.UTF_16_LE: "UTF-16",
    Encoding.UTF_16_BE: "UTF-16",
    Encoding.CP1252: "Windows-1252",
}
DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}


def found(import_id: UUID) -> Import:
    return get_object_or_404(Import.objects.select_related("entity"), public_id=import_id)


@require_POST
@organisation_page(Action.IMPORT)
def choose_columns(request: PageRequest, import_id: UUID) -> HttpResponse:
    """Keeps what was chosen. With `do=start` it begins, if nothing is left to ask."""
    job, slug = found(import_id), request.access.organisation.slug
    form, is_told_anew = _posted(request, job)
    if not keep_choice(job, form.matching, make_missing=form.make_missing, suggestion=form.suggestion):
        messages.info(request, "It was started already.")
        return redirect("import", slug, job.public_id)
    if request.headers.get("HX-Request"):
        return _partial(request, job, form, is_told_anew)
    if request.POST.get("do") != "start":
        return redirect("import", slug, job.public_id)
    if not form.is_complete:
        return columns_page(request, job, errors=form.problems(), status=422)
    start(job)
    tasks.ring_after_commit(request.access.organisation.pk, job.pk)
    return redirect("import", slug, job.public_id)


def _posted(request: PageRequest, job: Import) -> tuple[ColumnForm, bool]:
    """What was chosen, and whether a column of days or money is another one, whose values were looked at."""
    standing = ColumnForm.standing(job)
    form = standing.posted(request.POST)
    if not rechosen(standing.matching, form.matching):
        return form, False
    return form.told_anew(standing, formats_in(job, form.matching)), True


def _partial(request: PageRequest, job: Import, form: ColumnForm, is_told_anew: bool) -> HttpResponse:
    """The rows as they would be, and how values are written where that was found anew."""
    page = _tried(job, form)
    if is_told_anew:
        page["form"] = form.context(page["first_row"], {})
    return render(request, "ledger/imports/_chosen.html", {"page": page})


def columns_page(
    request: PageRequest, job: Import, errors: dict[str, str] | None = None, status: int = 200
) -> HttpResponse:
    page = _context(request, job, errors or {})
    with timezone.override(zone_of(job.entity)):
        return render(request, "ledger/imports/columns.html", {"page": page}, status=status)


def _context(request: PageRequest, job: Import, errors: dict[str, str]) -> dict[str, Any]:
    form, slug = ColumnForm.standing(job), request.access.organisation.slug
    tried = _tried(job, form)
    first = tried.pop("first_row")
    earlier = earlier_of_the_same(job).first()
    return {
        "name": job.file_name,
        "eyebrow": f"{job.get_kind_display()}{f' of {job.entity.name}' if job.entity else ''}",
        "about": _about(job, tried["rows_text"]),
        "earlier": {"by": earlier.by, "at": earlier.uploaded_at} if earlier else None,
        "form": form.context(first, errors),
        "options": form.options(),
        "errors": bool(errors),
        "choose_url": address("choose_columns", slug, job),
        "discard_url": address("discard_import", slug, job),
        **tried,
    }


def _about(job: Import, rows: str) -> str:
    layout = Layout.from_json(job.layout)
    return (
        f"{size_text(job.size)}, {rows} in {counted(len(layout.columns), 'column')}, parted by "
        f"{DELIMITERS[layout.dialect.delimiter]}, in {ENCODINGS[layout.dialect.encoding]}."
    )


def _tried(job: Import, form: ColumnForm) -> dict[str, Any]:
    tried = preview(job, form.matching, make_missing=form.make_missing)
    return {
        "asked": [*form.problems().values()],
        "tried": tried_shown(job, tried, form.matching) if form.is_complete else None,
        "first_row": tried.first_row,
        "rows_text": f"{'' if tried.is_whole else 'about '}{counted(tried.about_rows, 'row')}",
        "is_vendors": job.kind == ImportKind.VENDORS,
    }

"""The doors of the mapping."""

from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from integrations import bells, mapped, selectors, services
from integrations.mapped import Aim
from integrations.mapping.slots import MappingSlot
from integrations.models import ConfigurationVersion, Connection
from integrations.services import StaleMapping
from integrations.tasks import drain_connection
from integrations.web.mapping.asked import LONGEST_SEARCH, Asked, asked_for
from integrations.web.mapping.form import MappingForm
from integrations.web.mapping.lists import FOUND
from integrations.web.mapping.page import page_of
from integrations.web.mapping.parts import Part
from integrations.web.mapping.table import Table
from ledger.access import Action
from ledger.web.doors import PageRequest, organisation_page
from ledger.words import counted


@organisation_page(Action.SEE_SYNC)
def first_mapping(request: PageRequest) -> HttpResponse:
    """Mapping, from the rail: the first connected entity, or the page on which one is connected."""
    tie = selectors.connections().order_by("entity__name").first()
    slug = request.access.organisation.slug
    if tie is not None:
        return redirect("mapping", slug, tie.entity_id)
    messages.info(request, "Connect an entity first: a mapping leads to the accounts of its books.")
    return redirect("connections", slug)


@organisation_page(Action.SEE_SYNC)
def mapping(request: PageRequest, entity_id: int) -> HttpResponse:
    tie = get_object_or_404(selectors.connections(), entity_id=entity_id)
    asked = asked_for(request.GET, _address(request, tie), tie)
    posted = request.method == "POST"
    form = MappingForm(tie, asked.part, request.POST if posted else None)
    table = None if asked.part is Part.ACCOUNTS else Table(tie, asked, form)
    if not posted:
        return _shown(request, tie, asked, form, table, 200)
    if not request.access.allows(Action.CONFIGURE):
        return _shown(request, tie, asked, form, table, 403)
    return _save(request, tie, asked, form, table)


def _address(request: PageRequest, tie: Connection) -> str:
    return reverse("mapping", args=[request.access.organisation.slug, tie.entity_id])


def _shown(
    request: PageRequest, tie: Connection, asked: Asked, form: MappingForm, table: Table | None, status: int
) -> HttpResponse:
    """In the entity's own time, as the trail of its postings is."""
    with timezone.override(ZoneInfo(tie.entity.time_zone)):
        context = {"page": page_of(request, tie, asked, form, table)}
        return render(request, "integrations/mapping/page.html", context, status=status)


def _save(request: PageRequest, tie: Connection, asked: Asked, form: MappingForm, table: Table | None) -> HttpResponse:
    if not form.is_good({row.source.id for row in table.rows} if table else set()):
        return _shown(request, tie, asked, form, table, 422)
    matches = table.matches if table and form.matched else {}
    if table and form.matched and form.matched != table.fingerprint:
        form.errors["reason"] = "What the names match has changed since you looked. Look through it, then save again."
        return _shown(request, tie, asked, form, table, 409)
    try:
        woken = services.save_mapping(
            entity=tie.entity,
            choices=form.choices(matches),
            seen_version=int(form.seen_version),
            reason=form.reason,
            person=request.user,
        )
    except StaleMapping:
        form.notice_newer_version()
        return _shown(request, tie, asked, form, Table(tie, asked, form) if table else None, 409)
    _told(request, tie, woken, form.version + 1)
    return redirect(asked.url(matching=False, show="", page="") if asked.matching else asked.here)


def _told(request: PageRequest, tie: Connection, woken: int | None, version: int) -> None:
    if woken is None:
        messages.info(request, "Nothing was changed, so there is no new version.")
        return
    again = f" {counted(woken, 'charge')} that waited {'is' if woken == 1 else 'are'} tried again." if woken else ""
    messages.success(request, f"Saved as version {version}.{again}")
    bells.ring_after_commit(drain_connection, request.access.organisation.pk, tie.pk)


@require_POST
@organisation_page(Action.CONFIGURE)
def revert(request: PageRequest, entity_id: int) -> HttpResponse:
    """The mapping of an older version becomes the newest one; nothing in between is lost."""
    tie = get_object_or_404(selectors.connections(), entity_id=entity_id)
    asked = asked_for(request.GET, _address(request, tie), tie)
    to, seen = _number(request.POST.get("to", "")), _number(request.POST.get("seen", ""))
    why = request.POST.get("why", "").replace("\0", "").strip()
    form = MappingForm(tie, asked.part, None)
    if not why:
        return _not_reverted(request, tie, asked, form, f"Say why you go back to version {to}.", 422)
    try:
        woken = services.revert_mapping(entity=tie.entity, to=to, seen_version=seen, why=why, person=request.user)
    except ConfigurationVersion.DoesNotExist as unknown:
        raise Http404 from unknown
    except StaleMapping:
        newer = f"Version {form.version} was saved meanwhile, so nothing was changed. Look at it, then go back again."
        return _not_reverted(request, tie, asked, form, newer, 409)
    _told(request, tie, woken, form.version + 1)
    return redirect(asked.here)


def _not_reverted(
    request: PageRequest, tie: Connection, asked: Asked, form: MappingForm, sentence: str, status: int
) -> HttpResponse:
    messages.error(request, sentence)
    table = None if asked.part is Part.ACCOUNTS else Table(tie, asked, form)
    return _shown(request, tie, asked, form, table, status)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


@require_GET
@organisation_page(Action.SEE_SYNC)
def targets(request: PageRequest, entity_id: int) -> HttpResponse:
    """What one may choose, for what was typed so far. The field that asks sends its text under its own name."""
    tie = get_object_or_404(selectors.connections(), entity_id=entity_id)
    asked = {name: str(text).replace("\0", "") for name, text in request.GET.items()}
    slot, dimension, _ = (asked.pop(name, "") for name in ("slot", "dimension", "list"))
    words = " ".join(next(iter(asked.values()), "").split())[:LONGEST_SEARCH]
    known = words and slot in set(MappingSlot)
    found = mapped.search(tie.company_id, Aim(MappingSlot(slot), dimension), words, FOUND) if known else []
    return render(request, "integrations/mapping/_options.html", {"options": found})

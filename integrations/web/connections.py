"""Connections: each entity's company in the books, the way to the consent page and back."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from integrations import bells, selectors, services
from integrations.models import Connection, ConnectionState
from integrations.models.connections import TRIED_AGAIN
from integrations.providers.errors import ProviderError
from integrations.providers.registry import DEFAULT, platform
from integrations.tasks import drain_connection
from integrations.web.runs import latest_runs, metered_this_month
from integrations.web.there import what_broke
from integrations.words import StateShown
from ledger.access import Action, access_of
from ledger.models import Entity, Organisation
from ledger.tenancy.context import acting_for
from ledger.web.doors import PageRequest, member_of, organisation_page
from ledger.words import currency_words

Counts = dict[tuple[int, str], int]

SHOWN = {
    ConnectionState.LIVE: StateShown("books", "Connected"),
    ConnectionState.ACCESS_LOST: StateShown("person", "Access lost"),
    ConnectionState.DENIED: StateShown("person", "Turned away"),
    ConnectionState.READ_ONLY: StateShown("person", "Subscription ended"),
    ConnectionState.RESET: StateShown("person", "Company was reset"),
}


@organisation_page(Action.SEE_SYNC)
def connection_list(request: PageRequest) -> HttpResponse:
    ties = {tie.entity_id: tie for tie in selectors.connections()}
    counts = selectors.reference_counts(tie.company_id for tie in ties.values())
    slug = request.access.organisation.slug
    broke = what_broke(slug)
    runs = latest_runs(slug, [tie.pk for tie in ties.values()])
    month = metered_this_month([tie.company_id for tie in ties.values()])
    page: dict[str, Any] = {
        "platform": platform().label,
        "sandbox": platform().is_sandbox,
        "can_connect": request.access.allows(Action.CONFIGURE),
        "entities": [
            _entity(entity, ties.get(entity.pk), counts, broke, slug) for entity in Entity.objects.order_by("name")
        ],
    }
    for entity in page["entities"]:
        if tie := ties.get(entity["id"]):
            entity["connection"] |= {"runs": runs.get(tie.pk, []), "month": month.get(tie.company_id)}
    return render(request, "integrations/connections/page.html", {"page": page})


def _entity(
    entity: Entity, tie: Connection | None, counts: Counts, broke: list[dict[str, Any]], slug: str
) -> dict[str, Any]:
    return {
        "id": entity.pk,
        "name": entity.name,
        "currency_name": currency_words(entity.currency),
        "time_zone": entity.time_zone,
        "connect_url": reverse("connect", args=[slug, entity.pk]),
        "connection": _connection(tie, counts, broke, slug) if tie else None,
    }


def _connection(tie: Connection, counts: Counts, broke: list[dict[str, Any]], slug: str) -> dict[str, Any]:
    company = tie.company
    return {
        "company_name": company.name,
        "realm_id": company.external_id,
        "country": company.country,
        "currency": company.currency,
        "state": SHOWN[ConnectionState(tie.state)],
        "problem": tie.problem,
        "connected_by": company.credential.authorised_by,
        "connected_at": tie.connected_at,
        "agreed_until": company.credential.consent_expires_at,
        "agree_soon": services.must_agree_soon(company.credential, timezone.now()),
        "accounts": counts.get((company.pk, "account"), 0),
        "vendors": counts.get((company.pk, "vendor"), 0),
        "refreshed_at": tie.references_read_at,
        "heard_at": company.changes_read_to,
        "broken": [one for one in broke if one["company"] == company.pk],
        "mapping_url": reverse("mapping", args=[slug, tie.entity_id]),
        "refresh_url": reverse("read_references", args=[slug, tie.pk]),
        "tried_again": tie.state in TRIED_AGAIN,
        "denied": tie.state == ConnectionState.DENIED,
        "next_try": tie.resting_until,
        "closed_to": company.closed_to,
        "several_currencies": company.several_currencies,
    }


@require_POST
@organisation_page(Action.CONFIGURE, one_transaction=False)
def connect(request: PageRequest, entity_id: int) -> HttpResponse:
    with transaction.atomic():
        entity = get_object_or_404(Entity, pk=entity_id)
    try:
        return redirect(services.begin_connect(entity=entity, person=request.user, provider=DEFAULT))
    except services.ConnectRefused as refusal:
        return _refused(request, str(refusal), request.access.organisation)


@login_required
def callback(request: Any, provider: str) -> HttpResponse:
    """The platform sends the person back here. Which organisation it is about, only the state parameter knows."""
    found = services.find_authorisation(request.GET.get("state", ""))
    if found is None:
        return _refused(request, "This answer belongs to no connection that was begun here. Begin again.", None, 400)
    tenant, authorisation_id = found
    organisation = member_of(request.user, Organisation.objects.get(pk=tenant).slug)
    with acting_for(tenant):
        _require_configure(request, organisation)
        return _come_back(request, provider, authorisation_id, organisation)


def _require_configure(request: Any, organisation: Organisation) -> None:
    with transaction.atomic():
        if not access_of(request.user, organisation).allows(Action.CONFIGURE):
            raise PermissionDenied("Connecting needs a role that may set up the books.")


def _come_back(request: Any, provider: str, authorisation_id: int, organisation: Organisation) -> HttpResponse:
    code, company = request.GET.get("code", ""), request.GET.get("realmId", "")
    try:
        authorisation = services.use_authorisation(authorisation_id, request.user)
        if authorisation.provider != provider:
            raise Http404
        if not code or not company:
            raise services.ConnectRefused(_why_not(request.GET.get("error", "")))
        tie = services.finish_connect(authorisation=authorisation, code=code, company=company, person=request.user)
    except services.ConnectRefused as refusal:
        return _refused(request, str(refusal), organisation)
    messages.success(request, f"{tie.entity.name} is connected to {tie.company.name} now.")
    _read_company(request, tie)
    bells.ring(drain_connection, organisation.pk, tie.pk)
    return redirect("mapping", organisation.slug, tie.entity_id)


def _why_not(error: str) -> str:
    if error == "access_denied":
        return f"{platform().short_label} says that you chose not to connect. Nothing was changed."
    return f"{platform().short_label} sent no code or no company back, so nothing was connected. Begin again."


def _read_company(request: Any, tie: Connection) -> None:
    """The person waits for the accounts, since the very next page needs them."""
    try:
        services.read_references(tie.pk)
    except ProviderError as trouble:
        messages.warning(request, f"Connected, but the accounts could not be read yet: {trouble}")


def _refused(request: Any, sentence: str, organisation: Organisation | None, status: int = 200) -> HttpResponse:
    page = {
        "title": "Not connected",
        "sentence": sentence,
        "action_label": "Back to Connections" if organisation else "Back to FlexSync",
        "action_url": reverse("connections", args=[organisation.slug]) if organisation else reverse("home"),
    }
    with transaction.atomic():
        return render(request, "integrations/connections/refused.html", {"page": page}, status=status)


@require_POST
@organisation_page(Action.CONFIGURE, one_transaction=False)
def read_references(request: PageRequest, connection_id: int) -> HttpResponse:
    with transaction.atomic():
        tie = get_object_or_404(Connection, pk=connection_id)
    try:
        services.read_references(tie.pk)
        tried = " What waits for it is tried now." if tie.state in TRIED_AGAIN else ""
        messages.success(request, f"Accounts and vendors are read again.{tried}")
        bells.ring(drain_connection, request.access.organisation.pk, tie.pk)
    except ProviderError as trouble:
        messages.error(request, f"Not read: {trouble}")
    return redirect("connections", request.access.organisation.slug)

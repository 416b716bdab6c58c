"""The first page after signing in: straight into the organisation, or a choice between several."""

from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from ledger.access import Access, Action, access_of, organisations_of
from ledger.models import Organisation
from ledger.tenancy.context import acting_for
from ledger.web.doors import PageRequest


@login_required
def home(request: PageRequest) -> HttpResponse:
    organisations = organisations_of(request.user)
    if len(organisations) == 1:
        return _only(request, organisations[0])
    choices = [_choice(request, organisation) for organisation in organisations]
    return render(request, "ledger/organisations/choose.html", {"page": {"organisations": choices}})


def _only(request: PageRequest, organisation: Organisation) -> HttpResponse:
    access = _access(request, organisation)
    if access.allows(Action.SEE_SYNC):
        return redirect("organisation", organisation.slug)
    page = {"organisation": organisation.name, "role": access.role.label.lower()}
    return render(request, "ledger/organisations/nothing_yet.html", {"page": page})


def _choice(request: PageRequest, organisation: Organisation) -> dict[str, str]:
    role = _access(request, organisation).role
    return {"name": organisation.name, "role": role.label, "url": reverse("organisation", args=[organisation.slug])}


def _access(request: PageRequest, organisation: Organisation) -> Access:
    with acting_for(organisation.pk), transaction.atomic():
        return access_of(request.user, organisation)

"""The first page after signing in: straight into the organisation, or a choice between several."""

from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from ledger.access import access_of, organisations_of
from ledger.models import Organisation
from ledger.tenancy.context import acting_for
from ledger.web.doors import PageRequest


@login_required
def home(request: PageRequest) -> HttpResponse:
    organisations = organisations_of(request.user)
    if len(organisations) == 1:
        return redirect("transactions", organisations[0].slug)
    choices = [_choice(request, organisation) for organisation in organisations]
    return render(request, "ledger/organisations/choose.html", {"page": {"organisations": choices}})


def _choice(request: PageRequest, organisation: Organisation) -> dict[str, str]:
    with acting_for(organisation.pk), transaction.atomic():
        role = access_of(request.user, organisation).role
    return {"name": organisation.name, "role": role.label, "url": reverse("transactions", args=[organisation.slug])}

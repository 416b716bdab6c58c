"""Who belongs to the organisation, who is invited, and what each role may do."""

import logging
from smtplib import SMTPException
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from ledger.access import ALLOWED, Action
from ledger.models import Invitation, Membership, PeopleEvent, Role
from ledger.services import people as services
from ledger.services.people import Unfitting
from ledger.web.clock import zone_of
from ledger.web.doors import PageRequest, organisation_page

logger = logging.getLogger(__name__)

LATEST = 20


class InviteForm(forms.Form):
    email = forms.EmailField(label="E-mail", max_length=254)
    role = forms.ChoiceField(label="As", choices=Role.choices, initial=Role.ACCOUNTANT)


@organisation_page(Action.MANAGE_PEOPLE)
def people(request: PageRequest) -> HttpResponse:
    return _shown(request, InviteForm())


def _shown(request: PageRequest, form: InviteForm, status: int = 200) -> HttpResponse:
    slug = request.access.organisation.slug
    members = Membership.objects.select_related("user").order_by("user__name", "user__email")
    invited = Invitation.objects.filter(ended_at__isnull=True).select_related("made_by").order_by("id")
    page = {
        "form": form,
        "invite_url": reverse("invite_person", args=[slug]),
        "members": [_member(slug, one, request) for one in members],
        "invited": [_invited(slug, one) for one in invited],
        "roles": Role.choices,
        "matrix": [_row(action) for action in Action],
        "latest": PeopleEvent.objects.order_by("-id")[:LATEST],
    }
    with timezone.override(zone_of(None)):
        return render(request, "ledger/people/page.html", {"page": page}, status=status)


def _member(slug: str, one: Membership, request: PageRequest) -> dict[str, Any]:
    role = Role(one.role)
    return {
        "name": one.user.name or one.user.email,
        "email": one.user.email,
        "role": role,
        "label": role.label,
        "is_you": one.user_id == request.user.pk,
        "fixed": role is Role.OWNER and request.access.role is not Role.OWNER,
        "url": reverse("change_person", args=[slug, one.pk]),
    }


def _invited(slug: str, one: Invitation) -> dict[str, Any]:
    return {
        "email": one.email,
        "role": Role(one.role).label,
        "by": str(one.made_by or "somebody who left"),
        "expires": one.expires_at,
        "over": one.expires_at < timezone.now(),
        "url": reverse("withdraw_invitation", args=[slug, one.pk]),
    }


def _row(action: Action) -> dict[str, Any]:
    return {"action": action.value, "may": [(role.label, action in ALLOWED[role]) for role in Role]}


@require_POST
@organisation_page(Action.MANAGE_PEOPLE, one_transaction=False)
def invite_person(request: PageRequest) -> HttpResponse:
    """POST `email` and `role`. The letter leaves after the invitation is stored."""
    form = InviteForm(request.POST)
    if form.is_valid() and _invited_now(request, form):
        return redirect("people", request.access.organisation.slug)
    with transaction.atomic():
        return _shown(request, form, status=422)


def _invited_now(request: PageRequest, form: InviteForm) -> bool:
    email, organisation = form.cleaned_data["email"].lower(), request.access.organisation
    try:
        secret = services.invite(
            email=email, role=Role(form.cleaned_data["role"]), person=request.user, as_role=request.access.role
        )
    except Unfitting as trouble:
        form.add_error("email", str(trouble))
        return False
    try:
        services.send_invitation(email=email, secret=secret, organisation=organisation, person=request.user)
    except (SMTPException, OSError):
        logger.exception("An invitation did not leave.")
        messages.error(request, f"{email} is invited, but the letter did not leave. Invite once more in a while.")
    else:
        messages.success(request, f"{email} is invited, and has a week to join.")
    return True


@require_POST
@organisation_page(Action.MANAGE_PEOPLE)
def withdraw_invitation(request: PageRequest, number: int) -> HttpResponse:
    invitation = get_object_or_404(Invitation, pk=number, ended_at__isnull=True)
    services.withdraw(invitation, person=request.user)
    messages.success(request, f"The invitation of {invitation.email} does not work any more.")
    return redirect("people", request.access.organisation.slug)


@require_POST
@organisation_page(Action.MANAGE_PEOPLE)
def change_person(request: PageRequest, number: int) -> HttpResponse:
    """POST `role`, or `do` as remove."""
    membership = get_object_or_404(Membership.objects.select_related("user"), pk=number)
    acting: dict[str, Any] = {"person": request.user, "as_role": request.access.role}
    try:
        with transaction.atomic():
            if request.POST.get("do") == "remove":
                services.remove(membership, **acting)
                told = f"{membership.user} is out, and sees nothing here any more."
            else:
                role = _role(request.POST.get("role", ""))
                services.change_role(membership, to=role, **acting)
                told = f"{membership.user} is {role.label.lower()} from now on."
    except Unfitting as trouble:
        messages.error(request, str(trouble))
    else:
        messages.success(request, told)
    # Whoever took the right from themselves is not led into a wall.
    return redirect("people" if membership.user_id != request.user.pk else "home", *_where(request, membership))


def _role(text: str) -> Role:
    if text not in Role.values:
        raise Unfitting("Choose a role.")
    return Role(text)


def _where(request: PageRequest, membership: Membership) -> list[str]:
    return [] if membership.user_id == request.user.pk else [request.access.organisation.slug]

"""The page to which an invitation leads: somebody new chooses a password, somebody known joins."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.password_validation import validate_password
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from ledger.models import Invitation, Organisation, Role, User
from ledger.services.people import Unfitting, find_invitation, join
from ledger.tenancy.context import acting_for

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


class JoinForm(forms.Form):
    name = forms.CharField(label="Your name", max_length=200)
    password = forms.CharField(
        label="A password of at least 12 characters",
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email = email

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        validate_password(password, User(email=self.email, name=self.data.get("name", "")))
        return password


@never_cache
@sensitive_post_parameters("password")
def invitation(request: HttpRequest, secret: str) -> HttpResponse:
    """Who has the link has the mailbox that it was sent to. Whoever has an account signs in to it first."""
    found = find_invitation(secret)
    if found is None:
        return render(request, "ledger/people/over.html", status=404)
    tenant, number = found
    with acting_for(tenant), transaction.atomic():
        one = Invitation.objects.get(pk=number)
        organisation = Organisation.objects.get(pk=tenant)
    if one.expires_at < timezone.now():
        return render(request, "ledger/people/over.html", status=404)
    known = User.objects.filter(email__iexact=one.email).exists()
    form = JoinForm(request.POST or None, email=one.email)
    if request.method == "POST" and (joined := _joined(request, tenant, one, form, known=known)):
        return joined
    page = {
        "organisation": organisation.name,
        "role": Role(one.role).label.lower(),
        "email": one.email,
        "known": known,
        "signed_in": request.user.is_authenticated,
        "is_theirs": request.user.is_authenticated and request.user.email.lower() == one.email,
        "sign_in_url": f"{reverse('account_login')}?next={request.path}",
        "form": form,
    }
    return render(request, "ledger/people/join.html", {"page": page}, status=422 if request.method == "POST" else 200)


def _joined(request: HttpRequest, tenant: int, one: Invitation, form: JoinForm, *, known: bool) -> HttpResponse | None:
    user: Any = request.user if request.user.is_authenticated else None
    if user is None and not known and form.is_valid():
        user = _new_user(one.email, form)
    if user is None:
        return None
    try:
        with acting_for(tenant):
            join(one.pk, user)
    except Unfitting as trouble:
        messages.error(request, str(trouble))
        return redirect("home")
    if not request.user.is_authenticated:
        login(request, user, backend=BACKEND)
    return redirect("home")


def _new_user(email: str, form: JoinForm) -> User | None:
    try:
        with transaction.atomic():
            return User.objects.create_user(email, form.cleaned_data["name"], form.cleaned_data["password"])
    except IntegrityError:
        form.add_error(None, "This address has an account by now. Sign in to it, then open the link again.")
        return None

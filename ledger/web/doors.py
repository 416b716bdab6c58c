"""The way into an organisation's pages: signed in, a member, allowed; a stranger gets “not found”."""

from collections.abc import Callable
from contextlib import nullcontext
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase

from ledger.access import Access, Action, access_of, membership_id
from ledger.models import Organisation, User
from ledger.tenancy.context import acting_for, one_moment

Rest = ParamSpec("Rest")


class PageRequest(HttpRequest):
    """A request that came through the door."""

    user: User
    access: Access


View = Callable[Concatenate[PageRequest, Rest], HttpResponseBase]


def organisation_page(
    action: Action, *, one_transaction: bool = True, as_of_one_moment: bool = False
) -> Callable[[View[Rest]], Callable[..., Any]]:
    """The view runs as the organisation whose slug is in the address.

    One transaction for the whole view is right for reading and for small writes. A view that goes over the network
    turns it off and opens its own short ones. A page whose figures add up, though several statements read them, asks
    for one moment.
    """

    def wrap(view: View[Rest]) -> Callable[..., Any]:
        @login_required
        @wraps(view)
        def door(request: Any, organisation: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
            found = member_of(request.user, organisation)
            moment = one_moment() if as_of_one_moment else nullcontext()
            with acting_for(found.pk), moment, transaction.atomic() if one_transaction else nullcontext():
                request.access = _allowed(request.user, found, action)
                return view(request, *args, **kwargs)

        # What it asks for, to be read by whoever proves that all doors ask.
        door.action = action  # type: ignore[attr-defined]
        return door

    return wrap


def member_of(user: User, slug: str) -> Organisation:
    organisation = Organisation.objects.filter(slug=slug).first()
    if organisation is None or membership_id(user, organisation) is None:
        raise Http404
    return organisation


def _allowed(user: User, organisation: Organisation, action: Action) -> Access:
    with transaction.atomic():
        access = access_of(user, organisation)
    if not access.allows(action):
        raise PermissionDenied(f"As {access.role.label.lower()} you cannot {action.value}.")
    return access

"""What a form brings along, read so that nothing in it can lead astray."""

from uuid import UUID

from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from ledger.web.doors import PageRequest


def uuid_in(text: str) -> UUID | None:
    """What is no id names nothing."""
    try:
        return UUID(text)
    except ValueError:
        return None


def page_in(request: PageRequest, wanted: str, otherwise: str) -> str:
    """Where the person was, as long as that is a page of this organisation."""
    home = reverse("organisation", args=[request.access.organisation.slug])
    safe = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) and wanted.startswith(home)
    return wanted if safe else otherwise

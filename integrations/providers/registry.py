"""The only place outside a provider's folder that names a platform."""

from functools import cache

from django.conf import settings
from django.urls import reverse

from integrations.providers.base import Platform
from integrations.providers.quickbooks.platform import QuickBooksSettings, quickbooks_platform

DEFAULT = "quickbooks"


@cache
def platform(name: str = DEFAULT) -> Platform:
    """Raises KeyError for a platform that we do not have."""
    return {"quickbooks": _quickbooks}[name]()


def _quickbooks() -> Platform:
    redirect = settings.PUBLIC_URL + reverse("connect_callback", args=["quickbooks"])
    return quickbooks_platform(QuickBooksSettings(**settings.QUICKBOOKS, redirect_url=redirect))

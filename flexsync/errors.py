"""An address that leads nowhere: a page for people, JSON for programs."""

from django.http import HttpRequest, HttpResponse
from django.views.defaults import page_not_found

from ledger.api.errors import not_found as api_not_found


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    if request.path.startswith("/api/"):
        return api_not_found(request)
    return page_not_found(request, exception)

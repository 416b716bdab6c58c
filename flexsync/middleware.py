"""Whatever organisation a request enters, the next request on the same thread starts without one."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

from ledger.tenancy.context import cleared


class TenantMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with cleared():
            return self.get_response(request)

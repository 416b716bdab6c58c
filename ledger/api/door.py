"""What all addresses of the API have in common: who calls, in which encoding, and by which methods."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from rest_framework.request import Request
from rest_framework.views import APIView

from ledger.api.errors import NotUtf8
from ledger.models import Scope
from ledger.services.api_keys import Caller
from ledger.tenancy.context import acting_for, one_moment


class Door(APIView):
    """A view names the scope of each of its methods in `scopes`; what is not in there is closed."""

    http_method_names = ["get", "head", "post"]
    scopes: dict[str, Scope] = {}

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        told = request._request.content_params or {}
        if told.get("charset", "utf-8").lower() not in ("utf-8", "utf8"):
            raise NotUtf8

    def answers(self, method: str) -> bool:
        return method.lower() in self.http_method_names and hasattr(self, method.lower())

    @property
    def caller(self) -> Caller:
        caller = self.request.user
        assert isinstance(caller, Caller)
        return caller

    @property
    def actor(self) -> str:
        """In words, for the trail."""
        return f"API key “{self.caller.name}”"

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Whatever several statements read is of one moment: sums add up, and a row goes with its state."""
        with acting_for(self.caller.tenant), one_moment(), transaction.atomic():
            yield

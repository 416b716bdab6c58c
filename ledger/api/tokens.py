"""How a caller of the API shows who it is, and what it may do."""

from typing import Any

from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from ledger.services.api_keys import Caller, find_caller


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer flex_…`"""

    def authenticate(self, request: Request) -> tuple[Caller, None] | None:
        scheme, _, key = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        caller = find_caller(key.strip())
        if caller is None:
            raise AuthenticationFailed("This API key is not known, or it was revoked.")
        return caller, None

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="FlexSync"'


class HasScope(BasePermission):
    """The view names the scope of each method in `scopes`; a method without one is closed."""

    message = "This API key does not have the scope that the call needs."

    def has_permission(self, request: Request, view: Any) -> bool:
        method = "GET" if request.method == "HEAD" else str(request.method)
        scope = view.scopes.get(method)
        if scope is None:
            # A method that the view does not have is answered with 405, to whoever has a key.
            return isinstance(request.user, Caller) and not view.answers(method)
        self.message = f"This API key does not have the scope “{scope}”."
        return isinstance(request.user, Caller) and scope in request.user.scopes

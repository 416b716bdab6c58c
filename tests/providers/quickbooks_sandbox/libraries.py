"""Clients by strangers, pointed at a sandbox."""

from __future__ import annotations

from intuitlib.client import AuthClient
from quickbooks import QuickBooks

from .client import BACK, CLIENT, US, Server


def python_quickbooks(server: Server, realm: str = US) -> QuickBooks:
    """It refuses plain http unless OAUTHLIB_INSECURE_TRANSPORT is set, and refreshes while it is made."""
    auth = AuthClient(*CLIENT, BACK, f"{server.url}/.well-known/openid_sandbox_configuration/")
    auth.get_bearer_token(server.consent(realm)["code"], realm)
    books = QuickBooks(auth_client=auth, refresh_token=auth.refresh_token, company_id=realm, minorversion=75)
    books.api_url_v3 = f"{server.url}/v3"
    return books

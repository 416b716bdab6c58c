"""Consent, exchange and refresh through Intuit's own library, with what it lacks added here.

intuit-oauth 1.2.6 has no time-outs and fetches the discovery document in every constructor; both are mended by
BoundedAuthClient. Its check of ID tokens fetches keys without a time-out too, and raises after the tokens were taken:
we never ask for the openid scope, and an ID token that comes all the same is not looked at. Facts: Intuit's OAuth 2.0
documentation, and its announcement of 2025-11-12 on refresh tokens.
"""

import re
import time
from datetime import timedelta
from typing import Any, ClassVar

import requests
import simplejson
from intuitlib.client import AuthClient
from intuitlib.enums import Scopes
from intuitlib.exceptions import AuthClientError

from integrations.providers.documents import Grant
from integrations.providers.errors import AccessLost, ProviderError, Refused, Temporary
from integrations.providers.quickbooks.border import MISREAD
from integrations.providers.quickbooks.http import BoundedAdapter

# Losing the answer of a refresh that rotated the token is dear, so this is generous.
TOTAL_SECONDS = 25.0
DISCOVERY_LIVES = 3600.0
# It comes back through the person's browser, and goes into addresses.
COMPANY_NUMBER = re.compile(r"[0-9]{1,20}")
DEFAULT_REFRESH_LIFE = timedelta(days=100)


class BoundedAuthClient(AuthClient):  # type: ignore[misc]
    """Intuit's client over a session with time-outs and a remembered discovery document."""

    discovered: ClassVar[dict[str, tuple[float, requests.Response]]] = {}

    def request(self, method: str, url: str, **kwargs: Any) -> requests.Response:
        # Here, for Intuit's constructor asks for the document before ours could go on.
        if not isinstance(self.get_adapter(url), BoundedAdapter):
            for scheme in ("http://", "https://"):
                self.mount(scheme, BoundedAdapter(TOTAL_SECONDS))
        if method.upper() != "GET" or url != self.environment:
            # Told only on request; intuit-oauth cannot ask for it before 1.2.7, which python-quickbooks does not allow.
            kwargs["headers"] = {**(kwargs.get("headers") or {}), "x-include-refresh-token-hard-expires-in": "true"}
            return _without_id_token(super().request(method, url, **kwargs))
        fetched_at, document = self.discovered.get(url, (0.0, None))
        if document is None or time.monotonic() - fetched_at > DISCOVERY_LIVES:
            document = super().request(method, url, **kwargs)
            if _names_the_addresses(document):
                self.discovered[url] = (time.monotonic(), document)
        return document


def _without_id_token(answer: requests.Response) -> requests.Response:
    try:
        told = answer.json()
    except MISREAD:
        return answer
    if isinstance(told, dict) and told.pop("id_token", None) is not None:
        answer._content = simplejson.dumps(told).encode()
        answer.encoding = "utf-8"
    return answer


def _names_the_addresses(document: requests.Response) -> bool:
    """A page of some gateway must not be remembered for an hour."""
    try:
        return document.ok and "token_endpoint" in document.json()
    except MISREAD:
        return False


class QuickBooksOAuth:
    def __init__(self, *, client_id: str, client_secret: str, discovery_url: str, redirect_url: str) -> None:
        self._arguments = (client_id, client_secret, redirect_url, discovery_url)

    def consent_url(self, state: str) -> str:
        if not all(self._arguments[:2]):
            raise Refused("FlexSync has no keys for QuickBooks: whoever runs it sets QUICKBOOKS_CLIENT_ID and _SECRET.")
        return str(self._client().get_authorization_url([Scopes.ACCOUNTING], state_token=state))

    def exchange(self, code: str, company: str) -> Grant:
        if not COMPANY_NUMBER.fullmatch(company):
            raise Refused("QuickBooks sent back no company that can be one.")
        client = self._client()
        try:
            client.get_bearer_token(code, realm_id=company)
            return _grant(client)
        except AuthClientError as refusal:
            raise _named(refusal, grant_dead=Refused("QuickBooks did not accept the code.")) from refusal
        except (requests.RequestException, *MISREAD) as trouble:
            raise Temporary("QuickBooks did not answer while tokens were exchanged.") from trouble

    def refresh(self, refresh_token: str) -> Grant:
        client = self._client()
        try:
            _twice_if_unanswered(lambda: client.refresh(refresh_token=refresh_token))
            # One that is not told anew is the same as before (RFC 6749, 6).
            client.refresh_token = client.refresh_token or refresh_token
            return _grant(client)
        except AuthClientError as refusal:
            raise _named(refusal, grant_dead=AccessLost("QuickBooks no longer accepts our access.")) from refusal
        except (requests.RequestException, *MISREAD) as trouble:
            raise Temporary("QuickBooks did not answer while the token was refreshed.") from trouble

    def _client(self) -> BoundedAuthClient:
        try:
            return BoundedAuthClient(*self._arguments)
        except (requests.RequestException, AuthClientError, *MISREAD) as trouble:
            raise Temporary("QuickBooks' sign-in addresses could not be read.") from trouble


def _twice_if_unanswered(refresh: Any) -> None:
    """A refresh may have rotated the token although its answer was lost; the old value is worth one more try."""
    try:
        refresh()
    except requests.RequestException:
        refresh()


def _named(refusal: AuthClientError, *, grant_dead: ProviderError) -> ProviderError:
    try:
        error = simplejson.loads(refusal.content).get("error", "")
    except MISREAD:
        error = ""
    if refusal.status_code == 400 and error == "invalid_grant":
        return grant_dead
    return Temporary(f"QuickBooks' sign-in answered {refusal.status_code} {error}".strip() + ".")


def _grant(client: BoundedAuthClient) -> Grant:
    """Raises ValueError where the answer lacks a token."""
    if not (client.access_token and client.refresh_token):
        raise ValueError("The answer lacks a token.")
    life = client.x_refresh_token_expires_in
    consent = getattr(client, "x_refresh_token_hard_expires_in", None)
    return Grant(
        access_token=client.access_token,
        refresh_token=client.refresh_token,
        access_lives=timedelta(seconds=int(client.expires_in or 3600)),
        refresh_lives=timedelta(seconds=int(life)) if life else DEFAULT_REFRESH_LIFE,
        consent_lives=timedelta(seconds=int(consent)) if consent else None,
    )

"""Speaks HTTP with QuickBooks: time-outs, tokens, addresses; foreign errors end here.

Writes are ours from the first byte, because an envelope must be repeatable exactly. Reads of small lists go through
python-quickbooks over the same bounded session; its own session has no time-outs and insists on refreshing by itself.
"""

import re
from datetime import timedelta
from typing import Any

import requests
import simplejson
from quickbooks import QuickBooks
from quickbooks.exceptions import AuthorizationException, QuickbooksException

from integrations.providers.base import TokenSource
from integrations.providers.errors import AccessLost, Refused, Temporary, Unknown
from integrations.providers.quickbooks.http import BoundedAdapter
from integrations.providers.quickbooks.replies import COMPANY_BUSY, THROTTLED, Answer, denies_access

MINOR_VERSION = 75
DEFAULT_REST = timedelta(seconds=60)

JSON = "application/json"


class BookSession(requests.Session):
    """Bounded, and with the token that stands in `access_token`, where python-quickbooks looks for it too."""

    def __init__(self, total_seconds: float) -> None:
        super().__init__()
        self.access_token = ""
        self.last: requests.Response | None = None
        # Set as `auth`, or a .netrc of the machine would replace the header.
        self.auth = self._authorised
        for scheme in ("http://", "https://"):
            self.mount(scheme, BoundedAdapter(total_seconds))

    def _authorised(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self.access_token}"
        return request

    def request(self, *args: Any, **kwargs: Any) -> requests.Response:
        self.last = super().request(*args, **kwargs)
        return self.last


class QuickBooksClient:
    def __init__(self, api_url: str, company: str, tokens: TokenSource, timeout_seconds: float) -> None:
        self.company = company
        self.timeout_seconds = timeout_seconds
        self._base = f"{api_url}/v3/company/{company}"
        self._tokens = tokens
        self._session = BookSession(timeout_seconds)
        self._reader = _reader(api_url, company, self._session)

    def write(self, path: str, body: str, request_id: str) -> Answer:
        """POST under an idempotency key. Raises Unknown once a byte may have been sent, Temporary before that."""
        response = self._write_once(path, body, request_id, self._tokens())
        if response.status_code == 401:
            # Refused at the door, so it was not done: a token can expire between two calls.
            used = self._session.access_token
            response = self._write_once(path, body, request_id, self._tokens(rejected=used))
        if response.status_code == 401:
            raise AccessLost("QuickBooks refuses our access to this company.")
        return _readable(response, self._session.access_token)

    def query(self, entity: Any, statement: str) -> list[Any]:
        """Objects of python-quickbooks. Raises Temporary, AccessLost or Refused."""
        return self._read(lambda: entity.query(statement, qb=self._reader))  # type: ignore[no-any-return]

    def get(self, entity: Any, *key: str) -> Any:
        """One object. Preferences have no key: a company has just one set of them."""
        return self._read(lambda: entity.get(*key, qb=self._reader))

    def _write_once(self, path: str, body: str, request_id: str, token: str) -> requests.Response:
        self._session.access_token = token
        try:
            return self._session.post(
                f"{self._base}/{path}",
                params={"requestid": request_id, "minorversion": str(MINOR_VERSION)},
                data=body.encode(),
                headers={"Accept": JSON, "Content-Type": JSON},
                allow_redirects=False,
            )
        except (requests.exceptions.ConnectTimeout, requests.exceptions.InvalidURL) as trouble:
            raise Temporary("QuickBooks could not be reached.") from trouble
        except requests.RequestException as trouble:
            if _never_connected(trouble):
                raise Temporary("QuickBooks could not be reached.") from trouble
            raise Unknown("The line broke after we had sent.") from trouble

    def _read(self, ask: Any) -> Any:
        self._session.access_token = self._tokens()
        try:
            return self._bounded(ask)
        except AuthorizationException:
            self._session.access_token = self._tokens(rejected=self._session.access_token)
        try:
            return self._bounded(ask)
        except AuthorizationException:
            # Without its cause: the detail may repeat the token.
            raise AccessLost("QuickBooks refuses our access to this company.") from None

    def _bounded(self, ask: Any) -> Any:
        try:
            return ask()
        except AuthorizationException as denial:
            # Its words for whatever is below 500, also for a company that is only locked for a while.
            if denial.error_code in COMPANY_BUSY:
                raise Temporary(f"QuickBooks could not answer: {denial.message}"[:300], DEFAULT_REST) from denial
            raise
        except QuickbooksException as refusal:
            # The library does not read faults in lower case, and hides the status.
            if self._session.last is not None and denies_access(_parsed(self._session.last)):
                raise AccessLost("QuickBooks refuses our access to this company.") from None
            if refusal.error_code >= 10000 or refusal.error_code in (THROTTLED, 0):
                raise Temporary(f"QuickBooks could not answer: {refusal.message}"[:300], DEFAULT_REST) from refusal
            sentence = f"{refusal.message} {refusal.detail}".strip()[:300]
            raise Refused(sentence, code=str(refusal.error_code)) from refusal
        # python-quickbooks trusts the shape of what it is told.
        except (requests.RequestException, ValueError, LookupError, TypeError, AttributeError) as trouble:
            raise Temporary("QuickBooks did not answer.") from trouble


def _reader(api_url: str, company: str, session: BookSession) -> Any:
    reader = QuickBooks(company_id=company, minorversion=MINOR_VERSION, use_decimal=True)
    reader.api_url_v3 = f"{api_url}/v3"
    reader.session = session
    return reader


def _never_connected(trouble: requests.RequestException) -> bool:
    """urllib3 tells a connection that was never made by NewConnectionError; anything else may have carried bytes."""
    reason = getattr(trouble.args[0], "reason", None) if trouble.args else None
    return type(reason).__name__ in {"NewConnectionError", "NameResolutionError", "ConnectTimeoutError"}


def _readable(response: requests.Response, token: str) -> Answer:
    """Without the token, which QuickBooks repeats in some refusals, since answers are kept and shown."""
    return Answer(
        status=response.status_code,
        json=_parsed(response),
        text=response.text.replace(token, "…")[:1000],
        retry_after=_retry_after(response),
        trace=response.headers.get("intuit_tid", ""),
    )


def _parsed(response: requests.Response) -> dict[str, Any] | None:
    """The body as JSON with exact decimals, or None where it is none: gateways answer in XML or HTML."""
    try:
        parsed = simplejson.loads(response.content, use_decimal=True)
    except (ValueError, RecursionError):
        return None
    return parsed if isinstance(parsed, dict) else None


def _retry_after(response: requests.Response) -> timedelta:
    """Intuit documents no Retry-After; where one comes it is honoured, else a minute as they advise."""
    given = response.headers.get("Retry-After", "")
    return timedelta(seconds=min(int(given), 600)) if re.fullmatch("[0-9]{1,6}", given) else DEFAULT_REST

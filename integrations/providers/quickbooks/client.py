"""Speaks HTTP with QuickBooks: time-outs, tokens, addresses; foreign errors end here.

Writes are ours from the first byte, because an envelope must be repeatable exactly. Reads of small lists go through
python-quickbooks over the same bounded sessions; its own have no time-outs and insist on refreshing by themselves. Any
number of threads may speak at once; every call passes the gate, also one that is repeated with a fresh token.
"""

import codecs
import logging
import re
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import requests
import simplejson
from quickbooks import QuickBooks
from quickbooks.exceptions import AuthorizationException, QuickbooksException
from urllib3.exceptions import HTTPError

from integrations.providers.base import TokenSource
from integrations.providers.calls import CallKind, CountingGate, Gate
from integrations.providers.documents import Stop
from integrations.providers.errors import (
    AccessLost,
    ProviderError,
    Refused,
    Stopped,
    Temporary,
    Unknown,
    whereabouts,
)
from integrations.providers.quickbooks.border import MISREAD, understood
from integrations.providers.quickbooks.known import known
from integrations.providers.quickbooks.replies import (
    DENIED,
    LOWEST,
    STOPPED,
    SYSTEM_FAILURE,
    THROTTLED,
    Answer,
    asks_for_rest,
    denies_access,
)
from integrations.providers.quickbooks.sessions import BookSession, borrowed
from integrations.providers.quickbooks.values import storable

logger = logging.getLogger(__name__)

MINOR_VERSION = 75
DEFAULT_REST = timedelta(seconds=60)
LONGEST_REST = timedelta(minutes=10)

TOO_MANY, FORBIDDEN = 429, 403
TURNED_AWAY = "QuickBooks refuses our access to this company."
THROTTLE_CODE = str(THROTTLED).encode()
JSON = "application/json"
BATCH = "batch"
# Intuit works on a call for so long at most.
UPLOAD_SECONDS = 120.0
# Tokens and pace may keep a write waiting. What leaves later than this would be looked for too early.
LEAVES_WITHIN = 8.0


@dataclass(frozen=True, slots=True)
class _Sending:
    kind: CallKind
    path: str
    body: bytes | Iterable[bytes]
    content_type: str
    request_id: str
    seconds: float


class QuickBooksClient:
    def __init__(
        self,
        api_url: str,
        company: str,
        tokens: TokenSource,
        timeout_seconds: float,
        gate: Gate | None = None,
        upload_seconds: float = UPLOAD_SECONDS,
    ) -> None:
        self.company = company
        self.timeout_seconds = timeout_seconds
        self.upload_seconds = upload_seconds
        self._api_url = api_url
        self._base = f"{api_url}/v3/company/{company}"
        self._tokens = tokens
        self._gate = gate or CountingGate()

    def write(self, path: str, body: str, request_id: str) -> Answer:
        """POST under an idempotency key. Raises Unknown once a byte may have been sent, Temporary before that."""
        kind = CallKind.BATCH if path == BATCH else CallKind.WRITE
        return self._send(_Sending(kind, path, body.encode(), JSON, request_id, self.timeout_seconds))

    def upload(self, body: Iterable[bytes], content_type: str, request_id: str) -> Answer:
        """Likewise, with a body that is read anew for each time that it is sent; it says its own length.

        What it raises itself goes through: fewer bytes were sent then than announced, so that nothing was done.
        """
        return self._send(_Sending(CallKind.UPLOAD, "upload", body, content_type, request_id, self.upload_seconds))

    def _send(self, sending: "_Sending") -> Answer:
        leaves_until = time.monotonic() + LEAVES_WITHIN
        with borrowed(sending.seconds) as session:
            response = self._send_once(session, sending, self._tokens(), leaves_until)
            if response.status_code == 401:
                with _in_doubt_after_401(sending.kind):
                    token = self._tokens(rejected=session.access_token)
                    response = self._send_once(session, sending, token, leaves_until)
                    if response.status_code == 401:
                        raise Stopped(TURNED_AWAY, Stop.DENIED)
                    if response.status_code == TOO_MANY or (sending.kind is CallKind.BATCH and not response.ok):
                        raise Temporary("QuickBooks takes no more for now.", _retry_after(response))
            return _readable(response, session.access_token)

    def query(self, entity: Any, statement: str) -> list[Any]:
        """Objects of python-quickbooks. Raises Temporary, AccessLost or Refused."""
        with understood():
            return [known(entity, row) for row in self.objects(entity.qbo_object_name, statement)]

    def get(self, entity: Any, *key: str) -> Any:
        """One object. Preferences have no key: a company has just one set of them."""
        found = self._read(lambda reader: _object(_got(reader, entity.qbo_object_name, *key)))
        with understood():
            return known(entity, found)

    def capture(self, kinds: Sequence[str], since: str) -> dict[str, Any]:
        """What was changed since then. Raises Temporary, AccessLost or Refused."""
        asked = ",".join(kinds)
        return self._read(lambda reader: _object(reader.change_data_capture(asked, since)))  # type: ignore[no-any-return]

    def ask(self, path: str, **asked: str) -> dict[str, Any]:
        """What is no object with an id. Raises as query does."""
        address = f"{self._base}/{path}"
        return self._read(lambda reader: _object(reader.make_request("GET", address, params=dict(asked))))  # type: ignore[no-any-return]

    def object(self, kind: str, number: str) -> dict[str, Any]:
        """One object as QuickBooks writes it, with all that the library does not know."""
        found: dict[str, Any] = self._read(lambda reader: _object(_got(reader, kind, number)))
        return found

    def objects(self, kind: str, statement: str) -> list[Any]:
        """Those that a query shows, as QuickBooks writes them. What is no object its reader refuses or passes over."""
        page = self._read(lambda reader: _object(reader.query(statement)["QueryResponse"]))
        with understood():
            return _rows(page, kind)

    def _send_once(
        self, session: BookSession, sending: "_Sending", token: str, leaves_until: float
    ) -> requests.Response:
        session.access_token = token
        with self._passing(sending.kind, session):
            if time.monotonic() > leaves_until:
                raise Temporary("Not sent: its turn was over before it could leave.", timedelta(0))
            try:
                return session.post(
                    f"{self._base}/{sending.path}",
                    params={"requestid": sending.request_id, "minorversion": str(MINOR_VERSION)},
                    data=sending.body,
                    headers={"Accept": JSON, "Content-Type": sending.content_type},
                    allow_redirects=False,
                )
            except (requests.exceptions.ConnectTimeout, requests.exceptions.InvalidURL) as trouble:
                raise Temporary("QuickBooks could not be reached.") from trouble
            except (OSError, HTTPError) as trouble:
                if _never_connected(trouble):
                    raise Temporary("QuickBooks could not be reached.") from trouble
                raise Unknown("The line broke after we had sent.") from trouble

    @contextmanager
    def _passing(self, kind: CallKind, session: BookSession) -> Iterator[None]:
        session.last = None
        self._gate.enter(kind)
        try:
            yield
        finally:
            self._gate.leave(kind, *_told_by(session))

    def _read(self, ask: Callable[[Any], Any]) -> Any:
        with borrowed(self.timeout_seconds) as session:
            reader = _reader(self._api_url, self.company, session)
            session.access_token = self._tokens()
            try:
                return self._bounded(ask, reader, session)
            except AuthorizationException:
                session.access_token = self._tokens(rejected=session.access_token)
            try:
                return self._bounded(ask, reader, session)
            except AuthorizationException:
                # Without its cause: the detail may repeat the token.
                raise Stopped(TURNED_AWAY, Stop.DENIED) from None

    def _bounded(self, ask: Callable[[Any], Any], reader: Any, session: BookSession) -> Any:
        try:
            with self._passing(CallKind.READ, session):
                return ask(reader)
        except QuickbooksException as refusal:
            if isinstance(refusal, AuthorizationException) and refusal.error_code in DENIED and not _failed(session):
                raise
            trouble = _trouble(refusal, session)
            # Words of denial may repeat the token.
            raise trouble from (None if isinstance(trouble, Stopped) else refusal)
        # python-quickbooks trusts the shape of what it is told.
        except (OSError, HTTPError, *MISREAD) as trouble:
            # It may as well be a mistake of ours.
            logger.warning("QuickBooks did not answer a read: %s", whereabouts(trouble))
            raise Temporary("QuickBooks did not answer.") from trouble


def _trouble(refusal: QuickbooksException, session: BookSession) -> ProviderError:
    """What a read met, in our words. The library does not read faults in lower case, hides the status, and has words of
    denial for whatever is below 500, also for a company that is only locked for a while."""
    code = refusal.error_code
    if code in STOPPED and code not in DENIED:
        return Stopped(str(refusal.message)[:300], STOPPED[code])
    if not _failed(session) and session.last is not None and denies_access(_parsed(session.last)):
        return Stopped(TURNED_AWAY, Stop.DENIED)
    if _failed(session) or not LOWEST <= code < SYSTEM_FAILURE or code == THROTTLED:
        rest = DEFAULT_REST if session.last is None else _retry_after(session.last)
        return Temporary(f"QuickBooks could not answer: {refusal.message}"[:300], rest)
    return Refused(f"{refusal.message} {refusal.detail}".strip()[:300], code=str(code))


def _failed(session: BookSession) -> bool:
    """By its status an answer says nothing about what was asked, whatever stands in it."""
    return session.last is not None and (session.last.status_code >= 500 or session.last.status_code == TOO_MANY)


@contextmanager
def _in_doubt_after_401(kind: CallKind) -> Iterator[None]:
    """A single write was refused at the door. Of a batch that outlived its token some items may be done, so that what
    becomes of its repetition does not say whether they are; a look-up does, or tells in its turn that access is lost.
    """
    try:
        yield
    except (Temporary, Stopped, AccessLost) as trouble:
        if kind is not CallKind.BATCH:
            raise
        # Without its cause, which may repeat the token.
        raise Unknown(f"The token expired within the batch, which could not be repeated. {trouble}") from None


def _told_by(session: BookSession) -> tuple[int | None, timedelta | None]:
    """The status of its last answer, and how long we are to stay away if that asks us to."""
    if session.last is None:
        return None, None
    status, content = session.last.status_code, session.last.content
    # Most answers ask for nothing, and some are large.
    told = _parsed(session.last) if status == FORBIDDEN or THROTTLE_CODE in content else None
    return status, _retry_after(session.last) if asks_for_rest(status, told) else None


def _reader(api_url: str, company: str, session: BookSession) -> Any:
    reader = QuickBooks(company_id=company, minorversion=MINOR_VERSION, use_decimal=True)
    reader.api_url_v3 = f"{api_url}/v3"
    reader.session = session
    return reader


def _got(reader: Any, kind: str, *key: str) -> Any:
    if not key:
        return reader.get(f"{reader.api_url}/company/{reader.company_id}/{kind.lower()}")[kind]
    return reader.get_single_object(kind, pk=key[0])[kind]


def _object(told: Any) -> dict[str, Any]:
    if not isinstance(told, dict):
        raise TypeError("no object")
    return told


def _rows(page: dict[str, Any], kind: str) -> list[Any]:
    """A page without any lacks the key."""
    rows = page.get(kind) or []
    if not isinstance(rows, list):
        raise TypeError("no list")
    return rows


def _never_connected(trouble: Exception) -> bool:
    """urllib3 tells a connection that was never made by NewConnectionError; anything else may have carried bytes."""
    reason = getattr(trouble.args[0], "reason", None) if trouble.args else None
    return type(reason).__name__ in {"NewConnectionError", "NameResolutionError", "ConnectTimeoutError"}


def _readable(response: requests.Response, token: str) -> Answer:
    """Without the token, which QuickBooks repeats in some refusals, since answers are kept and shown."""
    return Answer(
        status=response.status_code,
        json=_parsed(response),
        text=storable(response.text.replace(token, "…"))[:1000],
        retry_after=_retry_after(response),
        trace=response.headers.get("intuit_tid", ""),
    )


def _parsed(response: requests.Response) -> dict[str, Any] | None:
    """The body as JSON with exact decimals, or None where it is none: gateways answer in XML or HTML."""
    try:
        parsed = simplejson.loads(response.content.removeprefix(codecs.BOM_UTF8), use_decimal=True)
    except MISREAD:
        return None
    return parsed if isinstance(parsed, dict) else None


def _retry_after(response: requests.Response) -> timedelta:
    """Intuit documents no Retry-After; where one comes it is honoured, else a minute as they advise."""
    given = response.headers.get("Retry-After", "").strip()
    asked = timedelta(seconds=int(given)) if re.fullmatch("[0-9]{1,6}", given) else _until(given, response)
    return DEFAULT_REST if asked is None else min(max(asked, timedelta(0)), LONGEST_REST)


def _until(given: str, response: requests.Response) -> timedelta | None:
    """A moment, by their own clock where the answer tells it."""
    try:
        moment = parsedate_to_datetime(given)
        told = response.headers.get("Date")
        now = parsedate_to_datetime(told) if told else datetime.now(UTC)
        return moment - now
    except (ValueError, TypeError, OverflowError):
        return None

"""How each kind of planned trouble acts on one request, or on one item of a batch."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from starlette.responses import Response

from ..registry import BY_NAME
from ..signin.identity import PERSON_NAME
from ..signin.tokens import Grants
from ..wire.json import Json, encode, loads
from ..wire.refusals import MESSAGES, Refusal, unauthenticated
from . import gateway
from .broken import Dripping, Hang, Hangup, Postponed, Truncated, WronglyMeasured
from .faults import Target, Trouble

if TYPE_CHECKING:
    from ..sandbox import Sandbox

Act = Callable[[], Response]

#: What QuickBooks says beside the code, where it is known (§10).
DETAILS = {
    "120": "-11014-You do not have access to use QuickBooks Online Plus.",
    "3001": gateway.DETAIL,
    "3200": "Token expired",
    "6190": "Invalid Company Status: Subscription period has ended or canceled or there was a billing problem : "
    "You can't add data to QuickBooks Online because your trial or subscription period ended, "
    "you canceled your subscription, or there was a billing problem.",
    "6210": "The account period has closed and the account books cannot be updated through the QBO Services API. "
    "Please use the QBO website to make these changes.",
    "10000": "System Failure Error: An unexpected error occurred.",
}


@dataclass(frozen=True)
class Scene:
    sandbox: Sandbox
    target: Target


def meet(sandbox: Sandbox, target: Target, act: Act) -> Response:
    """The work of a request, unless something is planned for it."""
    trouble = sandbox.plan.take(target)
    return act() if trouble is None else commit_mischief(trouble, Scene(sandbox, target), act)


def commit_mischief(trouble: Trouble, scene: Scene, act: Act) -> Response:
    return _ACTS[trouble.kind](trouble, scene, act)


def _done(act: Act) -> Response:
    """Work that is committed, or refused, before its answer is lost."""
    try:
        return act()
    except Refusal as refusal:
        return Response(encode(refusal.fault()), refusal.status, media_type="application/json")


def _drop_before(trouble: Trouble, scene: Scene, act: Act) -> Response:
    return Hangup(status_code=503)


def _drop_after_commit(trouble: Trouble, scene: Scene, act: Act) -> Response:
    return Hangup(status_code=_done(act).status_code)


def _hang(trouble: Trouble, scene: Scene, act: Act) -> Response:
    return Hang(status_code=_done(act).status_code if trouble.commit else 503)


def _delay(trouble: Trouble, scene: Scene, act: Act) -> Response:
    longest = scene.sandbox.settings.switches.request_seconds
    return Postponed(trouble.seconds, longest, act)


def _drip(trouble: Trouble, scene: Scene, act: Act) -> Response:
    return Dripping(_done(act), trouble.seconds or 1)


def _truncate(trouble: Trouble, scene: Scene, act: Act) -> Response:
    return Truncated(_done(act))


def _wrong_length(trouble: Trouble, scene: Scene, act: Act) -> Response:
    return WronglyMeasured(_done(act))


def _invalid_json(trouble: Trouble, scene: Scene, act: Act) -> Response:
    whole = _done(act)
    return Response(whole.body[: len(whole.body) * 2 // 3], whole.status_code, media_type="application/json")


def _gzip_garbage(trouble: Trouble, scene: Scene, act: Act) -> Response:
    headers = {"Content-Encoding": "gzip"}
    return Response(secrets.token_bytes(64), _done(act).status_code, headers, "application/json")


def _status(trouble: Trouble, scene: Scene, act: Act) -> Response:
    if trouble.commit:
        _done(act)
    return gateway.page(trouble.status or 503, trouble.retry_after)


def _throttle(trouble: Trouble, scene: Scene, act: Act) -> Response:
    return gateway.too_many(trouble.body, trouble.retry_after, trouble.status or 429)


def _fault(trouble: Trouble, scene: Scene, act: Act) -> Response:
    if trouble.commit:
        _done(act)
    message = trouble.message or MESSAGES.get(trouble.code, "Error")
    detail = trouble.detail or DETAILS.get(trouble.code, message)
    status = trouble.status or 400
    refusal = Refusal(trouble.code, detail, status=status, message=message, kind=trouble.type)
    if trouble.body == "json":
        raise refusal
    return gateway.shaped(trouble.body, trouble.code, message, detail, refusal.kind, status)


def _expired_token(trouble: Trouble, scene: Scene, act: Act) -> Response:
    with scene.sandbox.store.writing() as db:
        Grants.on(db, scene.sandbox).expire_access(scene.target.realm or None)
    raise unauthenticated(trouble.detail or "Token expired: AB01…")


def _stale(trouble: Trouble, scene: Scene, act: Act) -> Response:
    """The other user changes nothing but the version: what the caller read is old all the same."""
    # Here, since the books need the sandbox, and the sandbox its plans.
    from ..api.writing import writing

    target = scene.target
    entity = BY_NAME.get(target.entity)
    if entity is not None and target.id.isdecimal():
        with writing(scene.sandbox, target.realm, PERSON_NAME) as books:
            record = books.find(entity.name, int(target.id))
            if record is not None:
                books.replace(record, record.body)
    return act()


def _lag(trouble: Trouble, scene: Scene, act: Act) -> Response:
    plan = scene.sandbox.plan
    plan.lag = trouble.seconds or 60
    try:
        return act()
    finally:
        plan.lag = 0


def _half_batch(trouble: Trouble, scene: Scene, act: Act) -> Response:
    return _rows_changed(_done(act), lambda rows: rows[: len(rows) // 2])


def _duplicate(trouble: Trouble, scene: Scene, act: Act) -> Response:
    return _rows_changed(_done(act), lambda rows: rows * 2)


def _rows_changed(whole: Response, change: Callable[[list[Any]], list[Any]]) -> Response:
    body: Json = loads(bytes(whole.body))
    for holder in (body, body.get("QueryResponse", {})):
        for name, rows in holder.items():
            if isinstance(rows, list):
                holder[name] = change(rows)
    return Response(encode(body), whole.status_code, media_type="application/json")


_ACTS: dict[str, Callable[[Trouble, Scene, Act], Response]] = {
    "drop_before": _drop_before,
    "drop_after_commit": _drop_after_commit,
    "hang": _hang,
    "delay": _delay,
    "drip": _drip,
    "truncate": _truncate,
    "wrong_length": _wrong_length,
    "invalid_json": _invalid_json,
    "gzip_garbage": _gzip_garbage,
    "status": _status,
    "throttle": _throttle,
    "fault": _fault,
    "expired_token": _expired_token,
    "stale": _stale,
    "lag": _lag,
    "half_batch": _half_batch,
    "duplicate": _duplicate,
}

#: What an item of a batch cannot have for itself alone is done to the answer of the whole batch.
OF_THE_WHOLE = ("drip", "truncate", "wrong_length", "invalid_json", "gzip_garbage", "half_batch", "duplicate")

"""Planned trouble: dropped connections, delays, gateway answers and faults, once or several times."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import asdict, dataclass, fields
from decimal import Decimal
from typing import Any

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from ..wire.json import Json
from ..wire.refusals import MESSAGES, Refusal
from .log import note_fault
from .throttle import too_many

KINDS = ("drop_before", "drop_after_commit", "delay", "status", "throttle", "fault")
HTML = "<html><head><title>{status}</title></head><body><h1>{status} from the gateway</h1></body></html>"


_TYPES: dict[str, tuple[type, ...]] = {"str": (str,), "int": (int,), "float": (int, float, Decimal), "bool": (bool,)}


class Hangup(Exception):
    """The connection is to be closed without an answer."""


class Interruption(Exception):
    """An answer that comes from in front of the books instead of from them."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status_code)
        self.response = response


class HangupResponse(Response):
    """Closes the socket; the outermost layer of the application knows how."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await scope["sandbox.hangup"]()


class BadPlan(ValueError):
    """A fault that cannot be planned, in words for the person who tried."""


@dataclass(frozen=True)
class Target:
    realm: str
    entity: str
    operation: str


@dataclass
class Trouble:
    kind: str
    realm: str = "*"
    entity: str = "*"
    #: create, update, delete, read, query, batch, token; empty means each write of the entity.
    operation: str = ""
    times: int = 1
    #: So many matching requests pass before the first is met.
    skip: int = 0
    seconds: float = 0
    #: 0 stands for what fits the kind: 503, 429 or 400.
    status: int = 0
    code: str = "10000"
    message: str = ""
    detail: str = ""
    #: A status answer comes after the work was committed.
    commit: bool = False
    #: Shape of a throttle answer: json or xml.
    body: str = "json"
    retry_after: int = 0

    @classmethod
    def read(cls, plan: Mapping[str, Any]) -> Trouble:
        known = {field.name: field for field in fields(cls)}
        unknown = [name for name in plan if name not in known]
        if unknown:
            raise BadPlan(f"Unknown: {', '.join(unknown)}. Known: {', '.join(known)}.")
        if plan.get("kind") not in KINDS:
            raise BadPlan(f"kind must be one of {', '.join(KINDS)}.")
        wrong = [name for name, value in plan.items() if not isinstance(value, _TYPES[str(known[name].type)])]
        if wrong:
            raise BadPlan(f"Of the wrong type: {', '.join(wrong)}.")
        if plan.get("times", 1) < 1:
            raise BadPlan("times must be a whole number from 1.")
        seconds = float(plan.get("seconds", 0))
        return cls(**{**plan, "seconds": seconds})

    def meets(self, target: Target) -> bool:
        if self.realm not in ("*", target.realm):
            return False
        if self.entity != "*" and self.entity.lower() != target.entity.lower():
            return False
        if self.operation:
            return self.operation == target.operation
        return self.entity == "*" or target.operation != "read"

    def before(self) -> None:
        if self.kind == "drop_before":
            raise Hangup
        if self.kind == "delay":
            time.sleep(self.seconds)
        if self.kind == "status" and not self.commit:
            raise Interruption(self._gateway_page())
        if self.kind == "throttle":
            raise Interruption(too_many(self.body, self.retry_after, self.status or 429))
        if self.kind == "fault":
            message = self.message or MESSAGES.get(self.code, "Error")
            raise Refusal(self.code, self.detail or message, status=self.status or 400, message=message)

    def after(self) -> None:
        if self.kind == "drop_after_commit":
            raise Hangup
        if self.kind == "status" and self.commit:
            raise Interruption(self._gateway_page())

    @contextmanager
    def around(self) -> Iterator[None]:
        """Work inside is committed when the block ends, so what comes after cannot undo it."""
        self.before()
        try:
            yield
        except Refusal:
            self.after()
            raise
        self.after()

    def _gateway_page(self) -> Response:
        status = self.status or 503
        headers = {"Retry-After": str(self.retry_after)} if self.retry_after else None
        return Response(HTML.format(status=status), status, headers, "text/html")


class Plan:
    """What is planned, in order; the first that meets a request is spent on it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._troubles: list[Trouble] = []

    def add(self, trouble: Trouble) -> None:
        with self._lock:
            self._troubles.append(trouble)

    def clear(self) -> int:
        with self._lock:
            count = len(self._troubles)
            self._troubles.clear()
            return count

    def listed(self) -> list[Json]:
        with self._lock:
            return [asdict(trouble) for trouble in self._troubles]

    def is_slow(self) -> bool:
        """Whether a delay is planned, for whatever it may be."""
        return any(trouble.kind == "delay" for trouble in self._troubles)

    def take(self, target: Target) -> Trouble | None:
        with self._lock:
            for trouble in self._troubles:
                if not trouble.meets(target):
                    continue
                if trouble.skip:
                    trouble.skip -= 1
                    continue
                trouble.times -= 1
                if trouble.times == 0:
                    self._troubles.remove(trouble)
                note_fault(trouble.kind)
                return trouble
        return None

    @contextmanager
    def met(self, target: Target) -> Iterator[None]:
        trouble = self.take(target)
        with trouble.around() if trouble else nullcontext():
            yield

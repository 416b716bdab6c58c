"""The control plane over sign-in: apps, and what becomes of their connections."""

from __future__ import annotations

from starlette.responses import Response

from ..sandbox import Call, Sandbox, answer
from ..signin.apps import Apps
from ..signin.tokens import Grants
from .asking import body_of, text_of


class Connections:
    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._apps = Apps(sandbox.store, sandbox.settings)

    def apps(self, call: Call) -> Response:
        if call.method == "POST":
            return answer(self._apps.register(body_of(call)).shown())
        return answer({"apps": self._apps.listed()})

    def expire(self, call: Call) -> Response:
        with self._sandbox.store.writing() as db:
            return answer({"expired": Grants.on(db, self._sandbox).expire_access(text_of(body_of(call), "realm"))})

    def revoke(self, call: Call) -> Response:
        return answer({"revoked": self._disconnected(call)})

    def disconnect(self, call: Call) -> Response:
        """A person disconnects the app inside QuickBooks; it learns of it on its next use (§1.6)."""
        return answer({"disconnected": self._disconnected(call)})

    def _disconnected(self, call: Call) -> int:
        wanted = body_of(call)
        with self._sandbox.store.writing() as db:
            grants = Grants.on(db, self._sandbox)
            return grants.disconnect(text_of(wanted, "realm"), text_of(wanted, "client_id"))

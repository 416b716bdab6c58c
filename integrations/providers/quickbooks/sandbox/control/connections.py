"""The control plane over sign-in: apps, and what becomes of their connections."""

from __future__ import annotations

from starlette.responses import Response

from ..sandbox import Call, Sandbox, answer
from ..signin.apps import Apps
from ..signin.tokens import Grants
from .asking import asked, text_of

#: What an app is registered with.
APP = ("name", "redirect_uris", "client_id", "client_secret", "replace")


class Connections:
    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._apps = Apps(sandbox.store, sandbox.settings)

    def apps(self, call: Call) -> Response:
        if call.method == "POST":
            return answer(self._apps.register(asked(call, *APP)).shown())
        return answer({"apps": self._apps.listed()})

    def expire(self, call: Call) -> Response:
        realm = text_of(asked(call, "realm"), "realm")
        with self._sandbox.store.writing() as db:
            return answer({"expired": Grants.on(db, self._sandbox).expire_access(realm)})

    def revoke(self, call: Call) -> Response:
        return answer({"revoked": self._disconnected(call)})

    def disconnect(self, call: Call) -> Response:
        """A person disconnects the app inside QuickBooks; it learns of it on its next use (§1.6)."""
        return answer({"disconnected": self._disconnected(call)})

    def _disconnected(self, call: Call) -> int:
        wanted = asked(call, "realm", "client_id")
        with self._sandbox.store.writing() as db:
            grants = Grants.on(db, self._sandbox)
            return grants.disconnect(text_of(wanted, "realm"), text_of(wanted, "client_id"))

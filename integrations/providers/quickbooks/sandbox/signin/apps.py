"""The apps that may ask for a connection: the one of the settings, and those registered while it runs (§1.2)."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from ..books.store import Store
from ..settings import Settings
from ..wire.json import Json, dumps, loads

LOOPBACK = ("localhost", "127.0.0.1", "::1")


class BadApp(ValueError):
    """An app that cannot be registered."""


@dataclass(frozen=True)
class App:
    client: str
    secret: str
    name: str
    #: None listed stands for any that is https, or http on this machine.
    redirect_uris: tuple[str, ...]

    def may_return_to(self, uri: str) -> bool:
        if self.redirect_uris:
            return uri in self.redirect_uris
        try:
            parts = urlsplit(uri)
            host = parts.hostname
        except ValueError:
            return False
        if not host or parts.fragment or parts.username:
            return False
        return parts.scheme == "https" or (parts.scheme == "http" and host in LOOPBACK)

    def shown(self) -> Json:
        return {
            "client_id": self.client,
            "client_secret": self.secret,
            "name": self.name,
            "redirect_uris": list(self.redirect_uris),
        }


class Apps:
    def __init__(self, store: Store, settings: Settings) -> None:
        self._store = store
        self._own = App(settings.client_id, settings.client_secret, "FlexSync", settings.redirect_uris)

    def find(self, client: str) -> App | None:
        if secrets.compare_digest(client.encode(), self._own.client.encode()):
            return self._own
        with self._store.reading() as db:
            row = db.execute("SELECT * FROM app WHERE client = ?", (client,)).fetchone()
        return App(row["client"], row["secret"], row["name"], tuple(loads(row["redirect_uris"]))) if row else None

    def known(self, client: str, secret: str) -> App | None:
        app = self.find(client)
        return app if app and secrets.compare_digest(secret.encode(), app.secret.encode()) else None

    def listed(self) -> list[Json]:
        with self._store.reading() as db:
            clients = [row["client"] for row in db.execute("SELECT client FROM app ORDER BY name, client")]
        return [app.shown() for app in (self._own, *map(self.find, clients)) if app]

    def register(self, wanted: Json) -> App:
        """A client that is registered anew keeps its tokens."""
        app = App(
            client=_text(wanted, "client_id") or "AB" + secrets.token_urlsafe(24),
            secret=_text(wanted, "client_secret") or secrets.token_urlsafe(30),
            name=_text(wanted, "name") or "Another app",
            redirect_uris=_texts(wanted.get("redirect_uris", [])),
        )
        if app.client == self._own.client:
            raise BadApp("This client_id is the one the sandbox was started with.")
        values = (app.client, app.secret, app.name, dumps(app.redirect_uris))
        with self._store.writing() as db:
            db.execute("INSERT OR REPLACE INTO app VALUES (?, ?, ?, ?)", values)
        return app


def _text(wanted: Json, name: str) -> str:
    value = wanted.get(name, "")
    if not isinstance(value, str):
        raise BadApp(f"{name} must be text.")
    return value


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise BadApp("redirect_uris must be a list of addresses.")
    return tuple(value)

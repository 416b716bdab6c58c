"""The apps that may ask for a connection: the one of the settings, and those registered while it runs (§1.2)."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from ..books.store import Store
from ..settings import Settings
from ..wire.json import Json, dumps, loads

#: What the app of the settings is called.
OWN_NAME = "FlexSync"
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
        return uri in self.redirect_uris if self.redirect_uris else is_safe(uri)

    def shown(self) -> Json:
        return {
            "client_id": self.client,
            "client_secret": self.secret,
            "name": self.name,
            "redirect_uris": list(self.redirect_uris),
        }


def is_safe(uri: str) -> bool:
    """https, or http on this machine."""
    try:
        parts = urlsplit(uri)
        host = parts.hostname
    except ValueError:
        return False
    if not host or parts.fragment or parts.username:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and host in LOOPBACK)


class Apps:
    def __init__(self, store: Store, settings: Settings) -> None:
        self._store = store
        self._own = App(settings.client_id, settings.client_secret, OWN_NAME, settings.redirect_uris)

    def find(self, client: str) -> App | None:
        if secrets.compare_digest(client.encode(), self._own.client.encode()):
            return self._own
        with self._store.reading() as db:
            row = db.execute("SELECT * FROM app WHERE client = ?", (client,)).fetchone()
        return App(row["client"], row["secret"], row["name"], tuple(loads(row["redirect_uris"]))) if row else None

    def author(self, client: str) -> str:
        """Empty for the app of the settings: adding stays quick while most of it is not indexed (books/schema.py)."""
        if client == self._own.client:
            return ""
        shelf = self._store.shelf
        return shelf.fact(("app", client), lambda: app.name if (app := self.find(client)) else client) or ""

    def known(self, client: str, secret: str) -> App | None:
        app = self.find(client)
        return app if app and secrets.compare_digest(secret.encode(), app.secret.encode()) else None

    def listed(self) -> list[Json]:
        with self._store.reading() as db:
            clients = [row["client"] for row in db.execute("SELECT client FROM app ORDER BY name, client")]
        return [app.shown() for app in (self._own, *map(self.find, clients)) if app]

    def register(self, wanted: Json) -> App:
        """A client that is registered anew keeps its tokens; that it is meant must be said."""
        app = App(
            client=_text(wanted, "client_id") or "AB" + secrets.token_urlsafe(24),
            secret=_text(wanted, "client_secret") or secrets.token_urlsafe(30),
            name=_text(wanted, "name") or "Another app",
            redirect_uris=_texts(wanted.get("redirect_uris", [])),
        )
        if app.client == self._own.client:
            raise BadApp("This client_id is the one the sandbox was started with.")
        if wanted.get("replace") is not True and self.find(app.client) is not None:
            raise BadApp(f'There is an app {app.client} already; "replace": true puts this one in its place.')
        values = (app.client, app.secret, app.name, dumps(app.redirect_uris))
        with self._store.writing() as db:
            db.execute("INSERT OR REPLACE INTO app VALUES (?, ?, ?, ?)", values)
        self._store.shelf.forget(("app", app.client))
        return app


def _text(wanted: Json, name: str) -> str:
    value = wanted.get(name, "")
    if not isinstance(value, str):
        raise BadApp(f"{name} must be text.")
    return value


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise BadApp("redirect_uris must be a list of addresses.")
    unsafe = [each for each in value if not is_safe(each)]
    if unsafe:
        raise BadApp(f"redirect_uris must be https, or http on this machine: {', '.join(unsafe)}.")
    return tuple(value)

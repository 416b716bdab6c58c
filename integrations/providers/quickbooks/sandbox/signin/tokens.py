"""Grants and what hangs on them: codes, access tokens, refresh tokens (§1.2 to §1.6)."""

from __future__ import annotations

import secrets
import sqlite3
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..settings import Switches
from ..wire.refusals import unauthenticated, unauthorized

if TYPE_CHECKING:
    from ..sandbox import Sandbox

HOUR = 3600
DAY = 24 * HOUR
BOOKS_SCOPE = "com.intuit.quickbooks.accounting"


@dataclass(frozen=True)
class Request:
    """What a person agreed to on the consent page."""

    client: str
    redirect_uri: str
    scope: str
    realm: str | None
    nonce: str | None


@dataclass(frozen=True)
class Pair:
    """The outcome of an exchange or a refresh."""

    access: str
    refresh: str
    access_seconds: int
    idle_seconds: int
    hard_seconds: int
    realm: str | None
    scope: str
    authorised: int
    nonce: str | None = None


@dataclass(frozen=True)
class Grants:
    """All that was ever granted, at one moment of the sandbox's clock."""

    db: sqlite3.Connection
    now: float
    switches: Switches

    @classmethod
    def on(cls, db: sqlite3.Connection, sandbox: Sandbox) -> Grants:
        return cls(db, sandbox.now(), sandbox.settings.switches)

    def new_code(self, request: Request) -> str:
        code = "AB11" + secrets.token_urlsafe(36)
        expires = self.now + self.switches.code_minutes * 60
        values = (code, request.client, request.redirect_uri, request.realm, request.scope, request.nonce, expires)
        self.db.execute("INSERT INTO oauth_code VALUES (?, ?, ?, ?, ?, ?, ?, NULL)", values)
        return code

    def exchange(self, client: str, code: str, redirect_uri: str) -> Pair | None:
        """None when the code cannot be exchanged; a second use also ends what the first gave (§1.4)."""
        row = self.db.execute("SELECT * FROM oauth_code WHERE code = ? AND client = ?", (code, client)).fetchone()
        if row is None:
            return None
        if row["oauth_grant"] is not None:
            self.revoke_grant(row["oauth_grant"])
            return None
        if row["expires"] < self.now or row["redirect_uri"] != redirect_uri:
            return None
        grant = self._new_grant(client, row["realm"], row["scope"])
        self.db.execute("UPDATE oauth_code SET oauth_grant = ? WHERE code = ?", (grant, code))
        return self._pair(grant, self._new_refresh(grant), nonce=row["nonce"])

    def _new_grant(self, client: str, realm: str | None, scope: str) -> int:
        query = "INSERT INTO oauth_grant (client, realm, scope, authorised) VALUES (?, ?, ?, ?)"
        return int(self.db.execute(query, (client, realm, scope, self.now)).lastrowid or 0)

    def refresh(self, client: str, token: str) -> Pair | None:
        row = self.db.execute(
            "SELECT refresh_token.*, authorised, revoked FROM refresh_token"
            " JOIN oauth_grant ON oauth_grant.id = oauth_grant WHERE token = ? AND client = ?",
            (token, client),
        ).fetchone()
        if row is None or row["revoked"] is not None or self._is_over(row):
            return None
        successor = row["token"] if row["dead"] is None else self._successor_of_spent(row)
        if successor is None:
            return None
        if self.switches.access_after_refresh == "dies":
            self._kill("access_token", "oauth_grant = ?", row["oauth_grant"])
        return self._pair(row["oauth_grant"], self._renewed(row) if successor == token else successor)

    def _is_over(self, row: sqlite3.Row) -> bool:
        idle, hard = self.switches.refresh_idle_days * DAY, self.switches.refresh_hard_days * DAY
        return bool(self.now > row["used"] + idle or self.now > row["authorised"] + hard)

    def _successor_of_spent(self, row: sqlite3.Row) -> str | None:
        """What a value that was rotated away still gives: nothing, unless a switch grants it some time (§1.4)."""
        since = self.now - row["dead"]
        if since <= self.switches.refresh_grace_seconds and self.switches.refresh_grace_seconds:
            return self._newest_refresh(row["oauth_grant"])
        raced = since * 1000 <= self.switches.refresh_race_ms and self.switches.refresh_race == "revoke"
        if raced or self.switches.reused_refresh == "revoke":
            self.revoke_grant(row["oauth_grant"])
        return None

    def _newest_refresh(self, grant: int) -> str | None:
        query = "SELECT token FROM refresh_token WHERE oauth_grant = ? AND dead IS NULL ORDER BY issued DESC LIMIT 1"
        row = self.db.execute(query, (grant,)).fetchone()
        return str(row["token"]) if row else None

    def _renewed(self, row: sqlite3.Row) -> str:
        """§1.4: the value changes about once a day; the hostile default changes it every time."""
        window = self.switches.refresh_window_hours * HOUR
        if self.switches.rotate_refresh == "daily" and self.now < row["issued"] + window:
            self.db.execute("UPDATE refresh_token SET used = ? WHERE token = ?", (self.now, row["token"]))
            return str(row["token"])
        self._kill("refresh_token", "token = ?", row["token"])
        return self._new_refresh(row["oauth_grant"])

    def _new_refresh(self, grant: int) -> str:
        token = "RT1-" + secrets.token_urlsafe(40)
        self.db.execute("INSERT INTO refresh_token VALUES (?, ?, ?, ?, NULL)", (token, grant, self.now, self.now))
        return token

    def _pair(self, grant: int, refresh_token: str, nonce: str | None = None) -> Pair:
        access, switches = "eyJ" + secrets.token_urlsafe(96), self.switches
        expires = self.now + switches.access_seconds
        self.db.execute("INSERT INTO access_token VALUES (?, ?, ?, NULL)", (access, grant, expires))
        row = self.db.execute("SELECT * FROM oauth_grant WHERE id = ?", (grant,)).fetchone()
        hard = int(row["authorised"] + switches.refresh_hard_days * DAY - self.now)
        return Pair(
            access=access,
            refresh=refresh_token,
            access_seconds=switches.access_seconds,
            idle_seconds=min(switches.refresh_idle_days * DAY, hard),
            hard_seconds=hard,
            realm=row["realm"],
            scope=row["scope"],
            authorised=int(row["authorised"]),
            nonce=nonce,
        )

    def revoke(self, client: str, token: str) -> bool:
        """Either token of a pair ends the whole grant (§1.6)."""
        grant = self._grant_of(token)
        if grant is None or grant["revoked"] is not None or grant["client"] != client:
            return False
        self.revoke_grant(grant["id"])
        return True

    def revoke_grant(self, grant: int) -> None:
        self.db.execute("UPDATE oauth_grant SET revoked = ? WHERE id = ? AND revoked IS NULL", (self.now, grant))

    def _kill(self, table: str, where: str, value: object) -> None:
        self.db.execute(f"UPDATE {table} SET dead = ? WHERE {where} AND dead IS NULL", (self.now, value))

    def _grant_of(self, token: str) -> sqlite3.Row | None:
        for table in ("refresh_token", "access_token"):
            query = (
                f"SELECT oauth_grant.* FROM {table} JOIN oauth_grant ON oauth_grant.id = oauth_grant WHERE token = ?"
            )
            row: sqlite3.Row | None = self.db.execute(query, (token,)).fetchone()
            if row is not None:
                return row
        return None

    def realm_of(self, *, code: str, refresh_token: str) -> str:
        """Which company a call of the token endpoint is about, for planned trouble."""
        row = self.db.execute("SELECT realm FROM oauth_code WHERE code = ?", (code,)).fetchone()
        found = row or self._grant_of(refresh_token)
        return str(found["realm"] or "") if found else ""

    def live(self, authorization: str) -> sqlite3.Row:
        """The grant behind a Bearer header, or the gateway's 401 (§1.7)."""
        scheme, _, token = authorization.partition(" ")
        if not token.strip() or scheme.lower() != "bearer":
            raise unauthenticated("No bearer token was sent", code="3202")
        row: sqlite3.Row | None = self.db.execute(_LIVE, (token.strip(),)).fetchone()
        if row is None:
            raise unauthenticated("Malformed bearer token: too short or too long")
        if row["revoked"] is not None or row["dead"] is not None:
            raise unauthenticated(f"Token revoked: {token[:4]}…")
        if row["expires"] <= self.now:
            raise unauthenticated(f"Token expired: {token[:4]}…")
        return row

    def admit(self, authorization: str, realm: str) -> str:
        """The app that may work on this company."""
        grant = self.live(authorization)
        if grant["realm"] != realm or BOOKS_SCOPE not in grant["scope"].split():
            raise unauthorized(realm)
        return str(grant["client"])

    def expire_access(self, realm: str | None) -> int:
        where, values = _of(realm)
        query = f"UPDATE access_token SET expires = 0 WHERE expires > 0 AND oauth_grant IN ({where})"
        return self.db.execute(query, values).rowcount

    def disconnect(self, realm: str | None, client: str | None = None) -> int:
        """As when a person disconnects the app inside QuickBooks: nobody is told (§1.6)."""
        where, values = _of(realm, client)
        query = f"UPDATE oauth_grant SET revoked = ? WHERE revoked IS NULL AND id IN ({where})"
        return self.db.execute(query, (self.now, *values)).rowcount


_LIVE = (
    "SELECT oauth_grant.*, expires, dead FROM access_token"
    " JOIN oauth_grant ON oauth_grant.id = oauth_grant WHERE token = ?"
)


def _of(realm: str | None, client: str | None = None) -> tuple[str, tuple[str, ...]]:
    wanted = {"realm": realm, "client": client}
    given = {name: value for name, value in wanted.items() if value is not None}
    where = "".join(f" AND {name} = ?" for name in given)
    return f"SELECT id FROM oauth_grant WHERE 1{where}", tuple(given.values())

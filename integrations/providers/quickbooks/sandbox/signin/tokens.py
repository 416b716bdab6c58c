"""Grants and what hangs on them: codes, access tokens, refresh tokens (§1.2 to §1.6)."""

from __future__ import annotations

import secrets
import sqlite3
import time
from dataclasses import dataclass

from ..settings import Switches
from ..wire.refusals import unauthenticated, unauthorized

ACCESS_SECONDS = 3600
DAY = 86_400
IDLE_SECONDS = 100 * DAY
HARD_SECONDS = 5 * 365 * DAY
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
    idle_seconds: int
    hard_seconds: int
    realm: str | None
    scope: str
    nonce: str | None = None


def new_code(db: sqlite3.Connection, request: Request, switches: Switches) -> str:
    code = "AB11" + secrets.token_urlsafe(36)
    expires = time.time() + switches.code_minutes * 60
    values = (code, request.client, request.redirect_uri, request.realm, request.scope, request.nonce, expires)
    db.execute("INSERT INTO oauth_code VALUES (?, ?, ?, ?, ?, ?, ?, NULL)", values)
    return code


def exchange(db: sqlite3.Connection, client: str, code: str, redirect_uri: str) -> Pair | None:
    """None when the code cannot be exchanged; a second use also ends what the first gave (§1.4)."""
    row = db.execute("SELECT * FROM oauth_code WHERE code = ? AND client = ?", (code, client)).fetchone()
    if row is None:
        return None
    if row["oauth_grant"] is not None:
        revoke_grant(db, row["oauth_grant"])
        return None
    if row["expires"] < time.time() or row["redirect_uri"] != redirect_uri:
        return None
    grant = _new_grant(db, client, row["realm"], row["scope"])
    db.execute("UPDATE oauth_code SET oauth_grant = ? WHERE code = ?", (grant, code))
    return _pair(db, grant, _new_refresh(db, grant), nonce=row["nonce"])


def _new_grant(db: sqlite3.Connection, client: str, realm: str | None, scope: str) -> int:
    query = "INSERT INTO oauth_grant (client, realm, scope, authorised) VALUES (?, ?, ?, ?)"
    cursor = db.execute(query, (client, realm, scope, time.time()))
    return int(cursor.lastrowid or 0)


def refresh(db: sqlite3.Connection, client: str, token: str, switches: Switches) -> Pair | None:
    row = db.execute(
        "SELECT refresh_token.*, authorised, revoked FROM refresh_token"
        " JOIN oauth_grant ON oauth_grant.id = oauth_grant WHERE token = ? AND client = ?",
        (token, client),
    ).fetchone()
    if row is None:
        return None
    if row["dead"] is not None:
        if switches.reused_refresh == "revoke":
            revoke_grant(db, row["oauth_grant"])
        return None
    if row["revoked"] is not None or _is_spent(row):
        return None
    if switches.access_after_refresh == "dies":
        _kill(db, "access_token", "oauth_grant = ?", row["oauth_grant"])
    return _pair(db, row["oauth_grant"], _renewed(db, row, switches))


def _is_spent(row: sqlite3.Row) -> bool:
    now = time.time()
    return bool(now > row["used"] + IDLE_SECONDS or now > row["authorised"] + HARD_SECONDS)


def _renewed(db: sqlite3.Connection, row: sqlite3.Row, switches: Switches) -> str:
    """§1.4: the value changes about once a day; the hostile default changes it every time."""
    now = time.time()
    if switches.rotate_refresh == "daily" and now < row["issued"] + DAY:
        db.execute("UPDATE refresh_token SET used = ? WHERE token = ?", (now, row["token"]))
        return str(row["token"])
    _kill(db, "refresh_token", "token = ?", row["token"])
    return _new_refresh(db, row["oauth_grant"])


def _new_refresh(db: sqlite3.Connection, grant: int) -> str:
    token = "RT1-" + secrets.token_urlsafe(40)
    now = time.time()
    db.execute("INSERT INTO refresh_token VALUES (?, ?, ?, ?, NULL)", (token, grant, now, now))
    return token


def _pair(db: sqlite3.Connection, grant: int, refresh_token: str, nonce: str | None = None) -> Pair:
    access = "eyJ" + secrets.token_urlsafe(96)
    now = time.time()
    db.execute("INSERT INTO access_token VALUES (?, ?, ?, NULL)", (access, grant, now + ACCESS_SECONDS))
    row = db.execute("SELECT * FROM oauth_grant WHERE id = ?", (grant,)).fetchone()
    hard = int(row["authorised"] + HARD_SECONDS - now)
    return Pair(access, refresh_token, min(IDLE_SECONDS, hard), hard, row["realm"], row["scope"], nonce)


def revoke(db: sqlite3.Connection, token: str) -> bool:
    """Either token of a pair ends the whole grant (§1.6)."""
    grant = _grant_of(db, token)
    if grant is None or grant["revoked"] is not None:
        return False
    revoke_grant(db, grant["id"])
    return True


def revoke_grant(db: sqlite3.Connection, grant: int) -> None:
    db.execute("UPDATE oauth_grant SET revoked = ? WHERE id = ? AND revoked IS NULL", (time.time(), grant))


def _kill(db: sqlite3.Connection, table: str, where: str, value: object) -> None:
    db.execute(f"UPDATE {table} SET dead = ? WHERE {where} AND dead IS NULL", (time.time(), value))


def _grant_of(db: sqlite3.Connection, token: str) -> sqlite3.Row | None:
    for table in ("refresh_token", "access_token"):
        query = f"SELECT oauth_grant.* FROM {table} JOIN oauth_grant ON oauth_grant.id = oauth_grant WHERE token = ?"
        row: sqlite3.Row | None = db.execute(query, (token,)).fetchone()
        if row is not None:
            return row
    return None


def realm_of(db: sqlite3.Connection, *, code: str, refresh_token: str) -> str:
    """Which company a call of the token endpoint is about, for planned trouble."""
    row = db.execute("SELECT realm FROM oauth_code WHERE code = ?", (code,)).fetchone()
    found = row or _grant_of(db, refresh_token)
    return str(found["realm"] or "") if found else ""


def live_grant(db: sqlite3.Connection, authorization: str) -> sqlite3.Row:
    """The grant behind a Bearer header, or the gateway's 401 (§1.7)."""
    scheme, _, token = authorization.partition(" ")
    if not token.strip() or scheme.lower() != "bearer":
        raise unauthenticated("No bearer token was sent", code="3202")
    query = (
        "SELECT oauth_grant.*, expires, dead FROM access_token"
        " JOIN oauth_grant ON oauth_grant.id = oauth_grant WHERE token = ?"
    )
    row: sqlite3.Row | None = db.execute(query, (token.strip(),)).fetchone()
    if row is None:
        raise unauthenticated("Malformed bearer token: too short or too long")
    if row["revoked"] is not None or row["dead"] is not None:
        raise unauthenticated(f"Token revoked: {token[:4]}…")
    if row["expires"] <= time.time():
        raise unauthenticated(f"Token expired: {token[:4]}…")
    return row


def admit(db: sqlite3.Connection, authorization: str, realm: str) -> None:
    grant = live_grant(db, authorization)
    if grant["realm"] != realm or BOOKS_SCOPE not in grant["scope"].split():
        raise unauthorized(realm)


def expire_access(db: sqlite3.Connection, realm: str | None) -> int:
    where, values = _of_realm(realm)
    query = f"UPDATE access_token SET expires = 0 WHERE expires > 0 AND oauth_grant IN ({where})"
    return db.execute(query, values).rowcount


def revoke_all(db: sqlite3.Connection, realm: str | None) -> int:
    """As when a person disconnects the app inside QuickBooks (§1.6)."""
    where, values = _of_realm(realm)
    query = f"UPDATE oauth_grant SET revoked = ? WHERE revoked IS NULL AND id IN ({where})"
    return db.execute(query, (time.time(), *values)).rowcount


def _of_realm(realm: str | None) -> tuple[str, tuple[str, ...]]:
    if realm is None:
        return "SELECT id FROM oauth_grant", ()
    return "SELECT id FROM oauth_grant WHERE realm = ?", (realm,)

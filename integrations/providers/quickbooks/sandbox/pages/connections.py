"""Which apps are connected to which company, and until when; their tokens are never shown."""

from __future__ import annotations

import sqlite3

from starlette.responses import Response

from ..books.books import companies
from ..sandbox import Call, Sandbox
from ..signin.apps import Apps
from ..signin.tokens import Grants
from . import words
from .frame import outside
from .markup import Html, asking, html, joined, link
from .numbers import LARGEST, whole
from .tables import Column, Row, empty, table, turning

AT = "/connections"
PER_PAGE = 50
_GRANTS = (
    "SELECT oauth_grant.*,"
    " (SELECT max(expires) FROM access_token WHERE oauth_grant = oauth_grant.id AND dead IS NULL) AS access,"
    " (SELECT max(used) FROM refresh_token WHERE oauth_grant = oauth_grant.id AND dead IS NULL) AS refreshed"
    " FROM oauth_grant WHERE id < ? ORDER BY id DESC LIMIT ?"
)


class Connections:
    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def page(self, call: Call) -> Response:
        after = call.query.get("after", "")
        before = whole(after) or LARGEST
        with self._sandbox.store.aside() as db:
            names = {each.realm: each.name for each in companies(db)}
            rows = db.execute(_GRANTS, (before, PER_PAGE + 1)).fetchall()
        apps = app_names(self._sandbox)
        listed = _table(rows[:PER_PAGE], names, apps, self._sandbox.now()) if rows else _none()
        older = asking(AT, after=rows[PER_PAGE - 1]["id"]) if len(rows) > PER_PAGE else None
        return outside("Connections", joined([listed, turning(AT if after else None, older)]), at=AT)

    def act(self, call: Call) -> str:
        """Lets the access tokens of one connection run out, or ends it as a person inside QuickBooks would (§1.6)."""
        grant = whole(call.form.get("grant", ""))
        if grant is None:
            return AT
        with self._sandbox.store.writing() as db:
            if call.form.get("wish") == "expire":
                db.execute("UPDATE access_token SET expires = 0 WHERE oauth_grant = ?", (grant,))
            elif call.form.get("wish") == "disconnect":
                Grants.on(db, self._sandbox).revoke_grant(grant)
        return AT


def app_names(sandbox: Sandbox) -> dict[str, str]:
    """By client id."""
    return {each["client_id"]: each["name"] for each in Apps(sandbox.store, sandbox.settings).listed()}


def app_named(client: str, apps: dict[str, str]) -> Html | str:
    """A client id says little to a person: its name first."""
    if client not in apps:
        return client
    return html('{} <span class="small">{}</span>', apps[client], client)


def _none() -> Html:
    return empty("No app is connected.", html("How to connect one stands on the page of {}.", link("/", "companies")))


def _table(rows: list[sqlite3.Row], names: dict[str, str], apps: dict[str, str], now: float) -> Html:
    columns = (
        *(Column("Company", "main"), Column("App", "app"), Column("May", "memo"), Column("Since", "date")),
        *(Column("Last token", "date"), Column("State", "kind"), Column("", "key")),
    )
    return table(columns, (_row(row, names, apps, now) for row in rows), caption="Connections, newest first")


def _row(row: sqlite3.Row, names: dict[str, str], apps: dict[str, str], now: float) -> Row:
    company = link(f"/companies/{row['realm']}", names[row["realm"]]) if row["realm"] in names else "None"
    scope = ", ".join(each.rpartition(".")[2] for each in row["scope"].split())
    refreshed = words.moment(row["refreshed"]) if row["refreshed"] else ""
    app, since = app_named(row["client"], apps), words.moment(row["authorised"])
    cells = (company, app, scope, since, refreshed, _state(row, now), _deeds(row))
    return Row(cells, style="off" if row["revoked"] else "")


def _state(row: sqlite3.Row, now: float) -> Html:
    if row["revoked"]:
        return html('<span class="state">disconnected</span>')
    left = (row["access"] or 0) - now
    if left <= 0:
        return html('<span class="state bad">access expired</span>')
    return html('<span class="state ok">for {} more</span>', words.counted(int(left // 60) + 1, "minute"))


def _deeds(row: sqlite3.Row) -> Html | str:
    if row["revoked"]:
        return ""
    return html(
        '<form class="deeds" method="post" action="{}"><input type="hidden" name="grant" value="{}">'
        '<button class="small" name="wish" value="expire">Expire</button>'
        '<button class="small" name="wish" value="disconnect">Disconnect</button></form>',
        *(AT, row["id"]),
    )

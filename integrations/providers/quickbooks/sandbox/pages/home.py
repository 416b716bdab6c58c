"""The companies, and how a client reaches them."""

from __future__ import annotations

import sqlite3
from dataclasses import fields

from starlette.responses import Response

from ..books.books import Books, Company, companies
from ..registry import BY_NAME, TRANSACTIONS
from ..sandbox import Call, Sandbox
from ..settings import DEFAULT_SECRET, Switches
from ..wire.json import day_began
from . import words
from .frame import outside
from .markup import Html, html, joined, link
from .tables import Column, Row, facts, section, table

#: Documents of a day are counted so far.
MANY = 10_000
COUNTRIES = {"US": "United States", "GB": "United Kingdom", "CA": "Canada", "AU": "Australia", "DE": "Germany"}


class Home:
    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def page(self, call: Call) -> Response:
        with self._sandbox.store.aside() as db:
            found = companies(db)
            rows = [_row(each, self._written(db, each)) for each in found]
        columns = (
            *(
                Column("Company", "main"),
                Column("Country", "kind"),
                Column("Realm", "code"),
                Column("Currency", "kind"),
            ),
            Column("Written today", "key"),
        )
        listed = table(columns, rows, caption="Companies, each with its own books")
        parts = [listed, html('<div class="two">{}{}</div>', self._connect(call), self._switches())]
        return outside("Companies", joined(parts), at="/")

    def _written(self, db: sqlite3.Connection, company: Company) -> str:
        """Documents of any type; the index of what was written last knows."""
        books = Books(db, company, self._sandbox.settings.switches, BY_NAME, self._sandbox.store.clock.now())
        names = ", ".join(f"'{entity.name}'" for entity in TRANSACTIONS)
        query = (
            f"SELECT count(*) FROM (SELECT 1 FROM object WHERE realm = ? AND entity IN ({names})"
            f" AND updated >= ? AND born > 0 LIMIT {MANY + 1})"
        )
        count = db.execute(query, (company.realm, day_began(books.now, company.zone))).fetchone()[0]
        if count > MANY:
            return f"more than {MANY:,} documents"
        return words.counted(count, "document") if count else "nothing yet"

    def _connect(self, call: Call) -> Html:
        origin = call.origin
        code = html("<code>{}</code>", f"{origin}/.well-known/openid_sandbox_configuration")
        rows = (
            ("Discovery", code),
            ("API", html("<code>{}</code>", f"{origin}/v3/company/<realm>")),
            ("Client id", html("<code>{}</code>", self._sandbox.settings.client_id)),
            ("Client secret", self._secret()),
            ("Control plane", html("<code>{}</code>", f"{origin}/sandbox")),
            ("Time here", words.moment(self._sandbox.store.clock.now())),
        )
        return section("Connect a client", facts(rows))

    def _secret(self) -> Html | str:
        """Only the one that everybody knows is shown."""
        usual = self._sandbox.settings.client_secret == DEFAULT_SECRET
        return html("<code>{}</code>", DEFAULT_SECRET) if usual else "as set in QUICKBOOKS_CLIENT_SECRET"

    def _switches(self) -> Html:
        switches, usual = self._sandbox.settings.switches, Switches()
        changed = [each.name for each in fields(Switches) if getattr(switches, each.name) != getattr(usual, each.name)]
        rows = joined(
            html("<tr{}><td><code>SANDBOX_{}</code></td><td>{}</td></tr>", *_switch(each.name, switches, changed))
            for each in fields(Switches)
        )
        said = (
            f"{words.counted(len(changed), 'switch', 'switches')} not at the default."
            if changed
            else "All at their defaults."
        )
        return section(
            "Switches",
            html(
                '<p>{}</p><details><summary>All switches</summary><table class="plain">{}</table></details>', said, rows
            ),
        )


def _switch(name: str, switches: Switches, changed: list[str]) -> tuple[object, str, object]:
    return Html(' class="changed"') if name in changed else "", name.upper(), getattr(switches, name)


def _row(company: Company, written: str) -> Row:
    country = COUNTRIES.get(company.country, company.country)
    return Row((link(f"/companies/{company.realm}", company.name), country, company.realm, company.currency, written))

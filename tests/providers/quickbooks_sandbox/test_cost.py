"""What a request costs in statements of SQL. The figures may go down, and up only on purpose."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import simplejson

from integrations.providers.quickbooks.sandbox import app
from integrations.providers.quickbooks.sandbox.books.store import Store
from integrations.providers.quickbooks.sandbox.settings import Settings

from .client import BACK, CLIENT, SCOPE, US, Json

FORM = "application/x-www-form-urlencoded"


class Counted:
    """The application within this process, and each statement it sends."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._store = Store(folder)
        self.statements: list[str] = []
        monkeypatch.setattr(app, "Store", lambda _: self._store)
        self._app = app.build(Settings.read({"SANDBOX_DATA": str(folder)}))
        self._bearer: dict[str, str] = {}
        self._bearer = {"authorization": f"Bearer {self._signed_in()}"}
        self._store.db.set_trace_callback(self._note)

    def _note(self, statement: str) -> None:
        # One that a trigger hangs on is told twice.
        if statement not in self.statements[-1:]:
            self.statements.append(statement)

    def close(self) -> None:
        self._store.db.close()

    def plan(self, statement: str) -> list[str]:
        self._store.db.set_trace_callback(None)
        return [str(row["detail"]) for row in self._store.db.execute(f"EXPLAIN QUERY PLAN {statement}")]

    def _signed_in(self) -> str:
        asked = {"client_id": CLIENT[0], "response_type": "code", "scope": SCOPE, "redirect_uri": BACK, "state": "s"}
        sent = {**asked, "realm": US, "decision": "connect"}
        headers, _ = self.ask("POST", "/connect/oauth2", urlencode(sent).encode(), FORM)
        code = parse_qs(urlsplit(headers["location"]).query)["code"][0]
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK}
        named = {**form, "client_id": CLIENT[0], "client_secret": CLIENT[1]}
        _, body = self.ask("POST", "/oauth2/v1/tokens/bearer", urlencode(named).encode(), FORM)
        return str(body["access_token"])

    def ask(
        self, method: str, path: str, body: bytes = b"", kind: str = "application/json"
    ) -> tuple[dict[str, str], Json]:
        said: list[Any] = []

        async def hear() -> Json:
            return {"type": "http.request", "body": body}

        async def say(message: Any) -> None:
            said.append(message)

        address, _, query = path.partition("?")
        sent = {"host": "sandbox", "accept": "application/json", "content-type": kind, **self._bearer}
        headers = [(name.encode(), value.encode()) for name, value in sent.items()]
        scope = {"type": "http", "method": method, "path": address, "query_string": query.encode(), "headers": headers}
        whole = {**scope, "scheme": "http", "server": ("sandbox", 80), "client": ("127.0.0.1", 1), "root_path": ""}
        self.statements.clear()
        asyncio.run(self._app(whole, hear, say))  # type: ignore[arg-type]
        answered = b"".join(each.get("body", b"") for each in said[1:])
        assert said[0]["status"] in (200, 302), answered
        told = {name.decode(): value.decode() for name, value in said[0]["headers"]}
        return told, simplejson.loads(answered) if answered else {}


@pytest.fixture
def counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Counted]:
    application = Counted(tmp_path, monkeypatch)
    yield application
    application.close()


def _charge(counted: Counted) -> Json:
    def first(entity: str, name: str, value: str) -> str:
        _, told = counted.ask("GET", f"/sandbox/companies/{US}/objects/{entity}")
        return next(row["Id"] for row in told["objects"] if row.get(name) == value)

    detail = {"AccountRef": {"value": first("Account", "AcctNum", "6110")}}
    line = {"Amount": 42, "DetailType": "AccountBasedExpenseLineDetail", "AccountBasedExpenseLineDetail": detail}
    paid = {"PaymentType": "CreditCard", "AccountRef": {"value": first("Account", "AcctNum", "2110")}}
    return {**paid, "EntityRef": {"value": first("Vendor", "DisplayName", "Staples")}, "Line": [line]}


def _items(charge: Json, count: int) -> bytes:
    rows = [{"bId": str(number), "operation": "create", "Purchase": charge} for number in range(count)]
    return simplejson.dumps({"BatchItemRequest": rows}).encode()


def test_a_read_a_create_and_an_item_of_a_batch_cost_so_many_statements(counted: Counted) -> None:
    charge, company = _charge(counted), f"/v3/company/{US}"
    body = simplejson.dumps(charge).encode()

    def cost(*asked: Any) -> int:
        counted.ask(*asked)
        return len(counted.statements)

    _, made = counted.ask("POST", f"{company}/purchase", body)
    assert cost("GET", f"{company}/purchase/{made['Purchase']['Id']}") == 1, "the token"
    assert cost("POST", f"{company}/purchase?requestid=one", body) <= 14, counted.statements
    assert cost("POST", f"{company}/purchase?requestid=one", body) == 4, "the token, and one look in a transaction"
    few, many = (cost("POST", f"{company}/batch?requestid=b{n}", _items(charge, n)) for n in (1, 21))
    assert many - few <= 20 * 11, counted.statements


def test_no_statement_asks_for_more_rows_in_a_company_with_more_of_them(counted: Counted) -> None:
    charge, company = _charge(counted), f"/v3/company/{US}"
    for number in range(4):
        counted.ask("POST", f"{company}/batch?requestid=f{number}", _items(charge, 30))
    body = simplejson.dumps(charge).encode()
    counted.ask("POST", f"{company}/purchase?requestid=last", body)
    asked = [each for each in counted.statements if each.startswith(("SELECT", "INSERT", "UPDATE", "DELETE"))]
    plans = [row for each in asked for row in counted.plan(each)]
    assert not [plan for plan in plans if plan.startswith("SCAN") and plan != "SCAN CONSTANT ROW"], plans

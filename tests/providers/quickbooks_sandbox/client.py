"""A running sandbox and one connected company, as the tests speak to them: over HTTP only."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests
import simplejson

ROOT = Path(__file__).resolve().parents[3]
US = "9341450000000011"
UK = "9341450000000029"
CLIENT = ("sandbox-client", "sandbox-secret")
BACK = "http://localhost:8000/callback?tenant=7"
SCOPE = "com.intuit.quickbooks.accounting"
FORM = {
    "Content-Type": "application/x-www-form-urlencoded",
    "Accept": "application/json",
}
JSON = {"Accept": "application/json", "Content-Type": "application/json"}

#: Where the address is another word than the envelope.
ADDRESSES = {"CreditCardPaymentTxn": "creditcardpayment"}

#: Of the environment. Where no bytecode is left behind every process compiles the whole sandbox anew.
_NOT_KEPT = ("SANDBOX_", "QUICKBOOKS_", "PYTHONDONTWRITEBYTECODE")

_numbers = count(1)

Json = dict[str, Any]


def fresh(stem: str) -> str:
    """A name or number no other test uses."""
    return f"{stem}-{os.getpid()}-{next(_numbers)}"


def address(entity: str) -> str:
    return ADDRESSES.get(entity, entity.lower())


def posted(balances: list[Json]) -> dict[str, Decimal]:
    """By account number: the sum of what documents have posted, debits positive; accounts at zero left out."""
    sums = {row["AcctNum"] or row["Name"]: Decimal(row["postings"]) for row in balances}
    return {number: total for number, total in sums.items() if total}


class Server:
    """The real process on a port of its own choice."""

    #: A file of the books of the first day: what begins with it has no companies to plant.
    first_day: Path | None = None

    def __init__(self, data: Path, **environment: str) -> None:
        self._data = data
        if self.first_day is not None and not any(data.glob("books.*")):
            data.mkdir(mode=0o700, exist_ok=True)
            shutil.copyfile(self.first_day, data / self.first_day.name)
        #: For what any caller may ask; a connection is kept between two tests.
        self._session = requests.Session()
        self._environment = environment
        #: Control plane paths that a test wrote to, so that only these are put back after it.
        self.touched: set[str] = set()
        self._ids: dict[tuple[str, str, str], str] = {}
        self.start()

    def start(self) -> None:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(_NOT_KEPT)}
        self.process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "integrations.providers.quickbooks.sandbox",
                "--port",
                "0",
                "--data",
                self._data,
            ],
            cwd=ROOT,
            env={**kept, **self._environment},
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line.startswith("listening on http://127.0.0.1:"), line
        self.url = line.removeprefix("listening on ").strip()

    def stop(self, how: int = signal.SIGTERM) -> int:
        self.process.send_signal(how)
        status = self.process.wait(timeout=10)
        if self.process.stdout is not None:
            self.process.stdout.close()
        self._session.close()
        return status

    def kill(self) -> None:
        """For whoever is done with it: an end in order takes a third of a second."""
        self.stop(signal.SIGKILL)

    @property
    def books(self) -> Path:
        (found,) = self._data.glob("books.*.sqlite3")
        return found

    def keep_first_day(self, folder: Path) -> Path:
        """A copy of the books as they are now, in one file."""
        copy = folder / self.books.name
        with closing(sqlite3.connect(self.books)) as source, closing(sqlite3.connect(copy)) as target:
            source.backup(target)
        return copy

    def control(self, path: str, body: Json | None = None, method: str = "POST") -> Json:
        if method != "GET":
            self.touched.add(path)
        answer = self._session.request(method, f"{self.url}/sandbox/{path}", json=body, timeout=10)
        answer.raise_for_status()
        return dict(answer.json())

    def stored(self, entity: str, realm: str = US) -> list[Json]:
        found = self.control(f"companies/{realm}/objects/{entity}", method="GET")
        return list(found["objects"])

    def seeded_id(self, realm: str, entity: str, label: str) -> str:
        """Of an account by its number, of a vendor by its name, as they are in fresh books."""
        key = "AcctNum" if entity == "Account" else "DisplayName"
        if (realm, entity, label) not in self._ids:
            self._ids |= {(realm, entity, row[key]): row["Id"] for row in self.stored(entity, realm) if key in row}
        return self._ids[realm, entity, label]

    def consent(
        self,
        realm: str = US,
        *,
        scope: str = SCOPE,
        decision: str = "connect",
        **more: str,
    ) -> dict[str, str]:
        """What the browser brings back to the app."""
        asked = {
            "client_id": CLIENT[0],
            "response_type": "code",
            "scope": scope,
            "redirect_uri": BACK,
            "state": "s&1",
        }
        sent = {**asked, "realm": realm, "decision": decision, **more}
        answer = self._session.post(f"{self.url}/connect/oauth2", data=sent, allow_redirects=False, timeout=10)
        assert answer.status_code == 302, answer.text
        query = parse_qs(urlsplit(answer.headers["Location"]).query)
        return {name: values[0] for name, values in query.items()}

    def token(
        self,
        client: tuple[str, str] | None = CLIENT,
        headers: Json | None = None,
        **form: str,
    ) -> requests.Response:
        return self._session.post(
            f"{self.url}/oauth2/v1/tokens/bearer",
            data=form,
            auth=client,
            headers={**FORM, **(headers or {})},
            timeout=10,
        )

    def grant(self, realm: str = US, scope: str = SCOPE) -> Json:
        code = self.consent(realm, scope=scope)["code"]
        answer = self.token(grant_type="authorization_code", code=code, redirect_uri=BACK)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def refresh(self, token: str) -> requests.Response:
        return self.token(grant_type="refresh_token", refresh_token=token)

    def company(self, realm: str = US) -> Company:
        return Company(self, realm, self.grant(realm)["access_token"])


@dataclass
class Company:
    server: Server
    realm: str
    access: str
    session: requests.Session = field(default_factory=requests.Session)

    def call(self, method: str, path: str, *, headers: Json | None = None, **more: Any) -> requests.Response:
        sent = {**JSON, "Authorization": f"Bearer {self.access}", **(headers or {})}
        url = f"{self.server.url}/v3/company/{self.realm}/{path}"
        return self.session.request(method, url, headers=sent, timeout=more.pop("timeout", 20), **more)

    def post(self, entity: str, body: Any, **params: str) -> requests.Response:
        return self.call("POST", entity, data=simplejson.dumps(body, use_decimal=True), params=params)

    def create(self, entity: str, body: Json, **params: str) -> Json:
        answer = self.post(address(entity), body, **params)
        assert answer.status_code == 200, answer.text
        return dict(answer.json()[entity])

    def read(self, entity: str, number: str) -> Json:
        return dict(self.call("GET", f"{address(entity)}/{number}").json()[entity])

    def delete(self, entity: str, made: Json) -> requests.Response:
        body = {name: made[name] for name in ("Id", "SyncToken")}
        return self.post(address(entity), body, operation="delete")

    def fault(self, answer: requests.Response, status: int = 400) -> Json:
        assert answer.status_code == status, answer.text
        return dict(answer.json()["Fault"]["Error"][0])

    def query(self, statement: str) -> Json:
        answer = self.call("GET", "query", params={"query": statement})
        assert answer.status_code == 200, answer.text
        return dict(answer.json()["QueryResponse"])

    def batch(self, items: list[Json], **params: str) -> requests.Response:
        return self.post("batch", {"BatchItemRequest": items}, **params)

    def account(self, number: str) -> str:
        return self.server.seeded_id(self.realm, "Account", number)

    def vendor(self, name: str) -> str:
        return self.server.seeded_id(self.realm, "Vendor", name)

    def balances(self) -> list[Json]:
        return list(self.server.control(f"companies/{self.realm}/balances", method="GET")["accounts"])

    def postings(self) -> dict[str, Decimal]:
        return posted(self.balances())

    def moved(self, before: dict[str, Decimal]) -> dict[str, str]:
        """What has changed since, as text."""
        now = self.postings()
        changes = {number: now.get(number, Decimal()) - before.get(number, Decimal()) for number in now | before}
        return {number: f"{change:.2f}" for number, change in changes.items() if change}

    def ref(self, number: str) -> Json:
        return {"value": self.account(number)}

    def transfer(self, **changes: Any) -> Json:
        """A correct transfer of 250 from the current account to the savings; None takes a property away."""
        body = {"FromAccountRef": self.ref("1010"), "ToAccountRef": self.ref("1020"), "Amount": 250, **changes}
        return {name: value for name, value in body.items() if value is not None}

    def card_payment(self, **changes: Any) -> Json:
        """A correct payment of 99.95 from the current account to the card; None takes a property away."""
        accounts = {"BankAccountRef": self.ref("1010"), "CreditCardAccountRef": self.ref("2110")}
        body = {**accounts, "Amount": 99.95, "TxnDate": "2026-08-31", **changes}
        return {name: value for name, value in body.items() if value is not None}

    def charge(self, **changes: Any) -> Json:
        """A correct card charge of 42.50 for office supplies, with some properties changed; None takes one away."""
        vendor = "Staples" if self.realm == US else "Ryman Stationery"
        body = {
            "PaymentType": "CreditCard",
            "AccountRef": {"value": self.account("2110")},
            "EntityRef": {"value": self.vendor(vendor), "type": "Vendor"},
            "TxnDate": "2026-08-14",
            "Line": [self.line()],
            **({} if self.realm == US else {"GlobalTaxCalculation": "NotApplicable"}),
            **changes,
        }
        return {name: value for name, value in body.items() if value is not None}

    def line(self, amount: Any = "42.50", account: str = "6110", **changes: Any) -> Json:
        detail = {
            "AccountRef": {"value": self.account(account)},
            **changes.pop("detail", {}),
        }
        number = simplejson.loads(amount, use_decimal=True) if isinstance(amount, str) else amount
        line = {
            "Amount": number,
            "DetailType": "AccountBasedExpenseLineDetail",
            "AccountBasedExpenseLineDetail": detail,
            **changes,
        }
        return {name: value for name, value in line.items() if value is not None}

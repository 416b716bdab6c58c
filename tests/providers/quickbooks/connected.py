"""A company of a running sandbox, connected as the product connects it, and what a test sends to its books."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from integrations.providers.documents import (
    Action,
    CardCharge,
    Dimension,
    DimensionLevel,
    Envelope,
    Grant,
    Line,
    Outcome,
    Write,
)
from integrations.providers.quickbooks.client import QuickBooksClient
from integrations.providers.quickbooks.oauth import QuickBooksOAuth
from integrations.providers.quickbooks.provider import QuickBooksProvider
from ledger.domain.money import Money
from tests.providers.quickbooks_sandbox.client import BACK, CLIENT, UK, US, Server, fresh

COMPANIES = pytest.mark.parametrize("realm", [US, UK], ids=["US", "UK"])
COUNTRY = {US: "US", UK: "GB"}
CURRENCY = {US: "USD", UK: "GBP"}
CLASSES = Dimension("class", "Class", DimensionLevel.LINE)
LOCATIONS = Dimension("location", "Location", DimensionLevel.HEADER)
DIMENSIONS = {US: (CLASSES, LOCATIONS), UK: ()}


class Tokens:
    """A person's grant: refreshed when the platform refuses what was given."""

    def __init__(self, oauth: QuickBooksOAuth, grant: Grant) -> None:
        self.oauth = oauth
        self.grant = grant

    def __call__(self, rejected: str = "") -> str:
        if rejected == self.grant.access_token:
            self.grant = self.oauth.refresh(self.grant.refresh_token)
        return self.grant.access_token


@dataclass
class Connected:
    """One company, connected, with what its books are made of."""

    server: Server
    realm: str
    tokens: Tokens
    provider: QuickBooksProvider

    def account(self, number: str) -> str:
        return self.server.seeded_id(self.realm, "Account", number)

    def charge(self, **changes: Any) -> CardCharge:
        mark = fresh("FX")
        charge = CardCharge(
            mark=mark,
            dated=date(2026, 8, 14),
            money=Money(4250, CURRENCY[self.realm]),
            card_account=self.account("2110"),
            vendor="",
            note=f"Flex card ··4821, Jane Roe. {mark}",
            lines=(Line(self.account("6110"), Decimal("42.50"), "Printer paper"),),
        )
        return replace(charge, **changes)

    def creations(self, count: int = 1, **changes: Any) -> list[Write]:
        return [creation(self.charge(**changes)) for _ in range(count)]

    def pack(self, writes: Sequence[Write]) -> list[Envelope]:
        """A few one by one, many in batches, as the engine does."""
        able = self.provider.capabilities
        return self.provider.pack(writes, 1 if len(writes) <= able.singles else able.batch_size)

    def pack_one(self, **changes: Any) -> Envelope:
        (envelope,) = self.pack(self.creations(**changes))
        return envelope

    def push_one(self, envelope: Envelope) -> Outcome:
        (outcome,) = self.provider.push(envelope).values()
        return outcome

    def stored(self) -> list[dict[str, Any]]:
        return self.server.stored("Purchase", self.realm)

    def under(self, marks: Sequence[str]) -> dict[str, dict[str, Any]]:
        """What the books hold under these marks; a double would show."""
        rows = [row for row in self.stored() if row.get("DocNumber") in marks]
        assert len({row["DocNumber"] for row in rows}) == len(rows)
        return {row["DocNumber"]: row for row in rows}


def creation(document: CardCharge) -> Write:
    return Write(Action.CREATE, document.mark, document)


def oauth_of(server: Server) -> QuickBooksOAuth:
    return QuickBooksOAuth(
        client_id=CLIENT[0],
        client_secret=CLIENT[1],
        discovery_url=f"{server.url}/.well-known/openid_sandbox_configuration",
        redirect_url=BACK,
    )


def consent(oauth: QuickBooksOAuth, realm: str, state: str = "s&1") -> dict[str, str]:
    """What the browser brings back after a person has chosen the company and pressed Connect."""
    address = urlsplit(oauth.consent_url(state))
    asked = {name: values[0] for name, values in parse_qs(address.query).items()}
    answer = requests.post(
        address._replace(query="").geturl(),
        data={**asked, "realm": realm, "decision": "connect"},
        allow_redirects=False,
        timeout=10,
    )
    assert answer.status_code == 302, answer.text
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["Location"]).query).items()}


def provider_of(server: Server, realm: str, tokens: Any, timeout: float = 10) -> QuickBooksProvider:
    client = QuickBooksClient(server.url, realm, tokens, timeout)
    return QuickBooksProvider(client, settling=timedelta(0), country=COUNTRY[realm])


def connect(server: Server, realm: str) -> Connected:
    oauth = oauth_of(server)
    tokens = Tokens(oauth, oauth.exchange(consent(oauth, realm)["code"], realm))
    return Connected(server, realm, tokens, provider_of(server, realm, tokens))

"""Somebody at the door of the API, what they send, and what they get."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.test import Client

from ledger.models import CardTransaction, LedgerEvent, SourceDocument
from ledger.tenancy.context import acting_for
from tests.cast import Tenant

API = "/api/v1"
DOOR = f"{API}/card-transactions"
JSON = "application/json"


@dataclass(frozen=True)
class Issuer:
    """Somebody with a key, or with whatever else is written where a key belongs."""

    authorization: str

    def post(self, body: Any, content_type: str = JSON, *, at: str = DOOR) -> Any:
        data = body if isinstance(body, str | bytes) else json.dumps(body)
        return Client().post(at, data, content_type, headers=self._headers())

    def get(self, public_id: str | UUID) -> Any:
        return Client().get(f"{DOOR}/{public_id}", headers=self._headers())

    def read(self, external_id: str) -> dict[str, Any]:
        """A transaction as it is on record, by the name that we gave it."""
        [found] = self.list(external_id=external_id)
        return found

    def ask(self, at: str = DOOR, **query: Any) -> Any:
        return Client().get(at, query, headers=self._headers())

    def list(self, at: str = DOOR, **query: Any) -> list[dict[str, Any]]:
        """All pages of it."""
        rows, cursor = [], {}
        while True:
            answer = self.ask(at, **query, **cursor)
            assert answer.status_code == 200, answer.content[:500]
            page = answer.json()
            rows += page["results"]
            if page["next_cursor"] is None:
                return rows
            cursor = {"cursor": page["next_cursor"]}

    def _headers(self) -> dict[str, str]:
        return {"Authorization": self.authorization} if self.authorization else {}


def holder_of(tenant: Tenant) -> Issuer:
    return Issuer(f"Bearer {tenant.api_key}")


def charge(external_id: str = "c-1", **values: Any) -> dict[str, Any]:
    return {
        "external_id": external_id,
        "card": "card-4471",
        "amount": "12.30",
        "currency": "USD",
        "merchant_name": "Figma Inc",
        "cleared_at": "2026-03-02T10:40:58-05:00",
        "category": "Software",
        **values,
    }


def without(name: str) -> dict[str, Any]:
    return {key: value for key, value in charge().items() if key != name}


def recorded(tenant: Tenant) -> tuple[int, int, int]:
    """Documents, card transactions, events: a whole charge has one of each."""
    with acting_for(tenant.id), transaction.atomic():
        return SourceDocument.objects.count(), CardTransaction.objects.count(), LedgerEvent.objects.count()


def names(rows: list[dict[str, Any]]) -> list[str]:
    return [row["external_id"] for row in rows]


def refusal(response: Any, status: int, code: str) -> dict[str, list[str]]:
    """The fields that an error names, after a look at its shape."""
    assert response.status_code == status, response.content[:500]
    assert response.headers["Content-Type"] == JSON
    assert set(response.json()) == {"error"}
    error = response.json()["error"]
    assert set(error) == {"code", "message", "fields"}
    assert error["code"] == code
    assert error["message"]
    assert all(sentence.strip() for sentences in error["fields"].values() for sentence in sentences)
    named: dict[str, list[str]] = error["fields"]
    return named


def happenings(tenant: Tenant, external_id: str) -> list[tuple[str, str]]:
    """What the ledger's diary says of a transaction, oldest first."""
    with acting_for(tenant.id), transaction.atomic():
        rows = LedgerEvent.objects.filter(document__external_id=external_id).order_by("id")
        return list(rows.values_list("kind", "detail"))


def closing(ask: Callable[..., Any]) -> Callable[..., Any]:
    """For a thread: its database connection ends with it."""

    def asked(*arguments: Any) -> Any:
        try:
            return ask(*arguments)
        finally:
            connection.close()

    return asked

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.cache import cache
from django.db import transaction

from integrations import services
from integrations.mapping.slots import MappingSlot
from integrations.models import Connection, Reference
from integrations.providers.registry import DEFAULT, platform
from integrations.services import Choices, MappingKey
from integrations.sync import engine, lane, queue
from ledger.domain.money import parse_amount
from ledger.domain.transactions import IncomingTransaction
from ledger.models import SourceDocument
from ledger.services.intake import record_transactions
from ledger.tenancy.context import acting_for, cleared
from tests.cast import Cast, Tenant
from tests.processes import Sandbox

NOON = datetime(2026, 11, 19, 17, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def sandbox_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    sandbox = Sandbox(tmp_path_factory.mktemp("sandbox"))
    yield sandbox
    sandbox.stop()


@pytest.fixture
def sandbox(sandbox_process: Sandbox, settings: Any) -> Iterator[Sandbox]:
    """Empty books, and the product pointed at them. It settles quickly, since the sandbox answers at once."""
    settings.QUICKBOOKS = {
        "client_id": "sandbox-client",
        "client_secret": "sandbox-secret",
        "discovery_url": f"{sandbox_process.url}/.well-known/openid_sandbox_configuration/",
        "api_url": sandbox_process.url,
        "settling_seconds": 0.2,
        "timeout_seconds": 2.0,
    }
    platform.cache_clear()
    cache.clear()
    sandbox_process.control("DELETE", "faults")
    sandbox_process.control("POST", "reset")
    yield sandbox_process
    platform.cache_clear()


class Office:
    """Larkfield at work: what a person or the issuer would do, and what a worker does about it, in this process."""

    def __init__(self, tenant: Tenant, sandbox: Sandbox) -> None:
        self.tenant = tenant
        self.sandbox = sandbox
        self.connection: Connection

    def connect(self, realm: str = Sandbox.US) -> Connection:
        address = services.begin_connect(entity=self.tenant.entity, person=self.tenant.admin, provider=DEFAULT)
        back = {
            name: values[0] for name, values in parse_qs(urlsplit(self.sandbox.consent(address, realm)).query).items()
        }
        with cleared():
            found = services.find_authorisation(back["state"])
        assert found is not None
        authorisation = services.use_authorisation(found[1], self.tenant.admin)
        self.connection = services.finish_connect(
            authorisation=authorisation, code=back["code"], company=back["realmId"], person=self.tenant.admin
        )
        services.read_references(self.connection.pk)
        return self.connection

    def map(self, *, create_vendors: bool | None = None, **accounts: str) -> int | None:
        """Account numbers by slot: card="2110", default="6110", Software="6020"."""
        with transaction.atomic():
            numbers = {row.number: row.pk for row in Reference.objects.exclude(number="")}
            version = queue.current_version(self.tenant.entity.pk)
            keys = {
                "card": MappingKey(MappingSlot.CARD_ACCOUNT),
                "default": MappingKey(MappingSlot.DEFAULT),
                "Software": MappingKey(MappingSlot.CATEGORY, self.tenant.category.pk),
                "fees": MappingKey(MappingSlot.FEES),
                "cashback": MappingKey(MappingSlot.CASHBACK),
                "bank": MappingKey(MappingSlot.BANK),
            }
            choices = Choices({key: numbers.get(accounts.get(name, "")) for name, key in keys.items()}, create_vendors)
        return services.save_mapping(
            entity=self.tenant.entity, choices=choices, seen_version=version, reason="Test", person=self.tenant.admin
        )

    def charge(self, *external_ids: str, amount: str = "12.30", **values: str) -> list[SourceDocument]:
        charges = [
            IncomingTransaction(
                external_id=external_id,
                card=self.tenant.card.external_id,
                money=parse_amount(amount, values.get("currency", "USD")),
                merchant_name=values.get("merchant", "Figma Inc"),
                cleared_at=NOON,
                category=values.get("category", "Software"),
            )
            for external_id in external_ids
        ]
        recorded = record_transactions(incoming=charges, actor="the test")
        return [one.document for one in recorded if one.document is not None]

    def work(self) -> None:
        """What the worker does when its bells ring."""
        queue.absorb_events()
        with lane.held(self.connection.pk) as held:
            assert held is not None
            engine.drain(held)


@pytest.fixture
def office(transactional_db: None, cast: Cast, sandbox: Sandbox) -> Iterator[Office]:
    with acting_for(cast.larkfield.id):
        yield Office(cast.larkfield, sandbox)


@pytest.fixture
def ready(office: Office) -> Office:
    """Connected and mapped."""
    office.connect()
    office.map(card="2110", default="6110", Software="6020")
    return office

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection as database
from django.db import transaction
from django.db.models import F, Sum
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from integrations import services, tokens
from integrations.conservation import prove
from integrations.mapping.slots import MappingSlot
from integrations.models import Company, Connection, ExternalLink, JobState, Reference, SyncJob
from integrations.providers.registry import DEFAULT, platform
from integrations.selectors import connections_with_work
from integrations.services import Choices, MappingKey
from integrations.sync import engine, lane, queue, receipts, shift
from ledger.domain.documents import DocumentKind
from ledger.domain.lines import IncomingLine
from ledger.domain.money import Money, parse_amount
from ledger.domain.transactions import IncomingTransaction
from ledger.models import Category, Department, Receipt, SourceDocument, Tag
from ledger.services.intake import record_transactions
from ledger.services.receipts import add_receipt, keep
from ledger.tenancy.context import acting_for, cleared
from tests.cast import Cast, Tenant
from tests.integrations.accountant import Accountant
from tests.processes import Sandbox

VERIFIER = "the-verifier-of-this-app"
PDF = b"%PDF-1.7 a receipt"
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
        "upload_seconds": 2.0,
        "limits": False,
        "webhook_verifier": VERIFIER,
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
            keys = {
                "card": MappingKey(MappingSlot.CARD_ACCOUNT),
                "default": MappingKey(MappingSlot.DEFAULT),
                "fees": MappingKey(MappingSlot.FEES),
                "cashback": MappingKey(MappingSlot.CASHBACK),
                "bank": MappingKey(MappingSlot.BANK),
            }
            keys |= {name: MappingKey(MappingSlot.CATEGORY, row.pk) for name, row in self.categories().items()}
            targets = {key: numbers.get(accounts.get(name, "")) for name, key in keys.items()}
        return self.choose(targets, create_vendors=create_vendors)

    def categories(self) -> dict[str, Category]:
        return {row.name: row for row in Category.objects.all()}

    def map_dimensions(self, dimension: str, values: dict[Department | Tag, str]) -> int | None:
        """Departments and tags to the values of a dimension, by their names."""
        with transaction.atomic():
            targets = {row.name: row.pk for row in Reference.objects.filter(dimension=dimension)}
        slots = {Department: MappingSlot.DEPARTMENT, Tag: MappingSlot.TAG}
        return self.choose(
            {MappingKey(slots[type(row)], row.pk, dimension): targets[name] for row, name in values.items()}
        )

    def reference(self, number: str) -> int:
        """Of the account with this number."""
        with transaction.atomic():
            return Reference.objects.values_list("pk", flat=True).get(number=number)

    def choose(self, targets: dict[MappingKey, int | None], *, create_vendors: bool | None = None) -> int | None:
        """Save what differs; everything else stays."""
        with transaction.atomic():
            version = queue.current_version(self.tenant.entity.pk)
        return services.save_mapping(
            entity=self.tenant.entity,
            choices=Choices(targets, create_vendors),
            seen_version=version,
            reason="Test",
            person=self.tenant.admin,
        )

    def charge(self, *external_ids: str, amount: str = "12.30", **values: Any) -> list[SourceDocument]:
        return self.tell([self.incoming(external_id, amount, **values) for external_id in external_ids])

    def record(self, external_id: str, amount: str = "12.30", **values: Any) -> SourceDocument:
        [document] = self.tell([self.incoming(external_id, amount, **values)])
        return document

    def incoming(
        self,
        external_id: str,
        amount: str,
        *,
        kind: DocumentKind = DocumentKind.CHARGE,
        currency: str = "USD",
        merchant: str = "Figma Inc",
        category: str = "Software",
        lines: Sequence[tuple[str, dict[str, Any]]] = (),
        **values: Any,
    ) -> IncomingTransaction:
        """What the issuer tells: amounts are given above zero and take the sign of their kind."""

        def money(text: str) -> Money:
            given = parse_amount(text, currency)
            return replace(given, minor=kind.sign * given.minor)

        return IncomingTransaction(
            external_id=external_id,
            card=self.tenant.card.external_id,
            money=money(amount),
            merchant_name=merchant,
            kind=kind,
            category=category,
            lines=tuple(IncomingLine(money(part), **said) for part, said in lines),
            **{"cleared_at": NOON, "authorised_at": NOON, **values},
        )

    def tell(self, incoming: Sequence[IncomingTransaction]) -> list[SourceDocument]:
        recorded = record_transactions(incoming=incoming, actor="the test")
        assert not [one.errors for one in recorded if one.errors]
        return [one.document for one in recorded if one.document is not None]

    def receipt(
        self, document: SourceDocument, content: bytes = PDF, name: str = "receipt.pdf", replaces: Receipt | None = None
    ) -> Receipt:
        kept = keep(BytesIO(content), name)
        return add_receipt(document_id=document.pk, kept=kept, actor="the test", replaces=replaces).receipt

    def has_work(self) -> bool:
        """As the sweep sees it, before any organisation is known."""
        with cleared():
            return self.connection.pk in [connection for _, connection, _ in connections_with_work()]

    def lose(self, receipt: Receipt) -> None:
        """Its file, from the storage."""
        (Path(settings.STORAGE_FOLDER) / receipt.storage_key).unlink()

    def die_holding_an_upload(self) -> None:
        """A worker that has stored what it is about to send, and sends nothing more."""
        with transaction.atomic():
            Connection.objects.update(lane_fence=F("lane_fence") + 1)
            tie = Connection.objects.get(pk=self.connection.pk)
        held = lane.Lane(tie.pk, tie.lane_fence, lane.Lease(time.monotonic() + 5))
        receipts._claim(shift.begin(held, 5))
        with transaction.atomic():
            Connection.objects.update(lane_until=timezone.now() - timedelta(seconds=1))

    def work(self, seconds: float = engine.SLICE_SECONDS) -> None:
        """What the worker does when its bells ring."""
        queue.absorb_events()
        with lane.held(self.connection.pk) as held:
            assert held is not None
            engine.drain(held, seconds)

    def statements_of_work(self) -> int:
        queue.absorb_events()
        with lane.held(self.connection.pk) as held:
            assert held is not None
            with CaptureQueriesContext(database) as statements:
                engine.drain(held)
        return len(statements)

    def accountant(self) -> Accountant:
        """Somebody who works in the books themselves."""
        with transaction.atomic():
            company = Company.objects.get(pk=self.connection.company_id)
        return Accountant(self.sandbox, company.external_id, tokens.access_token(company.credential_id))

    def tie_out(self) -> None:
        """In the books the card owes what its cleared documents come to, and nothing stands there without a link."""
        with transaction.atomic():
            done = SyncJob.objects.filter(state=JobState.DONE).values("document")
            owed = SourceDocument.objects.filter(pk__in=done).aggregate(sum=Sum("amount_minor"))["sum"] or 0
            linked = set(ExternalLink.objects.values_list("external_id", flat=True))
        assert self.sandbox.postings().get("2110", Decimal(0)) == -Decimal(owed).scaleb(-2)
        there = [*self.sandbox.objects("Purchase"), *self.sandbox.objects("Transfer")]
        assert {row["Id"] for row in there} == linked


@pytest.fixture
def office(transactional_db: None, cast: Cast, sandbox: Sandbox) -> Iterator[Office]:
    with acting_for(cast.larkfield.id):
        yield Office(cast.larkfield, sandbox)
        # Whatever a test did, nothing was dropped in silence.
        assert prove().differences == ()


@pytest.fixture
def ready(office: Office) -> Office:
    """Connected and mapped."""
    office.connect()
    office.map(card="2110", default="6110", Software="6020")
    return office


@pytest.fixture
def books(ready: Office) -> Iterator[Office]:
    """Mapped in full; after the test its books tie out."""
    with transaction.atomic():
        Category.objects.create(name="Travel")
    ready.map(card="2110", default="6110", Software="6020", Travel="6210", fees="6610", cashback="4950", bank="1010")
    yield ready
    ready.tie_out()

"""An organisation whose books are rows of ours alone: pages are tested without a platform behind them."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from integrations import tokens
from integrations.mapping.reasons import Reason
from integrations.mapping.slots import MappingSlot
from integrations.models import (
    Company,
    ConfigurationVersion,
    Connection,
    JobState,
    MappingEntry,
    Reference,
    ReferenceKind,
    SyncJob,
)
from integrations.models.mappings import SOURCES
from integrations.providers.documents import AccountRole, Dimension, DimensionLevel, Grant
from integrations.providers.registry import DEFAULT
from ledger.domain.documents import DocumentKind
from ledger.domain.money import parse_amount
from ledger.domain.transactions import IncomingTransaction
from ledger.models import Entity, LedgerEvent, SourceDocument
from ledger.services.intake import record_transactions
from ledger.tenancy.context import acting_for
from tests.cast import Tenant

CLEARED = datetime(2026, 3, 2, 17, 0, tzinfo=UTC)
ACCOUNTS = {
    "2110": ("Flex Card", AccountRole.CARD, "Credit Card"),
    "2120": ("Company Visa", AccountRole.CARD, "Credit Card"),
    "6110": ("Office", AccountRole.EXPENSE, "Expense"),
    "6020": ("Software", AccountRole.EXPENSE, "Expense"),
    "1200": ("Receivables", AccountRole.OTHER, "Accounts Receivable"),
    "1010": ("Checking", AccountRole.BANK, "Bank"),
}


class Books:
    def __init__(self, tenant: Tenant, realm: str = "9341450000000777") -> None:
        self.tenant = tenant
        self.path = f"/o/{tenant.organisation.slug}"
        with self.open():
            self.connection = self.connect(tenant.entity, realm)
            self.accounts = {number: self._account(number) for number in ACCOUNTS}

    @contextmanager
    def open(self) -> Iterator[None]:
        with acting_for(self.tenant.id), transaction.atomic():
            yield

    @property
    def mapping_path(self) -> str:
        return f"{self.path}/mapping/{self.tenant.entity.pk}/"

    def connect(self, entity: Entity, realm: str) -> Connection:
        hour = timedelta(hours=1)
        grant = Grant("an-access-token", "a-refresh-token", access_lives=hour, refresh_lives=hour)
        company = Company.objects.create(
            provider=DEFAULT,
            external_id=realm,
            credential=tokens.store_new(provider=DEFAULT, grant=grant, person=self.tenant.admin),
            name="Old Books Inc.",
            country="US",
            currency="USD",
            described_at=timezone.now(),
        )
        now = timezone.now()
        return Connection.objects.create(entity=entity, company=company, connected_at=now, references_read_at=now)

    def charge(
        self,
        *external_ids: str,
        amount: str = "10.00",
        currency: str = "USD",
        cleared: datetime = CLEARED,
        **values: str,
    ) -> list[SourceDocument]:
        charges = [
            IncomingTransaction(
                external_id=external_id,
                card=values.get("card", self.tenant.card.external_id),
                money=parse_amount(amount, currency),
                kind=DocumentKind.REFUND if amount.startswith("-") else DocumentKind.CHARGE,
                merchant_name=values.get("merchant", "Figma Inc"),
                cleared_at=cleared,
                category=values.get("category", "Software"),
                memo=values.get("memo", ""),
                vendor=values.get("vendor", ""),
                department=values.get("department", ""),
            )
            for external_id in external_ids
        ]
        with self.open():
            recorded = record_transactions(incoming=charges, actor="API key “Issuer”")
        return [one.document for one in recorded if one.document is not None]

    def wish(
        self, documents: Sequence[SourceDocument], state: JobState, *reasons: Reason, tie: Connection | None = None
    ) -> None:
        """The documents have come as far as this state, on the way to the books of `tie`."""
        now = timezone.now()
        with self.open():
            SyncJob.objects.bulk_create(
                SyncJob(
                    connection=tie or self.connection,
                    document=document,
                    state=state,
                    wanted_revision=1,
                    settled_revision=1,
                    reasons=[reason.as_json() for reason in reasons],
                    rung_at=now,
                    due_at=now,
                )
                for document in documents
            )
            LedgerEvent.objects.filter(document__in=documents).update(handled_at=now)

    def states(self) -> list[str]:
        with self.open():
            return list(SyncJob.objects.order_by("document_id").values_list("state", flat=True))

    def mapped(self) -> dict[str, str]:
        """Account numbers, or names of what has none, by slot or by the name of what is mapped, as they stand."""
        with self.open():
            rows = MappingEntry.objects.filter(until__isnull=True).select_related("target", *SOURCES)
            return {str(row.source or row.slot): row.target.number or row.target.name for row in rows}

    def versions(self) -> list[tuple[int, str, str]]:
        with self.open():
            rows = ConfigurationVersion.objects.order_by("number")
            return [(row.number, str(row.made_by), row.reason) for row in rows]

    def form(self, *, version: int, reason: str = "Agreed with Theo", **numbers: str) -> dict[str, str]:
        """What the accounts of the mapping post; by number, such as card="2110", default="6110"."""
        chosen = {slot: self.label(number) for slot, number in numbers.items()}
        return {
            "version": str(version),
            "reason": reason,
            MappingSlot.CARD_ACCOUNT.value: chosen.get("card", ""),
            **{name: chosen.get(name, "") for name in ("default", "fees", "cashback", "bank")},
        }

    def part(self, name: str) -> str:
        return f"{self.mapping_path}?part={name}"

    def rows(self, *, version: int, reason: str = "Agreed with Theo", **texts: str) -> dict[str, str]:
        """What a part with rows posts: texts by field, such as category_7="6020"."""
        return {"version": str(version), "reason": reason, **texts}

    def label(self, number: str) -> str:
        return f"{number} {self.accounts[number].path}"

    @property
    def software(self) -> str:
        """The field of the category Software."""
        return f"category_{self.tenant.category.pk}"

    def vendors(self, *names: str) -> list[Reference]:
        """Vendors of the books."""
        with self.open():
            return Reference.objects.bulk_create(self._reference(ReferenceKind.VENDOR, name) for name in names)

    def track(self, key: str, label: str, *values: str) -> list[Reference]:
        """The books are analysed by this dimension, which has these values; a value may be a path."""
        with self.open():
            company = self.connection.company
            company.dimensions = [*company.dimensions, asdict(Dimension(key, label, DimensionLevel.LINE))]
            company.save()
            return Reference.objects.bulk_create(self._reference(ReferenceKind.VALUE, path, key) for path in values)

    def _reference(self, kind: ReferenceKind, path: str, dimension: str = "") -> Reference:
        name = path.rpartition(":")[2]
        return Reference(
            company=self.connection.company,
            kind=kind,
            dimension=dimension,
            external_id=f"{kind}-{path}"[:64],
            name=name,
            name_key=name.casefold(),
            path=path,
            role=AccountRole.OTHER,
            read_at=timezone.now(),
        )

    def _account(self, number: str) -> Reference:
        name, role, type_name = ACCOUNTS[number]
        return Reference.objects.create(
            company=self.connection.company,
            kind=ReferenceKind.ACCOUNT,
            external_id=number,
            number=number,
            name=name,
            name_key=name.casefold(),
            path=name,
            role=role,
            type_name=type_name,
            read_at=timezone.now(),
        )

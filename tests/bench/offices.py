"""Organisations with a connected, mapped company each, and charges for them."""

import itertools
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import connection, transaction

from integrations.models import AttachedFile, ReceiptJob, SyncJob
from integrations.sync import queue
from ledger.domain.transactions import IncomingTransaction
from ledger.models import Card, Category, Department, Entity, Membership, Organisation, Role, Scope, User
from ledger.services.api_keys import make_token
from ledger.tenancy.context import acting_for
from tests.cast import Tenant
from tests.integrations.conftest import Office
from tests.processes import Sandbox

FIRST_REALM = 9341450000100000
VENDORS, CATEGORIES = 50, 20
RECEIPT = 100 * 1024
AT_ONCE = 1000
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Firm:
    """One organisation at work."""

    office: Office
    realm: str

    @property
    def tenant(self) -> int:
        return self.office.tenant.id

    @contextmanager
    def open(self) -> Iterator[Office]:
        with acting_for(self.tenant):
            yield self.office

    def tell(self, number: int, *, absorb: bool = True, receipts: bool = False) -> None:
        """So many charges, at 50 merchants; each with a receipt of its own, of 100 KiB, where asked for."""
        names = iter([f"b-{next(_numbers)}" for _ in range(number)])
        with self.open() as office:
            while some := list(itertools.islice(names, AT_ONCE)):
                for document in office.tell([_charge(office, name) for name in some]):
                    if receipts:
                        office.receipt(document, b"%PDF-1.7" + os.urandom(RECEIPT))
            while absorb and queue.absorb_events() is not None:
                continue

    def states(self) -> dict[str, int]:
        with acting_for(self.tenant), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT state, count(*) FROM integrations_syncjob GROUP BY state")
            return dict(cursor.fetchall())

    def hung(self) -> int:
        """Receipts that hang in the books."""
        with acting_for(self.tenant), transaction.atomic():
            return AttachedFile.objects.filter(left_at__isnull=True).count()

    def moving(self) -> int:
        with acting_for(self.tenant), transaction.atomic():
            return sum(
                model.objects.filter(state__in=["waiting", "running", "unknown"]).count()
                for model in (SyncJob, ReceiptJob)
            )


def _charge(office: Office, name: str) -> IncomingTransaction:
    number = int(name[2:])
    amount = f"{number % 900 + 1}.{number % 100:02}"
    return office.incoming(
        name, amount, merchant=f"Merchant {number % VENDORS}", category=f"Category {number % CATEGORIES}"
    )


def firms(sandbox: Sandbox, number: int, *, vendors: bool = True) -> list[Firm]:
    """`vendors`: what the books lack is made there, and known before anything is measured."""
    realms = [str(FIRST_REALM + next(_numbers)) for _ in range(number)]
    for start in range(0, number, 100):
        sandbox.control("POST", "companies", realms=realms[start : start + 100], like=Sandbox.US)
    person = User.objects.filter(email="bench@example.com").first() or User.objects.create_user(
        email="bench@example.com", name="Bea Bench", password="a-long-password"
    )
    return [_firm(sandbox, realm, person, vendors=vendors) for realm in realms]


def _firm(sandbox: Sandbox, realm: str, person: User, *, vendors: bool) -> Firm:
    with transaction.atomic():
        organisation = Organisation.objects.create(name=f"Firm {realm}", slug=f"firm-{realm}")
    with acting_for(organisation.pk):
        with transaction.atomic():
            Membership.objects.create(user=person, role=Role.FINANCE_ADMIN)
            entity = Entity.objects.create(name=f"Firm {realm}", currency="USD", time_zone="America/New_York")
            card = Card.objects.create(entity=entity, external_id="card-4471", last_four="4471", holder="Owen Park")
            Category.objects.bulk_create(Category(name=f"Category {at}") for at in range(CATEGORIES))
            key = make_token(name="Issuer", scopes=list(Scope), made_by=person)
            category = Category.objects.order_by("pk")[0]
            department = Department.objects.create(name="Everybody")
        office = Office(Tenant(organisation, entity, card, category, department, person, key), sandbox)
        office.connect(realm)
        office.map(card="2110", default="6110", bank="1010", create_vendors=vendors, **mapped())
    return Firm(office, realm)


def mapped() -> dict[str, str]:
    accounts: Sequence[str] = ("6020", "6110", "6210", "6610")
    return {f"Category {at}": accounts[at % len(accounts)] for at in range(CATEGORIES)}


def now() -> datetime:
    return datetime.now(UTC)

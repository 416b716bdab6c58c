"""A made-up organisation to look around in. Running it again adds nothing."""

import os
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.core.management.base import BaseCommand
from django.db import connection, transaction
from django.utils import timezone

from ledger.demo import bills
from ledger.demo import transactions as demo
from ledger.demo.transactions import DemoRow
from ledger.domain.approvals import Step
from ledger.domain.documents import DocumentKind
from ledger.domain.money import parse_amount
from ledger.domain.transactions import IncomingTransaction
from ledger.models import (
    BankAccount,
    Card,
    CardTransaction,
    Category,
    Department,
    Entity,
    Membership,
    Organisation,
    Role,
    Scope,
    Tag,
    TagGroup,
    User,
    Vendor,
)
from ledger.services.api_keys import make_token
from ledger.services.approvals import save_policy
from ledger.services.bills import record_bills
from ledger.services.intake import record_transactions
from ledger.tenancy.context import acting_for

AT_ONCE = 1000
PASSWORD = "larkfield-demo"  # noqa: S105 - a demo's, printed on the console on purpose
PEOPLE = [
    ("priya@larkfield.example", "Priya Raman", Role.FINANCE_ADMIN),
    ("theo@larkfield.example", "Theo Brandt", Role.ACCOUNTANT),
    ("omar@larkfield.example", "Omar Haddad", Role.OPS),
    ("owen@larkfield.example", "Owen Park", Role.CARDHOLDER),
]
CATEGORIES = ["Software", "Travel, air", "Travel, lodging", "Travel, ground", "Meals", "Office supplies", "Marketing"]
DEPARTMENTS = ["Product", "Sales", "Operations"]
CARDS = [
    ("card-4471", "4471", "Owen Park", "Larkfield Inc."),
    ("card-5096", "5096", "Nina Osei", "Larkfield Inc."),
    ("card-7730", "7730", "Sam Ikeda", "Larkfield Ltd"),
]
# Days ago, card, merchant, merchant category code, amount, currency, category, department, memo.
CHARGES = [
    (0, "card-4471", "Figma Inc", "5734", "675.00", "USD", "Software", "Product", "Monthly renewal"),
    (0, "card-4471", "Atlassian Pty Ltd", "5734", "1190.00", "USD", "Software", "Product", ""),
    (0, "card-5096", "Blue Bottle Coffee", "5814", "23.75", "USD", "Meals", "Sales", "Coffee with Acme"),
    (1, "card-5096", "Uber", "4121", "41.18", "USD", "Travel, ground", "Sales", ""),
    (1, "card-5096", "Hilton Garden Inn", "3604", "612.90", "USD", "Travel, lodging", "Sales", "Two nights, Boston"),
    (1, "card-4471", "Amazon Business", "5942", "318.52", "USD", "Office supplies", "Operations", ""),
    (2, "card-5096", "Delta Air Lines", "3058", "218.40", "USD", "Travel, air", "Sales", "JFK to BOS"),
    (2, "card-4471", "Staples", "5943", "86.04", "USD", "Office supplies", "Operations", ""),
    (3, "card-4471", "Mailchimp", "7311", "164.65", "USD", "Marketing", "Sales", ""),
    (3, "card-5096", "Costco Wholesale", "5300", "204.11", "USD", "", "Operations", ""),
    (1, "card-7730", "Travelodge", "3709", "89.00", "GBP", "Travel, lodging", "Sales", "Leeds"),
    (2, "card-7730", "Trainline", "4112", "54.30", "GBP", "Travel, ground", "Sales", ""),
]


class Command(BaseCommand):
    help = "Make the demo organisation “Larkfield Group”, its people, cards and first charges."

    def handle(self, *args: Any, **options: Any) -> None:
        with transaction.atomic():
            organisation, _ = Organisation.objects.get_or_create(slug="larkfield", defaults={"name": "Larkfield Group"})
            people = [(_person(email, name), role) for email, name, role in PEOPLE]
        with acting_for(organisation.pk), transaction.atomic():
            _plan_anew()
            for person, role in people:
                Membership.objects.get_or_create(user=person, defaults={"role": role})
            _make_cards()
            key = None if CardTransaction.objects.exists() else _first_charges_and_key([person for person, _ in people])
        if key:
            _write_note(key)
        self.stdout.write("The demo organisation is there.")


def _plan_anew() -> None:
    """A session keeps the plans by which it checks references. Those of empty tables would read all rows for each."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL plan_cache_mode = force_custom_plan")


def _person(email: str, name: str) -> User:
    return User.objects.filter(email=email).first() or User.objects.create_user(email, name, PASSWORD)


def _make_cards() -> None:
    entities = {
        name: Entity.objects.get_or_create(name=name, defaults={"currency": currency, "time_zone": zone})[0]
        for name, currency, zone in [
            ("Larkfield Inc.", "USD", "America/New_York"),
            ("Larkfield Ltd", "GBP", "Europe/London"),
        ]
    }
    for name in CATEGORIES:
        Category.objects.get_or_create(name=name)
    for name in DEPARTMENTS:
        Department.objects.get_or_create(name=name)
    for external_id, last_four, holder, entity in CARDS:
        defaults = {"last_four": last_four, "holder": holder, "entity": entities[entity]}
        Card.objects.get_or_create(external_id=external_id, defaults=defaults)


def _first_charges_and_key(people: Sequence[User]) -> str:
    priya, theo, omar, *_ = people
    record_transactions(incoming=[_charge(number, *row) for number, row in enumerate(CHARGES)], actor="the demo")
    _drafts_of_bills()
    _who_approves(priya, Step(theo.pk, 50_000), Step(omar.pk, 500_000))
    _real_transactions(Entity.objects.get(name="Larkfield Ltd"))
    return make_token(name="Demo", scopes=list(Scope), made_by=priya)


def _drafts_of_bills() -> None:
    for name in bills.VENDORS:
        Vendor.objects.get_or_create(name_key=name.casefold(), defaults={"name": name})
    entity = Entity.objects.get(name=bills.ENTITY)
    BankAccount.objects.get_or_create(external_id="bank-8810", defaults={"name": "Checking ··8810", "entity": entity})
    record_bills(incoming=list(bills.drafts(timezone.localdate())), actor="the demo")


def _who_approves(person: User, *steps: Step) -> None:
    entity = Entity.objects.get(name=bills.ENTITY)
    save_policy(entity=entity, kind=DocumentKind.BILL, steps=steps, person=person)


def _real_transactions(entity: Entity) -> None:
    """A quarter of a real year of purchase cards (ledger/demo/README.md)."""
    rows = list(demo.rows(timezone.now().date()))
    _make_names(rows, entity)
    for start in range(0, len(rows), AT_ONCE):
        record_transactions(incoming=[row.incoming() for row in rows[start : start + AT_ONCE]], actor="the demo")


def _make_names(rows: list[DemoRow], entity: Entity) -> None:
    cards = {row.card: row.last_four for row in rows}
    Card.objects.bulk_create(
        (Card(entity=entity, external_id=name, last_four=digits) for name, digits in cards.items()),
        ignore_conflicts=True,
    )
    categories = {row.account: row.account_code for row in rows if row.account}
    Category.objects.bulk_create(
        (Category(name=name, code=code) for name, code in categories.items()), ignore_conflicts=True
    )
    departments = dict.fromkeys(row.cost_centre for row in rows if row.cost_centre)
    Department.objects.bulk_create((Department(name=name) for name in departments), ignore_conflicts=True)
    group, _ = TagGroup.objects.get_or_create(name=demo.TAG_GROUP)
    Tag.objects.bulk_create(
        (Tag(group=group, name=name) for name in dict.fromkeys(row.directorate for row in rows)), ignore_conflicts=True
    )


def _charge(
    number: int,
    days: int,
    card: str,
    merchant: str,
    code: str,
    amount: str,
    currency: str,
    category: str,
    department: str,
    memo: str,
) -> IncomingTransaction:
    return IncomingTransaction(
        external_id=f"demo-{number + 1:04}",
        card=card,
        money=parse_amount(amount, currency),
        merchant_name=merchant,
        merchant_category_code=code,
        cleared_at=_noon(days) + timedelta(minutes=7 * number),
        category=category,
        department=department,
        memo=memo,
    )


def _noon(days_ago: int) -> datetime:
    today = timezone.now().astimezone(ZoneInfo("America/New_York")).replace(hour=9, minute=0, second=0, microsecond=0)
    return min(today, timezone.now()) - timedelta(days=days_ago)


def _write_note(key: str) -> None:
    """What the console says at every start; the key can be shown only now, so it is kept beside the demo's data."""
    path = os.environ.get("FLEXSYNC_DEMO_NOTE")
    if not path:
        return
    # The address stays open: another start may choose another port.
    Path(path).write_text(NOTE.format(url="{url}", password=PASSWORD, key=key))
    Path(path).chmod(0o600)


NOTE = """\
Sign in as   priya@larkfield.example    finance admin: connects, maps, sends again
             theo@larkfield.example     accountant: sees everything, holds, leaves out, approves bills above $500.00
             omar@larkfield.example     operations: sees everything, sends again, approves bills above $5,000.00
             owen@larkfield.example     cardholder: has no pages here yet
Password     {password}

Click first  1. Connections, "Connect QuickBooks" beside Larkfield Inc.; choose Larkfield Inc. and connect.
             2. Mapping: card account 2110 Flex Card, a reason, save; then Categories, "Match by name", a reason, save.
             3. Transactions: the charges are in the books seconds later.

Send a charge by API:
  curl {url}/api/v1/card-transactions -H 'Authorization: Bearer {key}' \\
    -H 'Content-Type: application/json' -d '{{"external_id": "from-the-console", "card": "card-4471",
    "amount": "12.30", "currency": "USD", "merchant_name": "Staples", "category": "Office supplies",
    "cleared_at": "2026-11-20T12:00:00-05:00"}}'
The API is described at {url}/api/docs/.
"""

"""What was spent, by what it was spent on: every cent once."""

from datetime import UTC, date, datetime

import pytest

from ledger.domain.documents import DocumentKind, Stage
from ledger.domain.lines import IncomingLine
from ledger.domain.money import Money
from ledger.domain.transactions import IncomingTransaction
from ledger.models import BankAccount, Category, Tag, TagGroup
from ledger.selectors.spend import Spend, spend_by
from ledger.services.intake import record_transactions
from ledger.tenancy.context import acting_for
from tests.cast import Cast, Tenant

MOMENT = datetime(2026, 3, 2, 17, tzinfo=UTC)
SINCE = date(2026, 3, 1)


def told(tenant: Tenant, external_id: str, minor: int, **values: object) -> None:
    values = {"currency": "USD", "cleared_at": MOMENT, **values}
    money = Money(minor, str(values.pop("currency")))
    one = IncomingTransaction(external_id, tenant.card.external_id, money, "Shop", **values)  # type: ignore[arg-type]
    record_transactions(incoming=[one], actor="the test")


@pytest.fixture
def larkfield(cast: Cast, db: None) -> Tenant:
    return cast.larkfield


def test_charges_count_by_category_and_those_without_one_apart(larkfield: Tenant) -> None:
    with acting_for(larkfield.id):
        told(larkfield, "c-1", 1000, category="Software")
        told(larkfield, "c-2", 250, category="Software")
        told(larkfield, "c-3", 99)
        told(larkfield, "refund", -50, kind=DocumentKind.REFUND, category="Software")
        told(larkfield, "reversed", 77, stage=Stage.REVERSED, category="Software")
        told(larkfield, "old", 77, cleared_at=datetime(2026, 2, 1, tzinfo=UTC), category="Software")
        told(larkfield, "euro", 77, currency="EUR", category="Software")
        assert spend_by("category", larkfield.entity, SINCE) == {
            larkfield.category.pk: Spend(2, 1250),
            None: Spend(1, 99),
        }


def test_the_lines_of_a_split_count_where_they_belong_and_the_whole_not_again(larkfield: Tenant) -> None:
    with acting_for(larkfield.id):
        meals = Category.objects.create(name="Meals")
        lines = (IncomingLine(Money(300, "USD"), category="Meals"), IncomingLine(Money(700, "USD")))
        told(larkfield, "c-1", 1000, category="Software", lines=lines)
        assert spend_by("category", larkfield.entity, SINCE) == {
            meals.pk: Spend(1, 300),
            larkfield.category.pk: Spend(1, 700),
        }
        assert spend_by("card", larkfield.entity, SINCE) == {larkfield.card.pk: Spend(1, 1000)}


def test_a_lines_own_tag_takes_its_money_from_the_tag_of_the_whole(larkfield: Tenant) -> None:
    with acting_for(larkfield.id):
        group = TagGroup.objects.create(name="Project")
        apollo, gemini = (Tag.objects.create(group=group, name=name) for name in ("Apollo", "Gemini"))
        lines = (IncomingLine(Money(300, "USD"), tags={"Project": "Gemini"}), IncomingLine(Money(700, "USD")))
        told(larkfield, "c-1", 1000, tags={"Project": "Apollo"}, lines=lines)
        told(larkfield, "c-2", 5, tags={"Project": "Apollo"})
        assert spend_by("tag", larkfield.entity, SINCE) == {apollo.pk: Spend(2, 705), gemini.pk: Spend(1, 300)}


def test_a_bank_account_counts_the_statements_paid_from_it(larkfield: Tenant) -> None:
    with acting_for(larkfield.id):
        bank = BankAccount.objects.create(entity=larkfield.entity, external_id="b-1", name="Checking")
        told(larkfield, "paid", -5000, kind=DocumentKind.PAYMENT, bank_account="b-1")
        told(larkfield, "c-1", 1000)
        assert spend_by("bank_account", larkfield.entity, SINCE) == {bank.pk: Spend(1, 5000)}

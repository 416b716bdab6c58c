"""What each kind of movement on a card becomes in the books, to the cent."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction

from integrations.mapping.reasons import ReasonCode
from integrations.mapping.slots import MappingSlot
from integrations.models import ExternalLink, JobState, Reference
from integrations.services import MappingKey
from integrations.sync.marks import mark_of
from ledger.domain.documents import DocumentKind, Stage
from ledger.domain.money import Money
from ledger.models import BankAccount, Department, Tag, TagGroup
from tests.integrations.conftest import NOON, Office
from tests.integrations.test_engine import let_time_pass, state_of, states


def accounts(purchase: dict[str, Any]) -> list[tuple[str, float]]:
    """Of each line, in their order."""
    return [(line["AccountBasedExpenseLineDetail"]["AccountRef"]["name"], line["Amount"]) for line in purchase["Line"]]


def test_a_refund_is_a_credit_and_says_of_which_charge(books: Office) -> None:
    charge = books.record("c-1", "100.00", category="Travel")
    refund = books.record("r-1", "40.25", kind=DocumentKind.REFUND, refund_of="c-1", category="")
    books.work()
    [_, credit] = sorted(books.sandbox.purchases(), key=lambda row: bool(row.get("Credit")))
    assert (credit["Credit"], credit["TotalAmt"]) == (True, 40.25)
    assert accounts(credit) == [("Travel, air", 40.25)], "the category of its charge"
    assert f"Refund of {mark_of(charge.public_id)}." in credit["PrivateNote"]
    assert credit["PrivateNote"].endswith(f" {mark_of(refund.public_id)}")
    assert books.sandbox.postings() == {"2110": Decimal("-59.75"), "6210": Decimal("59.75")}


def test_a_refund_follows_its_charge_into_another_category(books: Office) -> None:
    books.record("c-1", "100.00", category="Travel")
    books.record("r-1", "40.25", kind=DocumentKind.REFUND, refund_of="c-1", category="")
    books.work()
    books.record("c-1", "100.00", category="Software")
    books.work()
    assert books.sandbox.postings() == {"2110": Decimal("-59.75"), "6020": Decimal("59.75")}
    books.record("c-1", "100.00", category="Software", memo="Nothing that a refund has of it")
    books.work()
    assert [row["SyncToken"] for row in books.sandbox.purchases() if row.get("Credit")] == ["1"]


def test_a_refund_with_a_category_of_its_own_keeps_it(books: Office) -> None:
    books.record("c-1", "100.00", category="Software")
    books.record("r-1", "40.25", kind=DocumentKind.REFUND, refund_of="c-1", category="Software")
    books.work()
    books.record("c-1", "100.00", category="Travel")
    books.work()
    assert books.sandbox.postings()["6020"] == Decimal("-40.25")


def test_a_split_is_one_purchase_with_all_its_lines(books: Office) -> None:
    lines = [
        ("10.00", {"category": "Travel", "memo": "Train"}),
        ("20.01", {}),
        ("30.02", {"category": "Travel"}),
    ]
    document = books.record("c-1", "60.03", memo="Berlin", lines=lines)
    books.work()
    [purchase] = books.sandbox.purchases()
    assert purchase["TotalAmt"] == 60.03
    assert accounts(purchase) == [("Travel, air", 10), ("Software", 20.01), ("Travel, air", 30.02)]
    assert [line["Description"] for line in purchase["Line"]] == [
        "Figma Inc: Train",
        "Figma Inc: Berlin",
        "Figma Inc: Berlin",
    ]
    entry = state_of(document.pk).coding["entry"]
    assert [line["minor"] for line in entry] == [1000, 2001, 3002, -6003]


def test_a_refund_may_be_split_too(books: Office) -> None:
    books.record("r-1", "30.00", kind=DocumentKind.REFUND, lines=[("10.00", {"category": "Travel"}), ("20.00", {})])
    books.work()
    assert books.sandbox.postings() == {"2110": 30, "6210": -10, "6020": -20}


def test_a_statement_payment_is_a_transfer_from_the_bank_to_the_card(books: Office) -> None:
    document = books.record("p-1", "250.00", kind=DocumentKind.PAYMENT, merchant="Flex")
    books.work()
    [transfer] = books.sandbox.objects("Transfer")
    assert (transfer["Amount"], transfer["TxnDate"]) == (250, "2026-11-19")
    assert transfer["PrivateNote"].endswith(mark_of(document.public_id))
    assert books.sandbox.purchases() == []
    assert books.sandbox.postings() == {"1010": -250, "2110": 250}
    assert (state_of(document.pk).state, state_of(document.pk).external_kind) == (JobState.DONE, "Transfer")


def test_a_bank_account_of_its_own_pays_from_where_it_is_mapped(books: Office) -> None:
    with transaction.atomic():
        bank = BankAccount.objects.create(entity=books.tenant.entity, external_id="bank-1", name="House bank")
        savings = Reference.objects.get(number="1020").pk
    books.choose({MappingKey(MappingSlot.BANK_ACCOUNT, bank.pk): savings})
    books.record("p-1", "250.00", kind=DocumentKind.PAYMENT, bank_account="bank-1")
    books.record("p-2", "1.00", kind=DocumentKind.PAYMENT)
    books.work()
    assert books.sandbox.postings() == {"1020": -250, "1010": -1, "2110": 251}


@pytest.mark.parametrize(
    ("kind", "account", "credit"), [(DocumentKind.FEE, "6610", False), (DocumentKind.CASHBACK, "4950", True)]
)
def test_fees_and_cashback_go_to_their_own_accounts(
    books: Office, kind: DocumentKind, account: str, credit: bool
) -> None:
    books.record("x-1", "5.55", kind=kind, merchant="Flex", category="")
    books.work()
    [purchase] = books.sandbox.purchases()
    assert (bool(purchase.get("Credit")), "EntityRef" in purchase) == (credit, False)
    owed = Decimal("5.55") * kind.sign
    assert books.sandbox.postings() == {"2110": -owed, account: owed}


def test_every_kind_and_their_sums_in_one_batch(books: Office) -> None:
    for number in range(4):
        books.record(f"c-{number}", f"{number + 10}.0{number}")
        books.record(f"r-{number}", f"{number + 1}.00", kind=DocumentKind.REFUND)
        books.record(f"f-{number}", "0.50", kind=DocumentKind.FEE)
        books.record(f"b-{number}", "0.25", kind=DocumentKind.CASHBACK)
        books.record(f"p-{number}", "3.00", kind=DocumentKind.PAYMENT)
    books.work()
    assert states() == {JobState.DONE: 20}
    with transaction.atomic():
        kinds = list(ExternalLink.objects.order_by("external_kind").values_list("external_kind", flat=True))
    assert kinds == ["Purchase"] * 16 + ["Transfer"] * 4


def test_what_was_paid_abroad_says_how_it_was_paid(books: Office) -> None:
    books.record("c-1", "12.30", original=Money(1099, "EUR"), approved_by="Priya Raman", approved_at=NOON)
    books.work()
    [purchase] = books.sandbox.purchases()
    assert "Approved by Priya Raman on 19 Nov 2026. Paid as EUR 10.99. FX-" in purchase["PrivateNote"]


def test_tags_and_departments_become_class_and_location(books: Office) -> None:
    with transaction.atomic():
        sales = Department.objects.create(name="Sales team")
        project = TagGroup.objects.create(name="Project")
        apollo = Tag.objects.create(group=project, name="Apollo")
        product = books.tenant.department
    books.map_dimensions("class", {apollo: "Product", sales: "Sales"})
    books.map_dimensions("location", {product: "Boston"})
    lines = [("10.00", {"tags": {"Project": "Apollo"}}), ("2.30", {"department": "Sales team"})]
    books.record("c-1", "12.30", department="Product", lines=lines)
    books.work()
    [purchase] = books.sandbox.purchases()
    assert purchase["DepartmentRef"]["name"] == "Boston"
    details = [line["AccountBasedExpenseLineDetail"] for line in purchase["Line"]]
    assert [detail["ClassRef"]["name"] for detail in details] == ["Product", "Sales"]


def test_a_split_over_two_locations_is_held(books: Office) -> None:
    with transaction.atomic():
        sales = Department.objects.create(name="Sales team")
    books.map_dimensions("location", {books.tenant.department: "Boston", sales: "New York"})
    lines = [("10.00", {"department": "Product"}), ("2.30", {"department": "Sales team"})]
    document = books.record("c-1", "12.30", lines=lines)
    books.work()
    state = state_of(document.pk)
    assert (state.state, [reason.code for reason in state.reasons]) == (
        JobState.HELD,
        [ReasonCode.SPLIT_OVER_SEVERAL],
    )
    assert books.map_dimensions("location", {sales: "Boston"}) == 1
    books.work()
    assert state_of(document.pk).state == JobState.DONE


def test_a_value_that_was_made_inactive_in_the_books_is_named_before_anything_is_sent(books: Office) -> None:
    books.map_dimensions("class", {books.tenant.department: "Product"})
    with transaction.atomic():
        Reference.objects.filter(dimension="class", name="Product").update(active=False)
    document = books.record("c-1", department="Product")
    books.work()
    assert [reason.sentence for reason in state_of(document.pk).reasons] == ["Class Product is inactive in the books."]


def test_what_is_pending_waits_until_it_clears(books: Office) -> None:
    document = books.record("c-1", "50.00", stage=Stage.PENDING, cleared_at=None)
    books.work()
    assert (states(), books.sandbox.purchases()) == ({}, [])
    books.record("c-1", "48.20")
    books.work()
    [purchase] = books.sandbox.purchases()
    assert (purchase["TotalAmt"], state_of(document.pk).state) == (48.2, JobState.DONE)
    assert purchase["PrivateNote"].endswith(f"{mark_of(document.public_id)}/2")


def test_a_pending_one_that_never_clears_is_never_sent(books: Office) -> None:
    document = books.record("c-1", stage=Stage.PENDING, cleared_at=None)
    books.record("c-1", stage=Stage.REVERSED, cleared_at=None)
    books.work()
    state = state_of(document.pk)
    assert (state.state, [reason.code for reason in state.reasons]) == (JobState.EXCLUDED, [ReasonCode.REVERSED])
    assert books.sandbox.purchases() == []


def test_of_a_batch_that_was_refused_for_its_token_some_may_be_done(books: Office) -> None:
    """Transfers, of which no number would betray a double. The token expires after five of them, and once more."""
    books.sandbox.plan_fault(kind="expired_token", operation="create", skip=5)
    books.sandbox.plan_fault(kind="expired_token", entity="batch", skip=1)
    books.charge(*[f"p-{number}" for number in range(12)], kind=DocumentKind.PAYMENT, category="")
    books.work()
    assert len(books.sandbox.objects("Transfer")) == 5
    let_time_pass(minutes=5)
    books.work()
    assert len(books.sandbox.objects("Transfer")) == 12
    assert states() == {JobState.DONE: 12}

"""Bills and payments by API: taken in once, changed by telling them again, and never settled by more than is open."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from ledger.models import (
    ApiToken,
    BankAccount,
    Bill,
    DocumentLine,
    LedgerEvent,
    Scope,
    Settlement,
    SourceDocument,
    Vendor,
)
from ledger.services.api_keys import make_token
from ledger.tenancy.context import acting_for
from tests.cast import Cast
from tests.ledger.caller import Issuer
from tests.payables import Payables

BILLS, PAYMENTS = "/api/v1/bills", "/api/v1/bill-payments"


@pytest.fixture(autouse=True)
def vendors(transactional_db: None, cast: Cast) -> None:
    with acting_for(cast.larkfield.id), transaction.atomic():
        for name in ("Staples", "Harbour Freight"):
            Vendor.objects.create(name=name, name_key=name.casefold())
        BankAccount.objects.create(entity=cast.larkfield.entity, external_id="bank-1", name="Checking")


def bill(external_id: str = "b-1", amount: str = "100.00", **values: Any) -> dict[str, Any]:
    told = {
        "external_id": external_id,
        "entity": "Larkfield Inc.",
        "vendor": "Staples",
        "number": "INV-1",
        "dated": "2026-11-02",
        "due_on": "2026-11-16",
        "amount": amount,
        "currency": "USD",
        "lines": [{"amount": amount, "memo": "Paper"}],
    }
    return {**told, **values}


def payment(external_id: str = "p-1", amount: str = "100.00", **values: Any) -> dict[str, Any]:
    told = {
        "external_id": external_id,
        "dated": "2026-11-16",
        "bank_account": "bank-1",
        "currency": "USD",
        "bills": [{"bill": "b-1", "amount": amount}],
    }
    return {**told, **values}


def errors(response: Any) -> dict[str, list[str]]:
    assert response.status_code == 400, response.content
    fields: dict[str, list[str]] = response.json()["error"]["fields"]
    return fields


def test_a_bill_is_taken_in_once_and_shown_as_it_was_told(issuer: Issuer) -> None:
    assert issuer.post(bill(), at=BILLS).status_code == 201
    again = issuer.post(bill(), at=BILLS)
    assert (again.status_code, again.json()["existing"]) == (200, 1)
    [shown] = issuer.list(BILLS)
    told = bill()
    assert {name: shown[name] for name in told if name != "lines"} == {n: v for n, v in told.items() if n != "lines"}
    assert (shown["stage"], shown["open_amount"], shown["revision"]) == ("open", "100.00", 1)
    assert [(line["amount"], line["memo"]) for line in shown["lines"]] == [("100.00", "Paper")]
    assert issuer.ask(f"{BILLS}/{shown['id']}").json()["external_id"] == "b-1"


def test_what_a_bill_says_otherwise_is_its_next_revision_and_told_in_the_trail(issuer: Issuer, cast: Cast) -> None:
    issuer.post(bill(), at=BILLS)
    changed = issuer.post(bill(amount="120.00", number="INV-2"), at=BILLS)
    assert changed.json()["changed"] == 1
    [shown] = issuer.list(BILLS)
    assert (shown["revision"], shown["amount"], shown["open_amount"]) == (2, "120.00", "120.00")
    with acting_for(cast.larkfield.id), transaction.atomic():
        event = LedgerEvent.objects.latest("id")
        assert event.detail == "amount from $100.00 to $120.00, vendor's number from INV-1 to INV-2 and lines or tags"
        assert DocumentLine.objects.count() == 1


def test_a_payment_settles_in_part_and_a_void_one_opens_again(issuer: Issuer) -> None:
    issuer.post(bill(), at=BILLS)
    assert issuer.post(payment(amount="30.00"), at=PAYMENTS).status_code == 201
    assert issuer.list(BILLS)[0]["open_amount"] == "70.00"
    [shown] = issuer.list(PAYMENTS)
    assert (shown["amount"], shown["vendor"], shown["bills"]) == (
        "30.00",
        "Staples",
        [{"bill": "b-1", "amount": "30.00"}],
    )
    issuer.post(payment(amount="30.00", stage="void"), at=PAYMENTS)
    assert issuer.list(BILLS)[0]["open_amount"] == "100.00"


def test_credits_are_used_up_by_payments(issuer: Issuer) -> None:
    credit = bill("k-1", "25.00", kind="vendor_credit", due_on=None, number="CR-1")
    issuer.post([bill(), credit], at=BILLS)
    answer = issuer.post(payment(credits=[{"credit": "k-1", "amount": "25.00"}]), at=PAYMENTS)
    assert answer.status_code == 201, answer.content
    assert issuer.list(PAYMENTS)[0]["amount"] == "75.00"
    assert {row["external_id"]: row["open_amount"] for row in issuer.list(BILLS)} == {"b-1": "0.00", "k-1": "0.00"}


@pytest.mark.parametrize(
    ("told", "field", "sentence"),
    [
        (payment(amount="100.01"), "bills", "Bill “b-1” is open with $100.00, less than $100.01."),
        (payment(bills=[{"bill": "b-9", "amount": "1.00"}]), "bills", "There is no bill “b-9”."),
        (payment(bank_account="bank-9"), "bank_account", "There is no bank account “bank-9”."),
        (payment(card="card-9"), "card", "There is no card “card-9”."),
        (payment(currency="EUR"), "bills", "Bill “b-1” is in USD."),
        (payment(stage="void"), "stage", "Only a payment that is on record can be made void."),
        (
            payment(bills=[{"bill": "b-1", "amount": "0"}]),
            "bills",
            "b-1: An amount is above zero; the kind says which way it goes.",
        ),
        (payment(dated="2031-01-01"), "dated", "2031-01-01 lies in the future."),
    ],
)
def test_what_cannot_be_paid_is_refused_at_its_field(
    issuer: Issuer, told: dict[str, Any], field: str, sentence: str
) -> None:
    issuer.post(bill(), at=BILLS)
    assert sentence in errors(issuer.post(told, at=PAYMENTS))[field]
    assert issuer.list(PAYMENTS) == []


@pytest.mark.parametrize(
    ("told", "field"),
    [
        (bill(entity="Nobody Inc."), "entity"),
        (bill(vendor="Nobody"), "vendor"),
        (bill(lines=[]), "lines"),
        (bill(lines=[{"amount": "99.99"}]), "lines"),
        (bill(lines=[{"amount": "100.00", "category": "None such"}]), "lines"),
        (bill(due_on="2026-11-01"), "due_on"),
        (bill(dated="2031-01-01", due_on=None), "dated"),
        (bill(amount="1e3"), "amount"),
        (bill(currency="XXX"), "currency"),
        (bill(stage="void"), "stage"),
        (bill(number="9" * 41), "number"),
        (bill(colour="red"), "colour"),
    ],
)
def test_what_no_bill_can_be_is_refused_at_its_field(issuer: Issuer, told: dict[str, Any], field: str) -> None:
    assert field in errors(issuer.post(told, at=BILLS))
    assert issuer.list(BILLS) == []


def test_of_two_payments_of_the_same_rest_in_one_list_the_second_is_refused(issuer: Issuer) -> None:
    issuer.post(bill(), at=BILLS)
    answer = issuer.post([payment("p-1", "60.00"), payment("p-2", "60.00")], at=PAYMENTS)
    assert answer.status_code == 207
    assert [row["result"] for row in answer.json()["results"]] == ["created", "refused"]


def test_a_payment_told_anew_gives_back_what_it_had_taken(issuer: Issuer) -> None:
    issuer.post(bill(), at=BILLS)
    issuer.post(payment(amount="60.00"), at=PAYMENTS)
    assert issuer.post(payment(amount="100.00"), at=PAYMENTS).json()["changed"] == 1
    assert issuer.list(BILLS)[0]["open_amount"] == "0.00"


@pytest.mark.parametrize("at", [BILLS, PAYMENTS])
def test_a_name_stands_in_a_list_once(issuer: Issuer, at: str) -> None:
    issuer.post(bill(), at=BILLS)
    told = [bill("b-2"), bill("b-2")] if at == BILLS else [payment(amount="1.00"), payment(amount="2.00")]
    results = issuer.post(told, at=at).json()["results"]
    assert [row["result"] for row in results] == ["created", "refused"]
    assert results[1]["errors"] == {"external_id": ["It stands in this list more than once."]}


def test_a_bill_of_the_neighbours_vendor_is_of_nobody(issuer: Issuer, neighbour: Issuer, cast: Cast) -> None:
    with acting_for(cast.brightwell.id), transaction.atomic():
        Vendor.objects.create(name="Theirs", name_key="theirs")
    assert "There is no vendor “Theirs”." in errors(issuer.post(bill(vendor="Theirs"), at=BILLS))["vendor"]
    issuer.post(bill(), at=BILLS)
    assert neighbour.list(BILLS) == []
    assert neighbour.ask(f"{BILLS}/{issuer.list(BILLS)[0]['id']}").status_code == 404
    assert "There is no bill “b-1”." in errors(neighbour.post(payment(bank_account=""), at=PAYMENTS))["bills"]


def test_a_key_without_the_scope_is_turned_away(cast: Cast) -> None:
    with acting_for(cast.larkfield.id), transaction.atomic():
        key = make_token(name="Cards only", scopes=[Scope.WRITE_TRANSACTIONS], made_by=cast.larkfield.admin)
        assert ApiToken.objects.count() == 2
    assert Issuer(f"Bearer {key}").post(bill(), at=BILLS).status_code == 403
    assert Issuer(f"Bearer {key}").ask(PAYMENTS).status_code == 403


@pytest.mark.parametrize("at", [BILLS, PAYMENTS])
def test_a_longer_list_takes_as_many_statements_as_a_short_one(issuer: Issuer, at: str) -> None:
    counts = []
    for number in (2, 30):
        bills = [bill(f"b-{number}-{one}") for one in range(number)]
        paid = [
            payment(f"p-{number}-{one}", bills=[{"bill": f"b-{number}-{one}", "amount": "1.00"}])
            for one in range(number)
        ]
        if at == PAYMENTS:
            issuer.post(bills, at=BILLS)
        with CaptureQueriesContext(connection) as statements:
            assert issuer.post(bills if at == BILLS else paid, at=at).status_code == 201
        counts.append(len(statements))
        with CaptureQueriesContext(connection) as statements:
            issuer.ask(at, page_size=number)
        counts.append(len(statements))
    assert counts[:2] == counts[2:]


# --- what the database itself refuses --------------------------------------------------------------------------------


def pay_too_much() -> None:
    Settlement.objects.update(amount_minor=10_001)
    SourceDocument.objects.filter(external_id="p-1").update(amount_minor=-10_001)


def owe_too_little() -> None:
    SourceDocument.objects.filter(external_id="b-1").update(amount_minor=5_999)
    DocumentLine.objects.update(amount_minor=5_999)


def pay_another_sum() -> None:
    Settlement.objects.update(amount_minor=5_000)


def take_its_parts_away() -> None:
    Settlement.objects.all().delete()


def make_one_without_lines() -> None:
    document = SourceDocument.objects.get(external_id="b-1")
    document.pk, document.external_id, document.public_id = None, "b-2", uuid4()
    document.save()
    Bill.objects.create(document=document, vendor=Vendor.objects.get(name="Staples"))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (pay_too_much, "would be settled"),
        (owe_too_little, "would be settled"),
        (pay_another_sum, "add up"),
        (take_its_parts_away, "add up"),
        (make_one_without_lines, "no lines"),
    ],
)
def test_no_commit_leaves_what_does_not_tie_out(cast: Cast, change: Callable[[], None], words: str) -> None:
    payables = Payables(cast.larkfield)
    payables.bill("b-1", "100.00")
    payables.pay("p-1", {"b-1": "60.00"})
    with acting_for(cast.larkfield.id), pytest.raises(IntegrityError, match=words), transaction.atomic():
        change()

"""Foreign money: compared before anything is sent, posted at the rate of the books, with a vendor in its currency."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction

from integrations import services
from integrations.mapping.reasons import Reason, ReasonCode
from integrations.models import ExchangeRate, JobState, SyncAttempt
from integrations.selectors import companies_worth_a_look
from ledger.domain.documents import DocumentKind
from ledger.domain.money import Money
from ledger.models import Entity
from tests.integrations.conftest import NOON, Office
from tests.integrations.test_engine import state_of, states

MARLOW = "9341450000000053"
DAY = NOON.date()


@pytest.fixture
def abroad(office: Office) -> Office:
    """Marlow & Quay in pounds, with a card in euros."""
    entity = office.tenant.entity
    with transaction.atomic():
        Entity.objects.filter(pk=entity.pk).update(currency="GBP")
        entity.refresh_from_db()
    office.connect(MARLOW)
    office.map(card="2155", default="7500", Software="7700", bank="1200")
    return office


def charged(office: Office, external_id: str = "c-1", **values: Any) -> int:
    return office.record(external_id, currency="EUR", **values).pk


def purchases(office: Office) -> list[dict[str, Any]]:
    """Ours: the company comes with some of its own."""
    return [row for row in office.sandbox.purchases(MARLOW) if row.get("DocNumber", "").startswith("FX-")]


def rate_of_the_books(office: Office) -> Decimal:
    with transaction.atomic():
        return ExchangeRate.objects.get(currency="EUR", day=DAY).rate


def test_a_foreign_card_posts_in_its_currency_at_the_rate_of_the_books(abroad: Office) -> None:
    document = charged(abroad, merchant="Hafen Spedition GmbH")
    abroad.work()
    [purchase] = purchases(abroad)
    rate = rate_of_the_books(abroad)
    assert (purchase["CurrencyRef"]["value"], Decimal(str(purchase["ExchangeRate"]))) == ("EUR", rate.normalize())
    assert (purchase["TotalAmt"], purchase["EntityRef"]["name"]) == (12.3, "Hafen Spedition GmbH")
    told = f"1 EUR = {rate.normalize():f} GBP on 19 Nov 2026, the rate of the books."
    assert state_of(document).coding["why"]["rate"] == told
    with transaction.atomic():
        assert SyncAttempt.objects.get().remark == told


def test_a_rate_is_asked_once_for_all_of_a_day(abroad: Office) -> None:
    for number in range(3):
        charged(abroad, f"c-{number}")
        abroad.work()
    assert states() == {JobState.DONE: 3}
    with transaction.atomic():
        assert ExchangeRate.objects.count() == 1
    abroad.sandbox.plan_fault(kind="fault", realm=MARLOW, entity="ExchangeRate", operation="*", code="5020", times=None)
    charged(abroad, "c-4")
    abroad.work()
    assert states() == {JobState.DONE: 4}


def test_without_a_rate_it_is_held_and_asked_for_again(abroad: Office) -> None:
    abroad.sandbox.plan_fault(
        kind="fault", realm=MARLOW, entity="ExchangeRate", operation="*", code="2500", detail="No rate that day"
    )
    document = charged(abroad)
    abroad.work()
    [reason] = state_of(document).reasons
    assert (state_of(document).state, reason.code) == (JobState.HELD, ReasonCode.NO_RATE)
    assert reason.subject.startswith("EUR on 19 Nov 2026. ")
    assert "No rate that day" in reason.subject
    with transaction.atomic():
        [tie] = companies_worth_a_look()
    assert services.look_again(tie) == 1
    abroad.work()
    assert state_of(document).state == JobState.DONE


def test_a_change_of_a_foreign_charge_keeps_its_rate(abroad: Office) -> None:
    charged(abroad)
    abroad.work()
    [before] = purchases(abroad)
    charged(abroad, amount="99.00")
    abroad.work()
    [after] = purchases(abroad)
    assert (after["TotalAmt"], after["ExchangeRate"]) == (99, before["ExchangeRate"])


def test_a_card_account_in_another_currency_than_the_charge_is_said_before_anything_is_sent(abroad: Office) -> None:
    document = abroad.record("c-1", currency="GBP").pk
    other = abroad.record("c-2", currency="USD").pk
    abroad.work()
    says = "the charge is in {}, 2155 Euro card in EUR"
    assert state_of(document).reasons == (Reason(ReasonCode.ACCOUNT_CURRENCY, says.format("GBP")),)
    assert state_of(other).reasons == (Reason(ReasonCode.ACCOUNT_CURRENCY, says.format("USD")),)
    with transaction.atomic():
        assert not SyncAttempt.objects.exists()
    assert abroad.map(card="2150", default="7500", Software="7700", bank="1200") == 2
    abroad.work()
    assert state_of(document).state == JobState.DONE


def test_a_payment_of_a_foreign_card_goes_out_at_the_rate(abroad: Office) -> None:
    abroad.record("p-1", currency="EUR", kind=DocumentKind.PAYMENT, amount="100.00")
    abroad.work()
    [transfer] = [row for row in abroad.sandbox.objects("Transfer", MARLOW) if "FX-" in row["PrivateNote"]]
    assert (transfer["CurrencyRef"]["value"], transfer["Amount"]) == ("EUR", 100)
    assert Decimal(str(transfer["ExchangeRate"])) == rate_of_the_books(abroad)


def test_a_vendor_in_another_currency_is_not_used(abroad: Office) -> None:
    document = charged(abroad, merchant="Cloudline Inc")
    abroad.work()
    [purchase] = purchases(abroad)
    assert "EntityRef" not in purchase
    assert state_of(document).coding["why"]["vendor"] == (
        "Vendor Cloudline Inc is kept in USD, and there is no vendor named Cloudline Inc (EUR); "
        "the merchant stands in the description."
    )


def test_a_twin_in_the_currency_is_used(abroad: Office) -> None:
    made = abroad.accountant().post("vendor", {"DisplayName": "Cloudline Inc (EUR)", "CurrencyRef": {"value": "EUR"}})
    if made["Vendor"]["CurrencyRef"]["value"] != "EUR":
        pytest.fail("the sandbox is told to keep the currency of a new vendor")
    services.read_references(abroad.connection.pk)
    charged(abroad, merchant="Cloudline Inc")
    abroad.work()
    assert [purchase["EntityRef"]["name"] for purchase in purchases(abroad)] == ["Cloudline Inc (EUR)"]


def test_where_vendors_are_made_a_twin_is_made_in_the_currency(abroad: Office) -> None:
    abroad.choose({}, create_vendors=True)
    charged(abroad, "c-1", merchant="Cloudline Inc")
    charged(abroad, "c-2", merchant="Brand New SARL")
    charged(abroad, "c-3", merchant="Brand New SARL")
    abroad.work()
    vendors = {row["DisplayName"]: row["CurrencyRef"]["value"] for row in abroad.sandbox.objects("Vendor", MARLOW)}
    assert (vendors["Cloudline Inc (EUR)"], vendors["Brand New SARL (EUR)"]) == ("EUR", "EUR")
    assert states() == {JobState.DONE: 3}


def test_a_foreign_charge_on_a_home_card_keeps_what_the_network_settled(books: Office) -> None:
    books.record("c-1", amount="12.30", original=Money(1130, "EUR"))
    books.work()
    [purchase] = books.sandbox.purchases()
    assert (purchase["TotalAmt"], purchase["CurrencyRef"]["value"]) == (12.3, "USD")
    assert "Paid as EUR 11.30." in purchase["PrivateNote"]


def test_books_of_one_currency_say_so_until_they_hold_others(books: Office) -> None:
    preferences = f"companies/{books.sandbox.US}/preferences"
    document = charged(books)
    books.work()
    assert state_of(document).reasons[0] == Reason(ReasonCode.OTHER_CURRENCY, "EUR, the books are in USD")
    books.sandbox.control("POST", preferences, MultiCurrencyEnabled=True)
    services.read_references(books.connection.pk)
    books.work()
    assert [reason.code for reason in state_of(document).reasons] == [ReasonCode.ACCOUNT_CURRENCY]

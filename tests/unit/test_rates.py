"""What a foreign document needs, and what is said where there is no rate."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.mapping.facts import TransactionFacts
from integrations.mapping.periods import ClosedPolicy, Closing, PeriodChoice
from integrations.mapping.rates import Rate, RateKey, Rates, plain
from integrations.mapping.reasons import Reason, ReasonCode
from integrations.providers.documents import CardCharge
from integrations.providers.errors import Refused
from integrations.providers.quickbooks import payloads, rates
from integrations.sync.plan import Blocked, Books, Send, plan, rate_needed
from ledger.domain.documents import Stage
from ledger.domain.money import Money
from tests.unit.facts import PAPER, STANDS, coded

DAY = PAPER.dated
ABROAD = replace(PAPER, money=Money(4250, "EUR"))
KNOWN = Rates("USD", {("EUR", DAY): Decimal("1.09"), ("EUR", date(2026, 9, 1)): Decimal("1.2")})
MOVED = Closing(date(2026, 8, 31), ClosedPolicy.FIRST_OPEN_DAY)


def planned(books: Books, facts: TransactionFacts = ABROAD) -> Send | Blocked:
    step = plan(facts, coded(), None, books=books)
    assert isinstance(step, Send | Blocked)
    return step


def charge(step: Send | Blocked) -> CardCharge:
    assert isinstance(step, Send)
    assert isinstance(step.write.document, CardCharge)
    return step.write.document


def test_what_is_in_the_currency_of_the_books_has_no_rate() -> None:
    document = charge(planned(Books(rates=KNOWN), PAPER))
    assert document.rate is None
    assert not {"CurrencyRef", "ExchangeRate"} & payloads.purchase(document).keys()


def test_a_foreign_document_carries_its_rate_and_says_so() -> None:
    step = planned(Books(rates=KNOWN))
    body = payloads.purchase(charge(step))
    assert (body["CurrencyRef"], body["ExchangeRate"]) == ({"value": "EUR"}, Decimal("1.09"))
    assert isinstance(step, Send)
    assert step.remark == "1 EUR = 1.09 USD on 14 Aug 2026, the rate of the books."


def test_the_rate_is_that_of_the_day_on_which_it_stands() -> None:
    assert charge(planned(Books(MOVED, KNOWN))).rate == Decimal("1.2")


def test_without_a_rate_it_is_held_with_the_reason() -> None:
    refused = Rates("USD", refused={("EUR", DAY): "EUR is not on the list."})
    assert planned(Books(rates=refused)) == Blocked(
        (Reason(ReasonCode.NO_RATE, "EUR on 14 Aug 2026. EUR is not on the list."),)
    )


@pytest.mark.parametrize(
    ("facts", "books", "needed"),
    [
        (PAPER, Books(rates=KNOWN), None),
        (ABROAD, Books(), None),
        (ABROAD, Books(rates=Rates("USD")), ("EUR", DAY)),
        (ABROAD, Books(MOVED, Rates("USD")), ("EUR", date(2026, 9, 1))),
        (ABROAD, Books(Closing(date(2026, 8, 31)), Rates("USD")), None),
        (replace(ABROAD, stage=Stage.REVERSED), Books(rates=Rates("USD")), None),
    ],
)
def test_what_is_asked_for_is_what_the_plan_uses(facts: TransactionFacts, books: Books, needed: RateKey | None) -> None:
    assert rate_needed(facts, None, books, PeriodChoice.NONE) == needed


def test_what_stands_there_needs_the_rate_of_its_own_day() -> None:
    assert rate_needed(replace(ABROAD, revision=2), STANDS, Books(rates=Rates("USD")), PeriodChoice.NONE) == (
        "EUR",
        DAY,
    )


@given(st.decimals("0.000001", "100000", places=9), st.integers(0, 6))
def test_a_rate_reads_the_same_wherever_it_was_kept(value: Decimal, zeros: int) -> None:
    longer = value + Decimal(0).scaleb(-9 - zeros)
    assert repr(plain(longer)) == repr(plain(value))
    assert plain(value) == value


def test_a_large_rate_is_written_in_full() -> None:
    assert str(plain(Decimal("1E+2"))) == "100"
    assert Rate("KWD", "VND", DAY, plain(Decimal("85000.00"))).sentence.startswith("1 KWD = 85000 VND")


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"ExchangeRate": None},
        {"ExchangeRate": {"SourceCurrencyCode": "EUR"}},
        {"ExchangeRate": {"SourceCurrencyCode": "EUR", "Rate": "much"}},
        {"ExchangeRate": {"SourceCurrencyCode": "EUR", "Rate": 0}},
        {"ExchangeRate": {"SourceCurrencyCode": "EUR", "Rate": -1}},
        {"ExchangeRate": {"SourceCurrencyCode": "EUR", "Rate": "Infinity"}},
        {"ExchangeRate": {"SourceCurrencyCode": "GBP", "Rate": 1.2}},
    ],
)
def test_what_is_no_rate_of_the_currency_is_refused(answer: dict[str, Any]) -> None:
    with pytest.raises(Refused, match="no rate of EUR"):
        rates.read(answer, "EUR")


def test_a_rate_is_read_exactly() -> None:
    answer = {"ExchangeRate": {"SourceCurrencyCode": "EUR", "Rate": Decimal("1.0912345")}}
    assert rates.read(answer, "EUR") == Decimal("1.0912345")

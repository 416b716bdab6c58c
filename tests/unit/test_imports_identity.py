"""The same file twice names the same rows; two equal purchases are two; and the count survives being stored."""

import tracemalloc
from dataclasses import replace
from datetime import date, time
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.imports.errors import Unreadable
from ledger.imports.identity import Occurrences, facts_digest
from ledger.imports.values import TransactionValues

COFFEE = TransactionValues(date(2026, 11, 19), None, "Coffee Bar", Decimal("3.20"), "USD", "4471")
TEA = replace(COFFEE, merchant="Tea Room")
DAY = [COFFEE, TEA, COFFEE, COFFEE]


def names(rows: list[TransactionValues], occurrences: Occurrences | None = None) -> list[str]:
    counting = occurrences or Occurrences()
    return [counting.name(row) for row in rows]


def test_equal_purchases_are_as_many_as_there_are_rows() -> None:
    assert len(set(names(DAY))) == len(DAY)
    assert [name[-2:] for name in names(DAY)] == ["-1", "-1", "-2", "-3"]


def test_the_same_file_twice_names_the_same_rows() -> None:
    assert names(DAY) == names(DAY)


@pytest.mark.parametrize(
    "change",
    [
        {"category": "Meals"},
        {"department": "Sales"},
        {"memo": "with Ann"},
        {"tags": (("Project", "Moon"),)},
        {"amount": Decimal("3.2")},
        {"merchant": " Coffee  Bar"},
        {"card": "•••• 4471"},
    ],
)
def test_coding_a_row_makes_no_other_purchase_of_it(change: dict[str, Any]) -> None:
    assert facts_digest(replace(COFFEE, **change)) == facts_digest(COFFEE)


def test_a_spreadsheet_that_drops_the_zeros_of_a_card_doubles_nothing() -> None:
    masked, dropped = replace(COFFEE, card="XXXX-0815"), replace(COFFEE, card="815")
    assert facts_digest(masked) == facts_digest(dropped) != facts_digest(COFFEE)


@pytest.mark.parametrize(
    "change",
    [
        {"dated": date(2026, 11, 20)},
        {"at": time(10, 40)},
        {"merchant": "coffee bar"},
        {"amount": Decimal("-3.20")},
        {"amount": Decimal("32")},
        {"currency": "EUR"},
        {"card": "4472"},
        {"original_amount": Decimal(3)},
        {"original_currency": "EUR"},
    ],
)
def test_another_fact_is_another_purchase(change: dict[str, Any]) -> None:
    assert facts_digest(replace(COFFEE, **change)) != facts_digest(COFFEE)


def test_a_name_fits_where_external_ids_are_kept() -> None:
    (name,) = names([COFFEE])
    assert name == f"row-{facts_digest(COFFEE)}-1"
    assert len(name) <= 64


@given(rows=st.lists(st.integers(1, 5)), cut=st.integers(0, 20))
def test_whoever_goes_on_counts_on(rows: list[int], cut: int) -> None:
    bought = [replace(COFFEE, amount=Decimal(price)) for price in rows]
    first, rest = bought[:cut], bought[cut:]
    occurrences = Occurrences()
    before = names(first, occurrences)
    news = [occurrences.take_news()]
    middle = names(rest[:2], occurrences)
    news.append(occurrences.take_news())
    assert before + middle + names(rest[2:], Occurrences.of_news(news)) == names(bought)


def test_a_refused_row_keeps_its_name_when_it_comes_alone() -> None:
    second = names([COFFEE, COFFEE])[1]
    mended = replace(COFFEE, category="Meals")
    occurrences = Occurrences()
    assert occurrences.name(mended, carried=second) == second
    assert occurrences.name(COFFEE) == second.removesuffix("2") + "3"
    assert occurrences.name(mended, carried=second) == second
    assert occurrences.name(COFFEE) == second.removesuffix("2") + "4"


@pytest.mark.parametrize("carried", ["", "2", "T-1", f"row-{facts_digest(TEA)}-2", f"row-{facts_digest(COFFEE)}-0"])
def test_a_name_that_is_not_the_rows_own_is_not_taken(carried: str) -> None:
    assert Occurrences().name(COFFEE, carried) == names([COFFEE])[0]


def many(number: int) -> Occurrences:
    occurrences = Occurrences()
    for price in range(number):
        occurrences.name(replace(COFFEE, amount=Decimal(price)))
    return occurrences


def test_a_row_costs_a_few_bytes() -> None:
    tracemalloc.start()
    try:
        occurrences = many(10_000)
        held = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert held < 40 * 10_000
    assert len(occurrences.take_news()) == 12 * 10_000
    assert not occurrences.take_news()


def test_the_number_of_rows_is_limited_and_the_limit_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ledger.imports.identity.MOST_ROWS", 10)
    assert names([COFFEE] * 20)[-1].endswith("-20")
    many(10)
    with pytest.raises(Unreadable, match=r"more than 10 rows without an id\. Split it"):
        many(11)

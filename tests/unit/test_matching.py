"""What a receipt's words say, and to which document they belong."""

import time
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from ledger.domain.clues import Clues, clues_in
from ledger.domain.matching import Candidate, matches, sure
from ledger.domain.money import Money


@pytest.mark.parametrize(
    ("text", "amounts"),
    [
        ("Total $86.04", {"86.04"}),
        ("TOTAL 1,234.56 USD, tax 0.00", {"1234.56"}),
        ("Summe 1.234,56 €", {"1234.56"}),
        ("1 234,56 and 1'234.56", {"1234.56"}),
        ("12.5 % of 100", set()),
        ("10.11.2026", set()),
        ("Order 123456.789", set()),
    ],
)
def test_amounts_are_read_as_they_are_written(text: str, amounts: set[str]) -> None:
    assert clues_in(text).amounts == {Decimal(one) for one in amounts}


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("2026-11-21", {date(2026, 11, 21)}),
        ("21 Nov 2026", {date(2026, 11, 21)}),
        ("Sat, 21st November 2026", {date(2026, 11, 21)}),
        ("November 21, 2026", {date(2026, 11, 21)}),
        ("Sept 1, 2026", {date(2026, 9, 1)}),
        ("11/21/2026", {date(2026, 11, 21)}),
        ("21.11.26", {date(2026, 11, 21)}),
        ("03/04/2026", {date(2026, 4, 3), date(2026, 3, 4)}),
        ("2026-13-45 and 31/31/2026", set()),
    ],
)
def test_days_are_read_in_both_orders_where_nobody_can_tell(text: str, days: set[date]) -> None:
    assert clues_in(text).days == days


STAPLES = Candidate(1, Money(8_604, "USD"), date(2026, 11, 21), ("STAPLES 0042",))
BILL = Candidate(2, Money(648_000, "USD"), date(2026, 11, 16), ("Brightwell Logistics",), number="BL-10482")


def best(text: str, *candidates: Candidate) -> tuple[int, int, str] | None:
    found = matches(clues_in(text), candidates)
    return (found[0].document, found[0].strength, found[0].why) if found else None


@pytest.mark.parametrize(
    ("text", "strength", "why"),
    [
        (
            "Staples, 21 Nov 2026, total 86.04",
            9,
            "$86.04 and “STAPLES 0042” stand in it, and 21 Nov 2026 is its day.",
        ),
        ("Staples 86.04", 7, "$86.04 and “STAPLES 0042” stand in it."),
        ("86.04 on 2026-11-21", 6, "$86.04 stands in it, and 21 Nov 2026 is its day."),
        ("86.04 on 2026-11-23", 5, "$86.04 stands in it, and its day is near 21 Nov 2026."),
        ("86.04", 4, "$86.04 stands in it."),
    ],
)
def test_a_charge_is_known_by_amount_name_and_day_and_the_reason_says_so(text: str, strength: int, why: str) -> None:
    assert best(text, STAPLES) == (1, strength, why)


def test_a_bill_is_known_by_its_number() -> None:
    assert best("Invoice BL-10482 of Brightwell Logistics", BILL) == (
        2,
        6,
        "number BL-10482 and “Brightwell Logistics” stand in it.",
    )


@pytest.mark.parametrize("text", ["Staples, 21 Nov 2026", "85.04 Staples", ""])
def test_a_name_and_a_day_alone_are_nothing(text: str) -> None:
    assert best(text, STAPLES) is None


def test_what_was_paid_abroad_is_known_by_that_amount() -> None:
    abroad = replace(STAPLES, original=Money(7_900, "EUR"))
    found = best("Staples 79,00", abroad)
    assert found is not None
    assert "€79.00" in found[2]


def test_of_two_that_agree_as_well_neither_is_sure() -> None:
    twin = replace(STAPLES, document=3)
    assert sure(matches(clues_in("Staples 86.04"), [STAPLES, twin])) is None
    later = replace(twin, dated=date(2026, 10, 21))
    found = sure(matches(clues_in("Staples 86.04 on 2026-11-21"), [STAPLES, later]))
    assert found is not None
    assert found.document == 1


@pytest.mark.parametrize("text", ["86.04", "86.04 on 2026-11-23"])
def test_an_amount_without_a_name_or_the_day_is_not_sure(text: str) -> None:
    assert sure(matches(clues_in(text), [STAPLES])) is None


@pytest.mark.parametrize(
    "text",
    [
        "STAPLES 86.04 on 1 Sep 2026",
        "Staples, €86.04",
        "Staples EUR 86.04",
    ],
)
def test_a_day_or_a_currency_that_contradicts_leaves_it_to_a_person(text: str) -> None:
    found = matches(clues_in(text), [STAPLES])
    assert found
    assert sure(found) is None


@pytest.mark.parametrize(
    ("name", "text", "known"),
    [
        ("Best Buy", "Best regards, 86.04", False),
        ("Best Buy", "BEST BUY 86.04", True),
        ("Total Energies", "Total 86.04", False),
        ("Total", "Total 86.04", False),
        ("Figma Inc", "Figma 86.04", True),
        ("Hilton Garden Inn", "Hilton 86.04", False),
        ("Uber", "Übersee 86.04", False),
    ],
)
def test_a_name_is_known_by_all_its_telling_words(name: str, text: str, known: bool) -> None:
    [found] = matches(clues_in(text), [replace(STAPLES, names=(name,))])
    assert (f"“{name}”" in found.why) is known


def test_many_numbers_are_read_in_little_time() -> None:
    begun = time.monotonic()
    clues_in("111 " * 5000)
    assert time.monotonic() - begun < 1


def test_nothing_is_read_in_nothing() -> None:
    assert clues_in("") == Clues(words="  ")
    assert matches(clues_in(""), [STAPLES, BILL]) == []

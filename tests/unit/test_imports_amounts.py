"""Amounts are read to the cent or refused, and 1,234 is not taken for 1.234 in silence."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.imports.amounts import (
    AmountTally,
    Convention,
    DecimalMark,
    Figure,
    NotAnAmount,
    looks_like_an_amount,
    read_figure,
)

POINT, COMMA = DecimalMark.POINT, DecimalMark.COMMA
REFUNDS, CHARGES = Convention.REFUNDS_NEGATIVE, Convention.CHARGES_NEGATIVE


@pytest.mark.parametrize(
    ("text", "mark", "number"),
    [
        ("12.30", POINT, "12.30"),
        ("-12.30", POINT, "-12.30"),
        ("+12.30", POINT, "12.30"),
        ("12.30-", POINT, "-12.30"),
        ("- 12.30", POINT, "-12.30"),
        ("−12.30", POINT, "-12.30"),
        ("(12.30)", POINT, "-12.30"),
        ("($1,234.56)", POINT, "-1234.56"),
        ("1,234.56", POINT, "1234.56"),
        ("1,234,567.8", POINT, "1234567.8"),
        ("12,34,567.00", POINT, "1234567.00"),
        ("1 234.56", POINT, "1234.56"),
        ("1\u202f234.56", POINT, "1234.56"),
        ("1'234.56", POINT, "1234.56"),
        ("1’234’567.56", POINT, "1234567.56"),
        ("1,234", POINT, "1234"),
        (".50", POINT, "0.50"),
        ("'12.30", POINT, "12.30"),
        (" 12.30 ", POINT, "12.30"),
        ("1.234,56", COMMA, "1234.56"),
        ("1 234,56", COMMA, "1234.56"),
        ("1\u00a0234,56", COMMA, "1234.56"),
        ("1'234,56", COMMA, "1234.56"),
        ("-1.234.567,8", COMMA, "-1234567.8"),
        ("1.234", COMMA, "1234"),
        ("12", COMMA, "12"),
        ("12,3", COMMA, "12.3"),
    ],
)
def test_a_number_is_read_in_the_way_of_its_column(text: str, mark: DecimalMark, number: str) -> None:
    assert read_figure(text, mark).number == Decimal(number)


@pytest.mark.parametrize(
    ("text", "number", "side", "currency"),
    [
        ("£12.30", "12.30", "", "GBP"),
        ("-£12.30", "-12.30", "", "GBP"),
        ("£-12.30", "-12.30", "", "GBP"),
        ("12.30 €", "12.30", "", "EUR"),
        ("US$ 12.30", "12.30", "", "USD"),
        ("CHF 1'234.50", "1234.50", "", "CHF"),
        ("12.30 usd", "12.30", "", "USD"),
        ("12.30 Euro", "12.30", "", "EUR"),
        ("12.30 CR", "12.30", "CR", ""),
        ("12.30Cr", "12.30", "CR", ""),
        ("DR 12.30", "12.30", "DR", ""),
        ("12.30 Dr.", "12.30", "DR", ""),
        ("£12.30 CR", "12.30", "CR", "GBP"),
    ],
)
def test_signs_beside_a_number_are_understood(text: str, number: str, side: str, currency: str) -> None:
    assert read_figure(text, POINT) == Figure(Decimal(number), side, currency)


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("", POINT),
        ("-", POINT),
        ("twelve", POINT),
        ("12,30", POINT),
        ("1,23", POINT),
        ("1,2345", POINT),
        ("1.234.567", POINT),
        ("1,234 567", POINT),
        ("12.30", COMMA),
        ("1,234.56", COMMA),
        ("12.", POINT),
        ("--12", POINT),
        ("-12-", POINT),
        ("(-12)", POINT),
        ("(12", POINT),
        ("12)", POINT),
        (")12(", POINT),
        ("((12))", POINT),
        ("-12 CR", POINT),
        ("12 CR DR", POINT),
        ("£12 EUR", POINT),
        ("12 apples", POINT),
        ("12%", POINT),
        ("1e5", POINT),
        ("NaN", POINT),
        ("Infinity", POINT),
        ("1_000", POINT),
        ("١٢", POINT),
        ("12:30", POINT),
        ("2026-11-19", POINT),
        ("1" * 60, POINT),
    ],
)
def test_what_is_no_amount_is_refused(text: str, mark: DecimalMark) -> None:
    with pytest.raises(NotAnAmount, match="is not an amount like"):
        read_figure(text, mark)


@pytest.mark.parametrize(
    ("figure", "convention", "amount"),
    [
        (Figure(Decimal(5)), REFUNDS, 5),
        (Figure(Decimal(-5)), REFUNDS, -5),
        (Figure(Decimal(-5)), CHARGES, 5),
        (Figure(Decimal(5)), CHARGES, -5),
        (Figure(Decimal(5), "CR"), REFUNDS, -5),
        (Figure(Decimal(5), "CR"), CHARGES, -5),
        (Figure(Decimal(5), "DR"), CHARGES, 5),
    ],
)
def test_a_charge_is_above_zero_whatever_the_column_says(figure: Figure, convention: Convention, amount: int) -> None:
    assert figure.signed(convention) == amount


@pytest.mark.parametrize("sign", ["$", "kr.", "dollars"])
def test_a_sign_of_several_countries_is_kept_to_be_judged_by_what_else_is_said(sign: str) -> None:
    assert read_figure(f"{sign} 12.30", POINT) == Figure(Decimal("12.30"), vague=sign)


@given(st.decimals(-(10**9), 10**9, places=2))
def test_every_amount_is_read_back_as_it_was_written(number: Decimal) -> None:
    english = f"{number:,}"
    assert read_figure(english, POINT).number == number
    assert read_figure(english.translate({ord(","): ".", ord("."): ","}), COMMA).number == number
    assert read_figure(english.replace(",", " "), POINT).number == number


@given(st.text())
def test_no_text_breaks_the_reading_of_amounts(text: str) -> None:
    looks_like_an_amount(text)


@pytest.mark.parametrize(
    ("values", "mark", "convention", "ambiguous"),
    [
        (["12.30", "1,234.56"], POINT, REFUNDS, ""),
        (["12,30", "1.234,56"], COMMA, REFUNDS, ""),
        (["12", "7"], POINT, REFUNDS, ""),
        (["1,234", "5,678"], POINT, REFUNDS, "5,678"),
        (["1,234", "12,30"], COMMA, REFUNDS, ""),
        (["1.234", "12.30"], POINT, REFUNDS, ""),
        (["-12.30", "-5.00", "7.00"], POINT, CHARGES, ""),
        (["12.30", "5.00", "-7.00"], POINT, REFUNDS, ""),
        (["(12,30)", "(5,00)", "7,00"], COMMA, CHARGES, ""),
        (["n/a", "12.30"], POINT, REFUNDS, ""),
    ],
)
def test_the_way_of_writing_is_told_by_the_values_or_reported_as_ambiguous(
    values: list[str], mark: DecimalMark, convention: Convention, ambiguous: str
) -> None:
    tally = AmountTally()
    for value in values:
        tally.add(value)
    guess = tally.guess()
    assert (guess.format.mark, guess.format.convention, guess.ambiguous) == (mark, convention, ambiguous)
    assert guess.filled == len(values)

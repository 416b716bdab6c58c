"""Money is read exactly or not at all."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.domain.money import Money, NotMoney, exponent, parse_amount

DIGITS = {"USD": 2, "GBP": 2, "EUR": 2, "JPY": 0, "KWD": 3, "CLF": 4}


@pytest.mark.parametrize(("currency", "digits"), DIGITS.items())
def test_a_currency_has_the_decimals_that_iso_4217_gives_it(currency: str, digits: int) -> None:
    assert exponent(currency) == digits


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("12.30", "USD", 1230),
        ("12.3", "USD", 1230),
        ("12", "USD", 1200),
        ("12.300", "USD", 1230),
        ("0.01", "USD", 1),
        ("0", "USD", 0),
        ("-0.05", "USD", -5),
        ("0.1", "GBP", 10),
        ("0.29", "EUR", 29),
        ("1.15", "EUR", 115),
        ("1235", "JPY", 1235),
        ("1235.00", "JPY", 1235),
        ("12.345", "KWD", 12345),
        ("0.0001", "CLF", 1),
        ("1234567.89", "USD", 123456789),
        ("9999999999.99", "USD", 999999999999),
    ],
)
def test_an_amount_is_read_to_the_smallest_unit(text: str, currency: str, minor: int) -> None:
    assert parse_amount(text, currency) == Money(minor, currency)


@pytest.mark.parametrize(
    ("text", "currency", "says"),
    [
        ("12.345", "USD", "more decimals than USD has (2)"),
        ("0.001", "USD", "more decimals"),
        ("12.5", "JPY", "more decimals than JPY has (0)"),
        ("1.2345", "KWD", "more decimals than KWD has (3)"),
        ("NaN", "USD", "is not an amount"),
        ("sNaN", "USD", "is not an amount"),
        ("-NaN", "USD", "is not an amount"),
        ("Infinity", "USD", "is not an amount"),
        ("-inf", "USD", "is not an amount"),
        ("1e400", "USD", "is not an amount"),
        ("-1e400", "USD", "is not an amount"),
        ("10000000000", "USD", "out of range"),
        ("-10000000000", "JPY", "out of range"),
        ("1e9999999", "USD", "is not an amount"),
        ("1e-9999999", "USD", "is not an amount"),
        ("1.0000000000000000000000000000001", "USD", "is not an amount"),
        ("", "USD", "not an amount"),
        ("twelve", "USD", "not an amount"),
        ("12,30", "USD", "not an amount"),
        ("1,234.50", "USD", "not an amount"),
        ("$12.30", "USD", "not an amount"),
        ("0x1F", "USD", "not an amount"),
        ("--1", "USD", "not an amount"),
    ],
)
def test_what_is_no_exact_amount_is_refused_with_its_reason(text: str, currency: str, says: str) -> None:
    with pytest.raises(NotMoney) as refusal:
        parse_amount(text, currency)
    assert says in str(refusal.value)
    assert repr(text) in str(refusal.value)


@pytest.mark.parametrize("currency", ["", "usd", "US", "USDX", "ZZZ", "840", "BTC"])
def test_an_unknown_currency_is_refused(currency: str) -> None:
    with pytest.raises(NotMoney, match=r"is not an ISO 4217 currency\.$"):
        parse_amount("1", currency)


@pytest.mark.parametrize("currency", ["XAU", "XAG", "XDR", "XTS", "XXX"])
def test_metals_and_units_of_account_are_refused(currency: str) -> None:
    with pytest.raises(NotMoney, match=f"^{currency} is not a currency that one can pay in"):
        parse_amount("1", currency)


@pytest.mark.parametrize(
    ("money", "amount", "text"),
    [
        (Money(1230, "USD"), "12.30", "USD 12.30"),
        (Money(5, "USD"), "0.05", "USD 0.05"),
        (Money(-5, "USD"), "-0.05", "USD -0.05"),
        (Money(0, "USD"), "0.00", "USD 0.00"),
        (Money(1235, "JPY"), "1235", "JPY 1235"),
        (Money(12345, "KWD"), "12.345", "KWD 12.345"),
    ],
)
def test_an_amount_keeps_all_decimals_of_its_currency(money: Money, amount: str, text: str) -> None:
    assert str(money.amount) == amount
    assert str(money) == text


@settings(deadline=None)
@given(currency=st.sampled_from(sorted(DIGITS)), data=st.data())
def test_what_is_written_is_read_back_the_same(currency: str, data: st.DataObject) -> None:
    largest = 10 ** (10 + DIGITS[currency]) - 1
    money = Money(data.draw(st.integers(-largest, largest)), currency)
    assert parse_amount(str(money.amount), currency) == money


@settings(deadline=None)
@given(st.decimals(), st.sampled_from(sorted(DIGITS)))
def test_every_decimal_is_read_exactly_or_refused(number: Decimal, currency: str) -> None:
    try:
        money = parse_amount(str(number), currency)
    except NotMoney:
        return
    assert money.amount == number

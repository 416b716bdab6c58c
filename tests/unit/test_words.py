"""Money and counts as a person reads them."""

import pytest

from ledger.domain.money import Money
from ledger.words import MoneyShown, counted, currency_words, listed, money_shown, money_text, sums_text


@pytest.mark.parametrize(
    ("money", "shown"),
    [
        (Money(920416, "USD"), MoneyShown("$", "9,204.16", False, "9,204.16 US dollars")),
        (Money(-920416, "USD"), MoneyShown("$", "9,204.16", True, "minus 9,204.16 US dollars")),
        (Money(1234567890, "USD"), MoneyShown("$", "12,345,678.90", False, "12,345,678.90 US dollars")),
        (Money(0, "USD"), MoneyShown("$", "0.00", False, "0.00 US dollars")),
        (Money(5, "GBP"), MoneyShown("£", "0.05", False, "0.05 British pounds")),
        (Money(100, "EUR"), MoneyShown("€", "1.00", False, "1.00 euros")),
        (Money(1235, "JPY"), MoneyShown("¥", "1,235", False, "1,235 Japanese yen")),
        (Money(-12345678, "JPY"), MoneyShown("¥", "12,345,678", True, "minus 12,345,678 Japanese yen")),
        (Money(12345, "KWD"), MoneyShown("KWD", "12.345", False, "12.345 Kuwaiti dinars")),
        (Money(-5, "KWD"), MoneyShown("KWD", "0.005", True, "minus 0.005 Kuwaiti dinars")),
    ],
)
def test_an_amount_is_shown_with_the_decimals_of_its_currency(money: Money, shown: MoneyShown) -> None:
    assert money_shown(money) == shown


@pytest.mark.parametrize(
    ("money", "text"),
    [
        (Money(920416, "USD"), "$9,204.16"),
        (Money(-920416, "USD"), "−$9,204.16"),
        (Money(1234567890, "USD"), "$12,345,678.90"),
        (Money(999999999999, "USD"), "$9,999,999,999.99"),
        (Money(1235, "JPY"), "¥1,235"),
        (Money(-1, "JPY"), "−¥1"),
        (Money(31000, "GBP"), "£310.00"),
    ],
)
def test_an_amount_in_a_sentence(money: Money, text: str) -> None:
    assert money_text(money) == text


@pytest.mark.parametrize("minor", [1, 10, 29, 115, 100_10, 999_999_999_999, 123_456_789_012])
def test_no_digit_is_lost_on_the_way_to_the_eye(minor: int) -> None:
    assert int(money_shown(Money(minor, "USD")).figure.replace(",", "").replace(".", "")) == minor


@pytest.mark.parametrize(
    ("sums", "text"),
    [
        ([], ""),
        ([Money(920416, "USD")], "$9,204.16"),
        ([Money(920416, "USD"), Money(31000, "GBP")], "$9,204.16 and £310.00"),
        ([Money(100, "USD"), Money(100, "GBP"), Money(100, "JPY")], "$1.00, £1.00 and ¥100"),
        # Two dollars of the world are two currencies, and read so.
        ([Money(100, "USD"), Money(100, "CAD"), Money(100, "AUD")], "$1.00, CA$1.00 and A$1.00"),
    ],
)
def test_sums_of_different_currencies_are_never_added(sums: list[Money], text: str) -> None:
    assert sums_text(iter(sums)) == text


@pytest.mark.parametrize(
    ("currency", "words"),
    [("USD", "US dollars"), ("GBP", "British pounds"), ("JPY", "Japanese yen"), ("CHF", "Swiss francs")],
)
def test_a_currency_has_a_name_that_can_be_read_aloud(currency: str, words: str) -> None:
    assert currency_words(currency) == words


@pytest.mark.parametrize(
    ("parts", "text"),
    [([], ""), (["A"], "A"), (["A", "B"], "A and B"), (["A", "B", "C"], "A, B and C")],
)
def test_a_list_in_a_sentence(parts: list[str], text: str) -> None:
    assert listed(parts) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [(0, "0 items"), (1, "1 item"), (2, "2 items"), (1212, "1,212 items"), (1_000_000, "1,000,000 items")],
)
def test_a_count_agrees_with_its_noun(number: int, text: str) -> None:
    assert counted(number, "item") == text

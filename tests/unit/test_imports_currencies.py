"""A currency is read where it is certain, judged by the books where a sign has several, and never left out."""

import pytest

from ledger.imports.currencies import currency_of, currency_told
from ledger.imports.fields import Field
from ledger.imports.guessing import guess_transactions
from ledger.imports.matching import Matching
from ledger.imports.rows import Row
from ledger.imports.values import Refused, TransactionValues, read_transaction
from tests.unit.csv_files import layout_of, rows_of

FIELDS = (Field.DATE, Field.MERCHANT, Field.CARD, Field.AMOUNT, Field.CURRENCY)


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        *(("GBP", "GBP"), ("gbp", "GBP"), ("£", "GBP"), ("€", "EUR"), ("C$", "CAD"), ("US$", "USD")),
        *(("Euro", "EUR"), ("EUROS", "EUR"), ("pounds sterling", "GBP"), ("US  Dollars", "USD"), ("Yen", "JPY")),
        *(("$", ""), ("kr", ""), ("dollars", ""), ("pounds", ""), ("Fr.", "")),
        *(("XAU", None), ("ZZZ", None), ("", None), ("840", None), ("cash", None)),
    ],
)
def test_a_currency_is_known_certain_or_not_at_all(text: str, currency: str | None) -> None:
    assert currency_of(text) == currency


@pytest.mark.parametrize(
    ("text", "home", "currency"),
    [
        *(("$", "USD", "USD"), ("$", "CAD", "CAD"), ("Dollars", "USD", "USD"), ("pounds", "GBP", "GBP")),
        *(("$", "GBP", ""), ("pounds", "USD", ""), ("$", "", ""), ("€", "USD", "EUR")),
        *(("840", "GBP", "USD"), ("978", "", "EUR"), ("959", "USD", None), ("84", "USD", None)),
    ],
)
def test_a_sign_of_several_countries_is_that_of_the_books(text: str, home: str, currency: str | None) -> None:
    assert currency_told(text, home) == currency


def read(amount: str, currency: str, home: str, default: str = "") -> TransactionValues | Refused:
    matching = Matching({field: place for place, field in enumerate(FIELDS)}, defaults={Field.CURRENCY: default})
    return read_transaction(Row(2, ["2026-11-19", "Staples", "4471", amount, currency]), FIELDS, matching, home)


@pytest.mark.parametrize(
    ("amount", "currency", "home", "default", "read_as"),
    [
        ("13.00", "Euro", "USD", "", "EUR"),
        ("13.00", "€", "USD", "", "EUR"),
        ("13.00", "Dollars", "USD", "", "USD"),
        ("$13.00", "USD", "GBP", "", "USD"),
        ("$13.00", "", "USD", "USD", "USD"),
        ("$13.00", "", "USD", "", "USD"),
        # Whoever said it for rows that do not say it has said whose sign it is.
        ("$13.00", "$", "USD", "CAD", "CAD"),
    ],
)
def test_a_row_is_in_the_currency_that_it_says(
    amount: str, currency: str, home: str, default: str, read_as: str
) -> None:
    values = read(amount, currency, home, default)
    assert isinstance(values, TransactionValues)
    assert values.currency == read_as


@pytest.mark.parametrize(
    ("amount", "currency", "home", "sentence"),
    [
        ("13.00", "$", "GBP", "“$” can be several currencies. Write its three letters, such as USD."),
        ("13.00", "n/a", "USD", "“n/a” is no currency. Write its three letters, such as USD."),
        ("$13.00", "EUR", "USD", "The amount is written with “$”, but its currency is EUR."),
        ("€13.00", "$", "USD", "The amount is written in EUR, but its currency is USD."),
    ],
)
def test_what_is_not_certain_refuses_its_row(amount: str, currency: str, home: str, sentence: str) -> None:
    refused = read(amount, currency, home)
    assert isinstance(refused, Refused)
    assert [(reason.field, reason.sentence) for reason in refused.reasons] == [(Field.CURRENCY, sentence)]


def test_dollars_are_not_taken_for_the_pounds_of_the_books() -> None:
    assert isinstance(read("$13.00", "", "GBP", "GBP"), Refused)


@pytest.mark.parametrize(
    ("name", "values", "is_chosen"),
    [
        ("Currency", ["USD", "Euro", "€"], True),
        ("Currency", ["USD", "DOLLARS"], True),
        ("Currency", ["?", "none"], True),
        ("Currency", ["1", "2"], True),
        ("Billing currency (ISO)", ["$", "€"], True),
        ("Currency conversion rate", ["1.08", "1.09"], False),
        ("Foreign currency fee", ["0.30", "0.20"], False),
    ],
)
def test_a_column_of_currencies_is_never_left_out(name: str, values: list[str], is_chosen: bool) -> None:
    text = "\n".join([f"Date,Merchant,Card,Amount,{name}", *(f"2026-03-02,Staples,4471,10.00,{one}" for one in values)])
    guess = guess_transactions(layout_of(text).columns, rows_of(text))
    assert (Field.CURRENCY in guess.columns) is is_chosen

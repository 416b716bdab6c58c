"""Debit or credit in a column of its own: read by row, guessed by name and values, asked where it cannot be."""

from decimal import Decimal

import pytest

from ledger.imports.fields import Field
from ledger.imports.guessing import guess_transactions
from ledger.imports.matching import Matching, gaps_for_transactions
from ledger.imports.rows import Row
from ledger.imports.sides import SideTally, side_of
from ledger.imports.values import Refused, TransactionValues, read_transaction
from tests.unit.csv_files import layout_of, rows_of

CONTRADICTING = "The sign of the amount and the column that says debit or credit contradict each other."
FIELDS = (Field.DATE, Field.MERCHANT, Field.AMOUNT, Field.CURRENCY, Field.CARD, Field.SIDE)


def read(amount: str, side: str, without: Field | None = None) -> TransactionValues | Refused:
    matching = Matching({field: place for place, field in enumerate(FIELDS) if field is not without})
    return read_transaction(Row(2, ["2026-11-19", "Staples", amount, "USD", "4471", side]), FIELDS, matching)


@pytest.mark.parametrize(
    ("amount", "side", "expected"),
    [
        ("12.30", "D", "12.30"),
        ("12.30", "C", "-12.30"),
        ("12.30", " debit", "12.30"),
        ("12.30", "CREDIT", "-12.30"),
        ("12.30", "Dr.", "12.30"),
        ("12.30 CR", "Cr", "-12.30"),
        ("+12.30", "Sale", "12.30"),
        ("-12.30", "Return", "-12.30"),
        ("12.30", "Return", "-12.30"),
        ("12.30", "S", "12.30"),
        ("12.30", "H", "-12.30"),
        ("12.30", "Débit", "12.30"),
    ],
)
def test_the_column_says_which_way_the_money_went(amount: str, side: str, expected: str) -> None:
    values = read(amount, side)
    assert isinstance(values, TransactionValues)
    assert values.amount == Decimal(expected)


@pytest.mark.parametrize(
    ("amount", "side", "field", "sentence"),
    [
        ("12.30", "", Field.SIDE, "Debit or credit is empty."),
        ("12.30", "Payment", Field.SIDE, "“Payment” is neither debit nor credit."),
        ("-12.30", "D", Field.AMOUNT, CONTRADICTING),
        (
            "12.30 CR",
            "D",
            Field.AMOUNT,
            CONTRADICTING,
        ),
    ],
)
def test_what_is_neither_or_is_said_otherwise_is_refused(amount: str, side: str, field: Field, sentence: str) -> None:
    refused = read(amount, side)
    assert isinstance(refused, Refused)
    assert [(reason.field, reason.sentence) for reason in refused.reasons] == [(field, sentence)]


@pytest.mark.parametrize(
    ("header", "rows", "is_chosen"),
    [
        ("Amount,D/C", ["10.00,D", "4.00,C"], True),
        ("Amount,Debit/Credit", ["10.00,Debit", "4.00,Credit"], True),
        ("Betrag,Soll/Haben", ["10.00,S", "4.00,H"], True),
        ("Amount,Type", ["10.00,Sale", "4.00,Return"], True),
        ("Amount,Richtung", ["10.00,Soll", "4.00,Haben"], True),
        # A minus that nobody can explain: the column is kept, and such rows are refused.
        ("Amount,D/C", ["10.00,D", "4.00,C", "-1.00,D"], True),
        # A payment of the statement looks like a refund, and only the column tells.
        ("Amount,Type", ["-10.00,Sale", "4.00,Return", "500.00,Transfer", "-2.00,Fee"], True),
        ("Amount,Type", ["10.00,Sale", "-4.00,Return", "-500.00,Transfer"], True),
        # The signs say it all, whichever way.
        ("Amount,Type", ["-10.00,Sale", "4.00,Return", "-2.00,Sale"], False),
        ("Amount,Type", ["10.00,Sale", "-4.00,Return"], False),
        ("Amount,Type", ["10.00,Online", "4.00,In store"], False),
        ("Amount,Grade", ["10.00,D", "4.00,D"], False),
        ("Debit,Credit,Type", ["10.00,,D", ",4.00,C"], False),
    ],
)
def test_it_is_chosen_where_nothing_else_says_it(header: str, rows: list[str], is_chosen: bool) -> None:
    text = "\n".join([f"Date,Merchant,Card,{header}", *(f"2026-03-02,Staples,4471,{row}" for row in rows)])
    guess = guess_transactions(layout_of(text).columns, rows_of(text))
    assert (Field.SIDE in guess.columns) is is_chosen
    assert (Field.AMOUNT in guess.columns) is ("Debit,Credit" not in header)


def test_it_stands_beside_one_amount_only() -> None:
    fields = (Field.CHARGE, Field.REFUND, Field.SIDE, Field.DATE, Field.MERCHANT, Field.CARD)
    matching = Matching({field: place for place, field in enumerate(fields)})
    assert set(gaps_for_transactions(matching)) == {Field.SIDE}


def test_a_refund_in_a_column_chosen_by_hand_needs_no_sign() -> None:
    """Of a column that was guessed the signs are looked at; of one that was chosen, what is usual holds."""
    fields = (Field.DATE, Field.MERCHANT, Field.REFUND, Field.CURRENCY, Field.CARD)
    matching = Matching({field: place for place, field in enumerate(fields)})
    row = Row(2, ["2026-11-19", "Staples", "12.30", "USD", "4471"])
    for chosen in (matching, matching.with_money(None, None)):
        values = read_transaction(row, fields, chosen)
        assert isinstance(values, TransactionValues)
        assert values.amount == Decimal("-12.30")


def test_signs_tell_it_only_where_each_goes_with_one_side() -> None:
    assert side_of("payment") is None
    for pairs, told in [
        ([("-1", "D"), ("1", "C")], True),
        ([("1", "D"), ("1", "C")], False),
        ([("-1", "D"), ("1", "D")], False),
        ([("-1", "D")], True),
        ([("-1", "D"), ("1", "C"), ("1", "D")], False),
        ([("-1.000,00", "D"), ("1", "C")], True),
        ([("-1.000,00", "D"), ("1", "C"), ("1", "In store")], True),
        ([("-1.000,00", "D"), ("1", "C"), ("1", "Payment")], False),
    ]:
        tally = SideTally()
        for amount, side in pairs:
            tally.add(amount, side)
        assert tally.is_told_by_signs is told, pairs


@pytest.mark.parametrize(
    ("rows", "amounts"),
    [
        (["-10.00,Sale", "4.00,Return", "500.00,Transfer", "-2.00,Fee"], ["10.00", "-4.00", "", "2.00"]),
        # More payments than purchases do not turn the sign.
        (["-10.00,Sale", "4.00,Return", "500.00,Transfer", "9.00,Transfer"], ["10.00", "-4.00", "", ""]),
        (["10.00,Sale", "-4.00,Return", "-500.00,Transfer", "1.00,Return"], ["10.00", "-4.00", "", "-1.00"]),
    ],
)
def test_a_payment_of_the_statement_is_refused_also_where_signs_tell_the_rest(
    rows: list[str], amounts: list[str]
) -> None:
    text = "\n".join(
        ["Date,Merchant,Card,Currency,Amount,Type", *(f"2026-03-02,Staples,4471,USD,{row}" for row in rows)]
    )
    columns, matching = layout_of(text).columns, guess_transactions(layout_of(text).columns, rows_of(text)).matching()
    read = [read_transaction(row, columns, matching) for row in rows_of(text)]
    assert [str(one.amount) if isinstance(one, TransactionValues) else "" for one in read] == amounts

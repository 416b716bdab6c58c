"""A row whose money has not moved is no transaction yet, where a column says so."""

import pytest

from ledger.imports.fields import Field
from ledger.imports.guessing import guess_transactions
from ledger.imports.matching import Matching
from ledger.imports.rows import Row
from ledger.imports.values import Refused, TransactionValues, read_transaction
from tests.unit.csv_files import layout_of, rows_of

FIELDS = (Field.DATE, Field.MERCHANT, Field.CARD, Field.AMOUNT, Field.CURRENCY, Field.STATUS)


def read(status: str) -> TransactionValues | Refused:
    matching = Matching({field: place for place, field in enumerate(FIELDS)})
    return read_transaction(Row(2, ["2026-11-19", "Staples", "4471", "10.00", "USD", status]), FIELDS, matching)


@pytest.mark.parametrize("status", ["Cleared", "POSTED", " settled ", "Gebucht", "Approved.", ""])
def test_what_has_moved_is_read(status: str) -> None:
    assert isinstance(read(status), TransactionValues)


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        ("Pending", "Its status is “Pending”: import it once it has cleared."),
        ("Declined", "Its status is “Declined”: no money has moved, so there is nothing to record."),
        ("Storniert", "Its status is “Storniert”: no money has moved, so there is nothing to record."),
        ("Refunded", "Its status “Refunded” does not say whether money has moved."),
    ],
)
def test_what_has_not_moved_is_refused(status: str, sentence: str) -> None:
    refused = read(status)
    assert isinstance(refused, Refused)
    assert [(reason.field, reason.sentence) for reason in refused.reasons] == [(Field.STATUS, sentence)]


@pytest.mark.parametrize(
    ("name", "values", "is_chosen"),
    [
        ("Status", ["Cleared", "Declined"], True),
        ("Status", ["Cleared", "Cleared"], True),
        ("State", ["COMPLETED", "REVERTED", "PENDING"], True),
        ("Transaction status", ["Exported", "Declined", "Exported"], True),
        # Whether somebody has looked at it, and where it was, say nothing about the money.
        ("Status", ["Reconciled", "Needs receipt"], False),
        ("Approval status", ["Pending", "Approved"], False),
        ("State", ["NY", "CA"], False),
        ("Notes", ["Pending", "Declined"], False),
    ],
)
def test_the_column_is_found_by_its_name_and_values(name: str, values: list[str], is_chosen: bool) -> None:
    text = "\n".join([f"Date,Merchant,Card,Amount,{name}", *(f"2026-03-02,Staples,4471,10.00,{one}" for one in values)])
    guess = guess_transactions(layout_of(text).columns, rows_of(text))
    assert (Field.STATUS in guess.columns) is is_chosen

"""A line of totals below the rows is no transaction, and does not hide what the columns are."""

import pytest

from ledger.imports.fields import Field
from ledger.imports.guessing import guess_transactions
from ledger.imports.suggestions import suggested
from ledger.imports.totals import is_total
from ledger.imports.values import Refused, TransactionValues, read_transaction
from tests.unit.csv_files import layout_of, rows_of

STATEMENT = """\
Bank of Nowhere
Statement 1 Nov to 22 Nov 2026

Transaction Date,Description,Debit,Credit,Card No.
11/15/2026,TOTAL ENERGIES,"$1,045.00",,XXXX-XXXX-XXXX-4471
11/16/2026,DELTA REFUND,,($20.00),XXXX-XXXX-XXXX-4471
11/17/2026,UBER,14.20,,XXXX-XXXX-XXXX-4471
Total,,"$1,059.20",20.00,
"""


def test_a_short_statement_is_understood_and_its_last_line_refused() -> None:
    columns, rows = layout_of(STATEMENT).columns, rows_of(STATEMENT)
    guess = guess_transactions(columns, rows)
    assert guess.columns[Field.DATE].column == 0
    matching = suggested(guess, "USD").matching
    *read, total = (read_transaction(row, columns, matching) for row in rows)
    assert [type(one) for one in read] == [TransactionValues] * 3
    assert isinstance(total, Refused)
    assert [reason.sentence for reason in total.reasons] == ["It is a line of totals, not a transaction."]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["Total", "", "1,059.20"], True),
        (["", "Totals:", "1,059.20"], True),
        (["Grand total (3 transactions)", "", "1,059.20"], True),
        (["SUMME", "", "9,00"], True),
        (["Sous-total", "", "9,00"], True),
        # A chain of filling stations, and words that only begin alike.
        (["Total", "2026-11-15", "50.00"], False),
        (["2026-11-15", "Total", "50.00"], False),
        (["Totally Toys", "", "50.00"], False),
        (["Summit Hotel", "", "50.00"], False),
        (["", "", ""], False),
    ],
)
def test_it_says_so_first_and_has_no_day(cells: list[str], expected: bool) -> None:
    assert is_total(cells) is expected

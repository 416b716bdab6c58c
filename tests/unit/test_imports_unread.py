"""A column that may change what was paid is named where it is left out, and only there."""

import pytest

from ledger.imports.guessing import guess_transactions
from ledger.imports.unread import unread_money
from tests.unit.csv_files import layout_of, rows_of


@pytest.mark.parametrize(
    ("header", "row", "unread"),
    [
        ("Amount,Fee,Tip", "10.00,0.30,1.50", ["Fee", "Tip"]),
        ("Amount,Fee", "10.00,0.00", []),
        ("Amount,Fee", "10.00,", []),
        ("Amount,VAT amount,Balance,Card fee code", "10.00,2.00,500.00,9", []),
        # It says once more what is read.
        ("Debit,Credit,Amount", "10.00,,-10.00", []),
        ("Debit,Credit,Amount", "10.00,,12.00", ["Amount"]),
        ("Amount,Currency,Billing currency", "10.00,USD,USD", []),
        ("Amount,Currency,Billing currency", "10.00,EUR,USD", ["Billing currency"]),
        ("Amount,Notes", "10.00,0.30", []),
    ],
)
def test_it_is_named_where_it_says_more_than_what_is_read(header: str, row: str, unread: list[str]) -> None:
    text = f"Date,Merchant,Card,{header}\n2026-03-02,Staples,4471,{row}\n"
    columns, rows = layout_of(text).columns, rows_of(text)
    matching = guess_transactions(columns, rows).matching()
    assert unread_money(columns, [one.cells for one in rows], matching) == unread

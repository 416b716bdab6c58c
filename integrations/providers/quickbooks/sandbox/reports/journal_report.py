"""JournalReport: every transaction with its lines, debits beside credits."""

from __future__ import annotations

from itertools import groupby

from ..wire.json import Json
from .desk import Desk
from .detail import Layout, Row
from .general_ledger import row_of
from .ledger import Entry
from .shape import Report, cell, data, padded, section

DEFAULT = ("tx_date", "txn_type", "doc_num", "name", "memo", "account_name", "debt_amt", "credit_amt")
#: What stands on all lines of a transaction but the first (recorded).
_REPEATED = {"tx_date": "0-00-00", "txn_type": "", "doc_num": ""}


def build(desk: Desk) -> Report:
    layout = Layout(desk, DEFAULT, typed=False)
    rows: list[Json] = []
    every: list[Row] = []
    room = desk.room(layout.width)
    for _, posted in groupby(desk.ledger.entries(desk.scope), lambda entry: (entry.entity, entry.id)):
        lines = [_line(desk, entry) for entry in posted]
        rows += _transaction(layout, lines)
        every += lines
        if room and len(rows) > room:
            break
    if every:
        rows.append(section(summary=layout.total("TOTAL", every)))
    return Report(layout.columns, rows, empty=not every)


def _line(desk: Desk, entry: Entry) -> Row:
    return row_of(desk, entry, 1, 0)


def _transaction(layout: Layout, lines: list[Row]) -> list[Json]:
    """Its lines, their sum, and an empty row (recorded)."""
    rows = [data(layout.cells(line)) for line in lines]
    for row in rows[1:]:
        row["ColData"] = [
            {**held, "value": _REPEATED[key]} if key in _REPEATED else held
            for key, held in zip(layout.keys, row["ColData"], strict=True)
        ]
    return [*rows, section(summary=layout.total("", lines)), data(padded(cell(""), layout.width))]

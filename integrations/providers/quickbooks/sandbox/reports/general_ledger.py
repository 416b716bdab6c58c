"""GeneralLedger: every line on every account, with what stood there before."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

from ..wire.json import Json
from .chart import ORDER, Account
from .desk import Desk
from .detail import Layout, Row, sorted_rows
from .ledger import Entry
from .shape import Report, cell, data, money, padded, section
from .standing import standing
from .words import account_type

DEFAULT = (
    *("tx_date", "txn_type", "doc_num", "name", "klass_name", "dept_name", "memo", "split_acc"),
    *("subt_nat_amount", "rbal_nat_amount"),
)


def build(desk: Desk) -> Report:
    ledger = GeneralLedger(desk, Layout(desk, DEFAULT, typed=False))
    found = (ledger.section(account) for account in desk.chart.roots(*_kinds(desk)))
    rows = [built[0] for built in found if built is not None]
    return Report(ledger.layout.columns, rows, empty=not rows)


def _kinds(desk: Desk) -> tuple[str, ...]:
    asked = {account_type(word) for word in desk.asked.words("account_type", "source_account_type")}
    return tuple(kind for kind in ORDER if not asked or kind in asked)


class GeneralLedger:
    def __init__(self, desk: Desk, layout: Layout, *, begun: bool = True) -> None:
        self._desk = desk
        self.layout = layout
        self._begun = self._beginnings() if begun else {}
        self._entries: dict[int, list[Entry]] = defaultdict(list)
        for entry in desk.ledger.entries(desk.scope):
            self._entries[entry.account].append(entry)

    def _beginnings(self) -> dict[int | None, int]:
        """Balances on the evening before; income and expense since the fiscal year began (recorded)."""
        desk, start = self._desk, self._desk.scope.start
        earlier = desk.ledger.before(replace(desk.scope, accounts=None))
        return standing(earlier, start, desk.chart, desk.asked.calendar).balances(desk.chart)

    def section(self, account: Account) -> tuple[Json, list[Row]] | None:
        """One account with its sub-accounts; None where nothing is on any of them."""
        below = [found for found in map(self.section, account.children) if found is not None]
        own = self._lines(account)
        if not own and not below:
            return None
        rows, total = self._rows(account) if own else [], [row for _, rows in below for row in rows]
        mine = self._posted(account) + total
        both = own and below
        title = f"Total for {account.name}{' with sub-accounts' if both else ''}"
        head = padded(account.cell, self.layout.width)
        return section(head, [*rows, *(row for row, _ in below)], self.layout.total(title, mine)), mine

    def _lines(self, account: Account) -> bool:
        wanted = self._desk.scope.accounts
        if wanted is not None and account.id not in wanted:
            return False
        return bool(self._begun.get(account.id)) or account.id in self._entries

    def _rows(self, account: Account) -> list[Json]:
        layout = self.layout
        rows = sorted_rows(self._desk, layout, self._posted(account))
        shown = [data(layout.cells(row)) for row in rows]
        begun = self._begun.get(account.id, 0)
        return [self._beginning(account.side * begun), *shown] if begun else shown

    def _beginning(self, units: int) -> Json:
        balances = ("rbal_nat_amount", "rbal_nat_home_amount")
        values = [cell(money(units) if key in balances else "") for key in self.layout.keys]
        return data([cell("Beginning Balance"), *values[1:]])

    def _posted(self, account: Account) -> list[Row]:
        balance = account.side * self._begun.get(account.id, 0)
        rows = []
        for entry in self._entries.get(account.id, ()):
            balance += account.side * entry.debit
            rows.append(row_of(self._desk, entry, account.side, balance))
        return rows


def row_of(desk: Desk, entry: Entry, side: int, balance: int) -> Row:
    return Row(
        *(desk.heads.dated(entry), entry.account, side * entry.debit, entry.debit, balance),
        party=entry.party,
        class_=entry.class_,
        department=entry.department,
        memo=entry.memo,
    )

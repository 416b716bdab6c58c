"""GeneralLedger: every line on every account, with what stood there before."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice

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
        self._room = desk.room(layout.width)

    def _beginnings(self) -> dict[int | None, int]:
        """Balances on the evening before; income and expense since the fiscal year began (recorded)."""
        desk, start = self._desk, self._desk.scope.start
        earlier = desk.ledger.before(replace(desk.scope, accounts=None))
        return standing(earlier, start, desk.chart, desk.asked.calendar).balances(desk.chart)

    def section(self, account: Account) -> tuple[Json, list[Row]] | None:
        """One account with its sub-accounts; None where nothing is on any of them."""
        own = self._posted(account)
        begun = self._begun.get(account.id, 0) if self._asked(account) else 0
        below = [found for found in map(self.section, account.children) if found is not None]
        if not own and not begun and not below:
            return None
        rows = [data(self.layout.cells(row)) for row in sorted_rows(self._desk, self.layout, own)]
        if begun:
            rows.insert(0, self._beginning(account.side * begun))
        every = own + [row for _, lines in below for row in lines]
        title = f"Total for {account.name}{' with sub-accounts' if rows and below else ''}"
        head = padded(account.cell, self.layout.width)
        return section(head, [*rows, *(row for row, _ in below)], self.layout.total(title, every)), every

    def _asked(self, account: Account) -> bool:
        wanted = self._desk.scope.accounts
        return wanted is None or account.id in wanted

    def _beginning(self, units: int) -> Json:
        balances = ("rbal_nat_amount", "rbal_nat_home_amount")
        values = [cell(money(units) if key in balances else "") for key in self.layout.keys]
        return data([cell("Beginning Balance"), *values[1:]])

    def _posted(self, account: Account) -> list[Row]:
        """Its lines with the balance after each, as far as there is room for them."""
        if not self._asked(account):
            return []
        balance = account.side * self._begun.get(account.id, 0)
        rows = []
        entries = self._desk.ledger.entries(replace(self._desk.scope, accounts=frozenset({account.id})))
        for entry in islice(entries, self._room):
            balance += account.side * entry.debit
            rows.append(row_of(self._desk, entry, account.side, balance))
        if self._room is not None:
            self._room -= len(rows)
        return rows


def row_of(desk: Desk, entry: Entry, side: int, balance: int) -> Row:
    return Row(
        *(desk.heads.dated(entry), entry.account, side * entry.debit, entry.debit, balance),
        party=entry.party,
        class_=entry.class_,
        department=entry.department,
        memo=entry.memo,
    )

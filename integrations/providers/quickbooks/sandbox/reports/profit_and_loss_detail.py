"""ProfitAndLossDetail: the lines of income and expense beneath the summary."""

from __future__ import annotations

from dataclasses import replace

from ..wire.json import Json
from .chart import EARNINGS
from .desk import Desk
from .detail import SUMMED, Layout, Row
from .general_ledger import GeneralLedger
from .shape import Report, cell, money, padded, section

DEFAULT = (
    *("tx_date", "txn_type", "doc_num", "name", "klass_name", "dept_name", "memo", "split_acc"),
    *("subt_nat_amount", "rbal_nat_amount"),
)
COSTS = ("Cost of Goods Sold", "Expense", "Other Expense")


def build(desk: Desk) -> Report:
    wanted = frozenset(desk.chart.ids(*EARNINGS))
    desk.scope = replace(desk.scope, accounts=wanted & (desk.scope.accounts or wanted))
    sheet = _Detail(desk, Layout(desk, DEFAULT, typed=False))
    ordinary, first = sheet.block(
        "Ordinary Income/Expenses", "Net Ordinary Income", ("Income", "Cost of Goods Sold", "Expense"), gross=True
    )
    other, second = sheet.block("Other Income/Expense", "Net Other Income", ("Other Income", "Other Expense"))
    rows = [row for row in (ordinary, other) if row is not None]
    if rows:
        rows.append(section(summary=sheet.result("Net Income", [*first, *second])))
    return Report(sheet.layout.columns, rows, empty=not rows)


class _Detail:
    def __init__(self, desk: Desk, layout: Layout) -> None:
        self._desk = desk
        self._ledger = GeneralLedger(desk, layout, begun=False)
        self.layout = layout

    def block(
        self, title: str, net: str, kinds: tuple[str, ...], *, gross: bool = False
    ) -> tuple[Json | None, list[Row]]:
        """Sections by type, with what comes to be left of them."""
        rows, signed = [], []
        for kind in kinds:
            built, lines = self._kind(kind)
            if built is not None:
                rows.append(built)
                signed += [_minus(line) for line in lines] if kind in COSTS else lines
                if gross and kind == "Cost of Goods Sold":
                    rows.append(section(summary=self.result("Gross Profit", signed)))
        if not rows:
            return None, []
        return section(padded(title, self.layout.width), rows, self.result(net, signed)), signed

    def _kind(self, kind: str) -> tuple[Json | None, list[Row]]:
        found = [built for built in map(self._ledger.section, self._desk.chart.roots(kind)) if built is not None]
        if not found:
            return None, []
        title = {"Expense": "Expenses"}.get(kind, kind)
        lines = [line for _, below in found for line in below]
        rows = [row for row, _ in found]
        return section(padded(title, self.layout.width), rows, self.layout.total(f"Total for {title}", lines)), lines

    def result(self, title: str, lines: list[Row]) -> list[Json]:
        """Only the amount has a meaning across types."""
        net = sum(line.amount or 0 for line in lines)
        return [cell(title), *(cell(money(net) if SUMMED.get(key) == "amount" else "") for key in self.layout.keys[1:])]


def _minus(row: Row) -> Row:
    return replace(row, amount=-(row.amount or 0))

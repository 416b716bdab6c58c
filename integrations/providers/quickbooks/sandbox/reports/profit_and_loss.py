"""ProfitAndLoss."""

from __future__ import annotations

from dataclasses import replace

from ..wire.json import Json
from .chart import EARNINGS
from .desk import Desk
from .shape import Line, Report, blank, column, minus, plus
from .sheet import Sheet, result
from .slices import spread

GAAP = [{"Name": "AccountingStandard", "Value": "GAAP"}]


def build(desk: Desk) -> Report:
    wanted = desk.scope.accounts or frozenset(desk.chart.ids(*EARNINGS))
    scope = replace(desk.scope, accounts=wanted & frozenset(desk.chart.ids(*EARNINGS)))
    laid = spread(desk.asked, desk.ledger.sums(scope, desk.asked.by), desk.names, desk.sides)
    rows, net = _rows(Sheet(desk.chart, laid.lines, laid.width))
    columns = [column("", "Account", "account"), *laid.columns]
    header = {"SummarizeColumnsBy": desk.asked.by}
    return Report(columns, rows, header, GAAP, empty=blank(net))


def _rows(sheet: Sheet) -> tuple[list[Json], Line]:
    income, earned = sheet.kinds("Income", "Income", "Income")
    goods, sold = sheet.kinds("Cost of Goods Sold", "COGS", "Cost of Goods Sold")
    expenses, spent = sheet.kinds("Expenses", "Expenses", "Expense")
    other_income, gained = sheet.kinds("Other Income", "OtherIncome", "Other Income")
    other_expenses, lost = sheet.kinds("Other Expenses", "OtherExpenses", "Other Expense")
    every = (earned, sold, spent, gained, lost)
    nothing: Line | None = [None] * sheet.width if all(map(blank, every)) else None
    gross = nothing or minus(earned, sold)
    operating = nothing or minus(gross, spent)
    other = nothing or minus(gained, lost)
    net = nothing or plus(operating, other)
    rows = [income, *([] if blank(sold) else [goods]), result("Gross Profit", "GrossProfit", gross)]
    rows += [expenses, result("Net Operating Income", "NetOperatingIncome", operating)]
    rows += [row for row, line in ((other_income, gained), (other_expenses, lost)) if not blank(line)]
    if not (blank(gained) and blank(lost)):
        rows.append(result("Net Other Income", "NetOtherIncome", other))
    return [*rows, result("Net Income", "NetIncome", net)], net

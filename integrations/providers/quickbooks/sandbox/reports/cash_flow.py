"""CashFlow: how the profit of the period became, or did not become, money."""

from __future__ import annotations

from dataclasses import replace

from ..wire.json import Json
from .chart import EARNINGS
from .desk import Desk
from .ledger import Scope
from .shape import Line, Report, added, blank, cells, column, plus, section
from .sheet import Sheet, named, result
from .slices import Spread, spread

#: Which accounts change by what is not profit, and on which side of the business.
OPERATING = ("Accounts Receivable", "Other Current Asset", "Accounts Payable", "Credit Card", "Other Current Liability")
INVESTING = ("Fixed Asset", "Other Asset")
FINANCING = ("Long Term Liability", "Equity")
ADJUSTMENTS = "Adjustments to reconcile Net Income to Net Cash provided by operations:"


def build(desk: Desk) -> Report:
    sums = list(desk.ledger.sums(desk.scope, desk.asked.by))
    # Money comes in where anything else is credited.
    laid = spread(desk.asked, sums, desk.names, dict.fromkeys(desk.chart.by_id, -1))
    rows, increase = _rows(desk, laid)
    if desk.asked.by == "Total":
        rows += _cash(desk, increase[0] or 0)
    columns = [column("", "Account", "account"), *laid.columns]
    return Report(columns, rows, {"SummarizeColumnsBy": desk.asked.by}, empty=not sums)


def _rows(desk: Desk, laid: Spread) -> tuple[list[Json], Line]:
    sheet = Sheet(desk.chart, laid.lines, laid.width)
    earned = added([laid.lines[key] for key in desk.chart.ids(*EARNINGS) if key in laid.lines], laid.width)
    net = [units or 0 for units in earned]
    adjusted, change = sheet.joined(ADJUSTMENTS, "OperatingAdjustments", sheet.accounts(*OPERATING))
    operating: Line = plus(list(net), change)
    within = [named("Net Income", list(net), group="NetIncome"), *([] if blank(change) else [adjusted])]
    ends = cells("Net cash provided by operating activities", operating)
    head = cells("OPERATING ACTIVITIES", [None] * laid.width)
    rows = [section(head, within, ends, "OperatingActivities")]
    increase = operating
    for title, kinds in (("Investing", INVESTING), ("Financing", FINANCING)):
        total = f"Net cash provided by {title.lower()} activities"
        group = f"{title}Activities"
        built, line = sheet.joined(f"{title.upper()} ACTIVITIES", group, sheet.accounts(*kinds), total)
        if not blank(line):
            rows.append(built)
            increase = plus(increase, line)
    return [*rows, result("Net cash increase for period", "CashIncrease", increase)], increase


def _cash(desk: Desk, increase: int) -> list[Json]:
    """Where it began and where it ended; the beginning is left out where there was none (recorded)."""
    banks = frozenset(desk.chart.ids("Bank"))
    scope = replace(desk.scope, accounts=banks)
    begun = sum(each.debit for each in desk.ledger.before(Scope(scope.start, scope.end, banks)))
    rows = [result("Cash at beginning of period", "BeginningCash", [begun])] if begun else []
    return [*rows, result("Cash at end of period", "EndingCash", [begun + increase])]

"""BalanceSheet: one column a day it is drawn up for."""

from __future__ import annotations

from dataclasses import replace

from ..wire.json import Json
from .asked import TIMES
from .chart import Account
from .desk import Desk
from .profit_and_loss import GAAP
from .shape import Line, Report, column
from .sheet import Sheet, named
from .slices import stretches
from .standing import Standing, standing


def build(desk: Desk) -> Report:
    scope = replace(desk.scope, start="")
    sums = list(desk.ledger.sums(scope))
    first, last = min((each.day for each in sums), default=scope.end), max((each.day for each in sums), default="")
    if desk.asked.by in TIMES and sums:
        parts = stretches(desk.asked, first, last)
        columns, ends = [part.column for part in parts], [part.end for part in parts]
    else:
        columns, ends = [column("Total", "Money", "total")], [scope.end]
    drawn = [standing(sums, end, desk.chart, desk.asked.calendar) for end in ends]
    rows = _rows(desk, drawn)
    return Report(
        [column("", "Account", "account"), *columns],
        rows,
        {"SummarizeColumnsBy": desk.asked.by if desk.asked.by in TIMES else "Total"},
        GAAP,
        empty=not sums,
    )


def _rows(desk: Desk, drawn: list[Standing]) -> list[Json]:
    keeper = desk.chart.retained
    lines = {each.id: _line(drawn, each, keeper) for each in desk.chart.by_id.values() if not each.earns}
    sheet = Sheet(desk.chart, {key: line for key, line in lines.items() if line is not None}, len(drawn))
    return [_assets(sheet), _claims(sheet, drawn, lost=keeper is None)]


def _line(drawn: list[Standing], account: Account, keeper: Account | None) -> Line | None:
    """None for an account on which nothing ever happened; zero where it came back to nothing (recorded)."""
    line: Line = [_on(each, account, keeper) for each in drawn]
    return None if all(units is None for units in line) else line


def _on(drawn: Standing, account: Account, keeper: Account | None) -> int | None:
    kept = drawn.earlier if account is keeper and drawn.rolled else None
    if account.id not in drawn.stood and kept is None:
        return None
    return account.side * (drawn.stood.get(account.id, 0) + (kept or 0))


def _assets(sheet: Sheet) -> Json:
    current = sheet.some(
        sheet.kinds("Bank Accounts", "BankAccounts", "Bank"),
        sheet.kinds("Accounts Receivable", "AR", "Accounts Receivable"),
        sheet.kinds("Other Current Assets", "OtherCurrentAssets", "Other Current Asset"),
    )
    parts = sheet.some(
        sheet.joined("Current Assets", "CurrentAssets", current),
        sheet.kinds("Fixed Assets", "FixedAssets", "Fixed Asset"),
        sheet.kinds("Other Assets", "OtherAssets", "Other Asset"),
    )
    return sheet.joined("ASSETS", "TotalAssets", parts, "TOTAL ASSETS")[0]


def _claims(sheet: Sheet, drawn: list[Standing], *, lost: bool) -> Json:
    current = sheet.some(
        sheet.kinds("Accounts Payable", "AP", "Accounts Payable"),
        sheet.kinds("Credit Cards", "CreditCards", "Credit Card"),
        sheet.kinds("Other Current Liabilities", "OtherCurrentLiabilities", "Other Current Liability"),
    )
    owed = sheet.some(
        sheet.joined("Current Liabilities", "CurrentLiabilities", current),
        sheet.kinds("Long-Term Liabilities", "LongTermLiabilities", "Long Term Liability"),
    )
    parts = sheet.some(sheet.joined("Liabilities", "Liabilities", owed))
    parts.append(sheet.joined("Equity", "Equity", _equity(sheet, drawn, lost)))
    return sheet.joined("LIABILITIES AND EQUITY", "TotalLiabilitiesAndEquity", parts, "TOTAL LIABILITIES AND EQUITY")[0]


def _equity(sheet: Sheet, drawn: list[Standing], lost: bool) -> list[tuple[Json, Line]]:
    rows = sheet.accounts("Equity")
    if lost and any(each.rolled for each in drawn):
        kept: Line = [-each.earlier for each in drawn]
        rows.append((named("Retained Earnings", kept), kept))
    net: Line = [each.net_income if each.year else None for each in drawn]
    return [*rows, (named("Net Income", net, group="NetIncome"), net)]

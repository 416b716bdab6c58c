"""Income and expense by name, class or location: VendorExpenses, CustomerIncome, CustomerSales and their like."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace

from .desk import Desk
from .names import ENTITIES
from .shape import Report, bare, cell, cells, column, grand_total
from .slices import NOBODY

EXPENSES = ("Expense", "Cost of Goods Sold", "Other Expense")
INCOME = ("Income", "Other Income")


def by(what: str, *kinds: str) -> Callable[[Desk], Report]:
    """One amount a name: what was earned or spent with it."""

    def build(desk: Desk) -> Report:
        sums = _sums(desk, what, *kinds)
        rows = [bare(cells(_title(desk, what, mark), [sums[mark]])) for mark in _order(desk, what, sums)]
        ends = [grand_total([sum(sums.values())])] if rows else []
        columns = [column("", ENTITIES[what]), column("Total", "Money", "total")]
        return Report(columns, [*rows, *ends], {"SummarizeColumnsBy": "Total"}, empty=not rows)

    return build


def customer_income(desk: Desk) -> Report:
    """What each customer brought in, what was spent on it, and what is left."""
    income, expenses = (_sums(desk, "Customers", *kinds) for kinds in (INCOME, EXPENSES))
    marks = _order(desk, "Customers", {**income, **expenses})
    lines = [[income.get(mark, 0), expenses.get(mark, 0)] for mark in marks]
    rows = [
        bare(cells(_title(desk, "Customers", mark), [earned, spent, earned - spent]))
        for mark, (earned, spent) in zip(marks, lines, strict=True)
    ]
    earned, spent = (sum(column) for column in zip(*lines, strict=True)) if lines else (0, 0)
    ends = [grand_total([earned, spent, earned - spent])] if rows else []
    titles = ("Total Income", "Total Expenses", "Net Income")
    columns = [column("", "Customer"), *(column(title, "Money") for title in titles)]
    return Report(columns, [*rows, *ends], {"SummarizeColumnsBy": "Total"}, empty=not rows)


def _sums(desk: Desk, what: str, *kinds: str) -> dict[int | None, int]:
    """On the accounts' own side; what is nobody's is under None."""
    wanted = frozenset(desk.chart.ids(*kinds))
    scope = replace(desk.scope, accounts=wanted & (desk.scope.accounts or wanted))
    found: dict[int | None, int] = defaultdict(int)
    for each in desk.ledger.sums(scope, what):
        found[desk.names.mark(what, each.marks)] += desk.sides[each.account] * each.debit
    return found


def _order(desk: Desk, what: str, sums: dict[int | None, int]) -> list[int | None]:
    order = sorted(sums, key=lambda mark: (mark is None, desk.names.title(what, mark).casefold()))
    return order[::-1] if desk.asked.descending else order


def _title(desk: Desk, what: str, mark: int | None) -> dict[str, str]:
    return cell(desk.names.title(what, mark), mark) if mark is not None else cell(NOBODY)

"""TrialBalance: balances at the end of the period; income and expense since the fiscal year began."""

from __future__ import annotations

from .desk import Desk
from .ledger import Scope
from .shape import Line, Report, bare, cell, cells, column, grand_total
from .standing import standing


def build(desk: Desk) -> Report:
    scope = Scope("", desk.asked.period.end)
    balances = standing(desk.ledger.sums(scope), scope.end, desk.chart, desk.asked.calendar).balances(desk.chart)
    listed = [(cell(desk.chart.path(each), each.id), balances.get(each.id, 0)) for each in desk.chart.walk()]
    listed.append((cell("Retained Earnings"), balances.get(None, 0)))
    sided = [(title, _sided(units)) for title, units in listed if units]
    rows = [bare(cells(title, line)) for title, line in sided]
    total: Line = [sum(line[side] or 0 for _, line in sided) for side in (0, 1)]
    columns = [column("", "Account"), column("Debit", "Money"), column("Credit", "Money")]
    ends = [grand_total(total)] if rows else []
    return Report(columns, [*rows, *ends], {"SummarizeColumnsBy": "Total"}, empty=not rows)


def _sided(units: int) -> Line:
    return [units, None] if units > 0 else [None, -units]

"""GET /v3/company/{realm}/reports/{Name}: built in a thread of its own, on a snapshot."""

from __future__ import annotations

from dataclasses import replace

from ..books.books import Books
from ..sandbox import Call
from ..wire.json import Json
from ..wire.refusals import Refusal
from . import asked
from .catalogue import REPORTS, Known
from .desk import Desk
from .shape import Report
from .slices import TOO_MUCH

#: Recorded: the answer to a report that does not exist, or that is spelled in another case.
UNKNOWN = "Permission Denied Error : You do not have the access rights to use this feature."
#: Filters that the header repeats, where they were sent.
_ECHOED = ("Customer", "Vendor", "Employee", "Item", "Class", "Department")


def answer(books: Books, call: Call) -> Json:
    known = REPORTS.get(call.path["name"])
    if known is None:
        raise Refusal("5020", UNKNOWN, element="ReportName")
    question = asked.read(books, call.query, known.period)
    if not known.basis:
        # What is owed, and what was written, is the same on either basis.
        question = replace(question, basis="Accrual")
    report = known.build(Desk(books, question))
    header = {"Time": books.moment(books.now), "ReportName": call.path["name"], **_header(question, known)}
    options = [*report.options, {"Name": "NoReportData", "Value": "true" if report.empty else "false"}]
    echoed = {name: call.query[name.lower()] for name in _ECHOED if call.query.get(name.lower())}
    return {
        "Header": {**header, **report.header, "Currency": books.company.currency, **echoed, "Option": options},
        "Columns": {"Column": report.columns},
        "Rows": {"Row": _within(books, report)} if report.rows else {},
    }


def _header(question: asked.Asked, known: Known) -> Json:
    period = question.period
    found: Json = {"DateMacro": period.macro} if period.macro and known.dated else {}
    if known.basis:
        found["ReportBasis"] = question.basis
    return found | ({"StartPeriod": period.start, "EndPeriod": period.end} if period.bounded else {})


def _within(books: Books, report: Report) -> list[Json]:
    """QuickBooks shows so many cells and no more; what is cut says so in the last row."""
    limit = books.switches.report_cells
    if not limit:
        return report.rows
    rows, left = _cut(report.rows, max(limit // max(len(report.columns), 1), 1))
    return rows if left >= 0 else [*rows, {"ColData": [{"value": TOO_MUCH}], "type": "Data"}]


def _cut(rows: list[Json], left: int) -> tuple[list[Json], int]:
    """So many lines of the tree; what is left of them is negative where some were cut."""
    kept: list[Json] = []
    for row in rows:
        if left <= 0:
            return kept, -1
        if "Rows" in row:
            below, left = _cut(row["Rows"]["Row"], left - 1)
            row = {**row, "Rows": {"Row": below}}
        kept.append(row)
        left -= "ColData" in row
        if left < 0:
            return kept, left
    return kept, left

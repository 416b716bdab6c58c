"""The reports as a person reads them: laid out from the very answer that the API gives."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from itertools import islice

from ..model.money import fits, to_units
from ..reports.addresses import answer
from ..reports.catalogue import REPORTS, Known
from ..sandbox import Call
from ..wire.json import Json
from ..wire.refusals import Refusal
from . import words
from .frame import Missing, Reader, Shown
from .markup import Html, html, joined, link
from .tables import Column, Row, empty, table

#: Lines of a report that a page shows.
MOST = 2000
FIRST = ("TrialBalance", "ProfitAndLoss", "BalanceSheet")
#: Columns of figures, by the end of their type or key.
_MONEY = ("Money", "_amount", "_amt", "_bal")
#: What the Id in a cell leads to, by the type or key of its column.
_LEADS = {
    **dict.fromkeys(("Account", "account_name", "split_acc", "other_account"), "account"),
    **{"txn_type": "transaction", "Vendor": "vendor", "Customer": "customer", "name": "name"},
}
_DAYS = ("tx_date", "due_date", "Date")
_STYLES = {**dict.fromkeys(_DAYS, "date"), "doc_num": "code"}
#: Reports on what stands at the end of a day, and the parameter that tells which.
_AS_OF = {
    **dict.fromkeys(("BalanceSheet", "TrialBalance"), "end_date"),
    **dict.fromkeys(("AgedPayables", "AgedPayableDetail", "AgedReceivables", "AgedReceivableDetail"), "report_date"),
    **dict.fromkeys(("VendorBalance", "VendorBalanceDetail", "CustomerBalance"), "report_date"),
    **dict.fromkeys(("CustomerBalanceDetail", "InventoryValuationSummary"), "report_date"),
}


@dataclass(frozen=True)
class _Cell:
    column: Column
    #: Type and key of the column, by either of which it is known.
    known_as: tuple[str, ...]

    @property
    def leads_to(self) -> str:
        return next((_LEADS[name] for name in self.known_as if name in _LEADS), "")


def every(reader: Reader) -> Shown:
    base = f"{reader.base}/reports"
    rows = [Row((link(f"{base}/{name}", words.spaced(name)), _about(known))) for name, known in REPORTS.items()]
    listed = table((Column("Report", "main"), Column("Unless asked otherwise", "memo")), rows, caption="Reports")
    return Shown("Reports", listed, at=base)


def _about(known: Known) -> str:
    return known.period.replace("-to-date", " to date").capitalize() if known.dated else "As of now"


def report(reader: Reader) -> Shown:
    name = reader.call.path["name"]
    if name not in REPORTS:
        raise Missing("No such report", link(f"{reader.base}/reports", "All reports"))
    above = link(f"{reader.base}/reports", "Reports")
    try:
        found = answer(reader.books, _asked(reader.call))
    except Refusal as refusal:
        why = refusal.detail.removeprefix("Business Validation Error: ")
        body = joined([_form(reader, name, _wish(reader.call)), empty("The report cannot be drawn.", why)])
        return Shown(words.spaced(name), body, above=above, at=_at(reader, name), status=400)
    body = joined([_form(reader, name, found["Header"]), _laid_out(reader, found)])
    return Shown(words.spaced(name), body, _said(found["Header"]), above, at=_at(reader, name))


def _asked(call: Call) -> Call:
    """A field of the form that was left empty asks for nothing."""
    return replace(call, query={name: value for name, value in call.query.items() if value.strip()})


def _wish(call: Call) -> Json:
    """What was asked for, where a header says what was drawn: nobody has to type it again."""
    asked = {name: call.query.get(name, "") for name in ("start_date", "end_date", "accounting_method", "report_date")}
    return {
        "StartPeriod": asked["start_date"],
        "EndPeriod": asked["end_date"],
        "ReportBasis": asked["accounting_method"].capitalize(),
        "Option": [{"Name": "report_date", "Value": asked["report_date"]}],
    }


def _at(reader: Reader, name: str) -> str:
    return f"{reader.base}/reports/{name}" if name in FIRST else f"{reader.base}/reports"


def _said(header: Json) -> Html:
    basis = f"{header['ReportBasis']} basis, " if "ReportBasis" in header else ""
    return html('<p class="small">{}{}{}</p>', basis, _period(header), header["Currency"])


def _period(header: Json) -> str:
    if _AS_OF.get(header["ReportName"]) == "report_date":
        drawn = words.day(_drawn_for(header))
        return f"as of {drawn}, " if drawn else ""
    start, end = words.day(header.get("StartPeriod", "")), words.day(header.get("EndPeriod", ""))
    if not end:
        return ""
    return f"as of {end}, " if header["ReportName"] in _AS_OF else f"{start} to {end}, "


def _drawn_for(header: Json) -> str:
    """The day tells itself among the options; other reports have their period."""
    options = {each["Name"]: each["Value"] for each in header.get("Option", ())}
    return str(options.get("report_date") or header.get("EndPeriod", ""))


def _form(reader: Reader, name: str, header: Json | None = None) -> Html:
    known, header = REPORTS[name], header or {}
    if not known.dated:
        return Html("")
    days = _day_asked(_AS_OF[name], header) if name in _AS_OF else _days_asked(header)
    bases = joined(
        html("<option{}>{}</option>", Html(" selected") if each == header.get("ReportBasis") else "", each)
        for each in ("Accrual", "Cash")
    )
    basis = html('<label><span>Basis</span><select name="accounting_method">{}</select></label>', bases)
    return html('<form class="search">{}{}<button>Show</button></form>', days, basis if known.basis else "")


def _day_asked(parameter: str, header: Json) -> Html:
    field = '<label><span>As of</span><input type="date" name="{}" value="{}"></label>'
    return html(field, parameter, _drawn_for(header))


def _days_asked(header: Json) -> Html:
    return html(
        '<label><span>From</span><input type="date" name="start_date" value="{}"></label>'
        '<label><span>To</span><input type="date" name="end_date" value="{}"></label>',
        *(header.get("StartPeriod", ""), header.get("EndPeriod", "")),
    )


def _laid_out(reader: Reader, found: Json) -> Html:
    cells = _led(_cells(found["Columns"]["Column"]))
    lines = _lines(reader, cells, found["Rows"].get("Row", ()), 0)
    rows = list(islice(lines, MOST + 1))
    if not rows:
        return empty("Nothing to report for these days.")
    cut = html('<p class="note">Only the first {} lines are shown.</p>', f"{MOST:,}") if len(rows) > MOST else ""
    columns = [cell.column for cell in cells]
    return joined([table(columns, rows[:MOST], caption=words.spaced(found["Header"]["ReportName"])), cut])


def _cells(columns: list[Json]) -> list[_Cell]:
    """Columns that have others below them are told by those, and by none of their own."""
    found: list[_Cell] = []
    for column in columns:
        below = column.get("Columns", {}).get("Column")
        found += _cells(below) if below else [_cell(column)]
    return found


def _led(cells: list[_Cell]) -> list[_Cell]:
    """The first column says what a line is about; a figure that is alone stays beside it on a phone."""
    last = "num key" if sum("num" in cell.column.style for cell in cells) == 1 else cells[-1].column.style
    styles = ["main", *(cell.column.style for cell in cells[1:-1]), last]
    return [replace(cell, column=replace(cell.column, style=style)) for cell, style in zip(cells, styles, strict=True)]


def _cell(column: Json) -> _Cell:
    keys = [each["Value"] for each in column.get("MetaData", ()) if each["Name"] == "ColKey"]
    known_as = (column["ColType"], *keys)
    style = "num" if any(name.endswith(_MONEY) for name in known_as) else _STYLES.get(known_as[-1], "memo")
    return _Cell(Column(column["ColTitle"], style), known_as)


def _lines(reader: Reader, cells: list[_Cell], rows: list[Json], depth: int) -> Iterator[Row]:
    for row in rows:
        if "Header" in row:
            yield _line(reader, cells, row["Header"]["ColData"], f"sum deep-{min(depth, 4)}")
        if "ColData" in row:
            yield _line(reader, cells, row["ColData"], f"deep-{min(depth, 4)}")
        yield from _lines(reader, cells, row.get("Rows", {}).get("Row", ()), depth + 1)
        if "Summary" in row:
            yield _line(reader, cells, row["Summary"]["ColData"], f"total deep-{min(depth, 4)}")


def _line(reader: Reader, cells: list[_Cell], data: list[Json], style: str) -> Row:
    padded = [*data, *[{"value": ""}] * (len(cells) - len(data))]
    return Row([_shown(reader, *each) for each in zip(cells, padded, strict=False)], style=style)


def _shown(reader: Reader, cell: _Cell, data: Json) -> object:
    text = str(data.get("value", ""))
    if "num" in cell.column.style:
        return _figure(text)
    said = _day(text) if cell.known_as[-1] in _DAYS else text
    number = str(data.get("id", ""))
    if cell.leads_to and number.isdecimal() and text:
        return link(f"{reader.base}/{cell.leads_to}/{number}", said)
    return said


def _day(text: str) -> object:
    """The journal says 0-00-00 where the day is that of the line above; names of sections stand here too."""
    if text == "0-00-00":
        return ""
    said = words.day(text)
    return html('<span class="whole">{}</span>', said) if said != text else text


def _figure(text: str) -> str:
    try:
        amount = Decimal(text)
    except InvalidOperation:
        return text
    return words.amount(to_units(amount)) if fits(amount) else text

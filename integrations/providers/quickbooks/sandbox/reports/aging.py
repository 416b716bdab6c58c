"""AgedPayables and AgedReceivables: what is open, by how long it has been due."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

from ..wire.refusals import Refusal
from .balances import WHO, by_party, day_of, drawn_for, name_of, row_of
from .desk import Desk
from .detail import Layout
from .open_items import PAYABLE, Item, items
from .shape import Line, Report, bare, cells, column, data, grand_total, padded, section

_SHOWN = ("tx_date", "txn_type", "doc_num")
_LATE = ("due_date", "past_due")
DETAIL = {
    True: (*_SHOWN, "vend_name", "dept_name", *_LATE, "subt_neg_amount", "subt_neg_open_bal"),
    False: (*_SHOWN, "cust_name", "dept_name", *_LATE, "subt_amount", "subt_open_bal"),
}


class Ages:
    """Stretches of days past due: 1 - 30, 31 - 60 and so on, unless asked otherwise."""

    def __init__(self, desk: Desk) -> None:
        self.days = _whole(desk, "aging_period", 30)
        self.count = _whole(desk, "num_periods", 4)
        current = desk.asked.choice("aging_method", "Report_Date", "Current") == "Current"
        self._day = desk.asked.calendar.today if current else date.fromisoformat(day_of(desk))

    @property
    def titles(self) -> list[str]:
        ends = [self.days * number for number in range(1, self.count)]
        between = [f"{end - self.days + 1} - {end}" for end in ends]
        return ["Current", *between, f"{(ends or [0])[-1] + 1} and over"]

    def late(self, item: Item) -> int:
        return (self._day - date.fromisoformat(item.head.due)).days

    def place(self, item: Item) -> int:
        late = self.late(item)
        return 0 if late <= 0 else min((late - 1) // self.days + 1, self.count)


def _whole(desk: Desk, name: str, default: int) -> int:
    sent = desk.asked.query.get(name, "").strip()
    if sent and not (sent.isdecimal() and 0 < int(sent) <= 366):
        raise Refusal("2080", f"Number {sent!r} is out of range", element=name)
    return int(sent or default)


def summary(kind: str) -> Callable[[Desk], Report]:
    def build(desk: Desk) -> Report:
        day, ages = day_of(desk), Ages(desk)
        width = len(ages.titles)
        found = [(party, _aged(ages, mine, width)) for party, mine in by_party(desk, items(desk, kind, day))]
        shown = [(party, line) for party, line in found if any(line)]
        rows = [bare(cells(name_of(desk, party), line)) for party, line in shown]
        total: Line = [sum(line[place] or 0 for _, line in shown) for place in range(width + 1)]
        columns = [column("", WHO[kind]), *(column(title, "Money") for title in (*ages.titles, "Total"))]
        return Report(columns, [*rows, *([grand_total(total)] if rows else [])], options=drawn_for(day), empty=not rows)

    return build


def _aged(ages: Ages, found: Iterable[Item], width: int) -> Line:
    """By age, and in the last column together; an age with nothing open is empty."""
    line: Line = [None] * (width + 1)
    for item in found:
        if item.open:
            for place in (ages.place(item), width):
                line[place] = (line[place] or 0) + item.open
    return line


def detail(kind: str) -> Callable[[Desk], Report]:
    def build(desk: Desk) -> Report:
        day, ages = day_of(desk), Ages(desk)
        layout = Layout(desk, DETAIL[kind == PAYABLE], typed=True)
        found = [item for item in items(desk, kind, day) if item.open and _asked(desk, ages, item)]
        rows, every = [], []
        # The oldest come first (recorded).
        for place in reversed(range(len(ages.titles))):
            lines = [row_of(item, ages.late(item)) for item in found if ages.place(item) == place]
            if lines:
                title = _title(ages, place)
                below = [data(layout.cells(line)) for line in lines]
                rows.append(section(padded(title, layout.width), below, layout.total(f"Total for {title}", lines)))
                every += lines
        ends = [section(summary=layout.total("TOTAL", every))] if every else []
        return Report(layout.columns, [*rows, *ends], options=drawn_for(day), empty=not every)

    return build


def _title(ages: Ages, place: int) -> str:
    return "Current" if place == 0 else f"{ages.titles[place].replace('and over', 'or more')} days past due"


def _asked(desk: Desk, ages: Ages, item: Item) -> bool:
    query = desk.asked.query
    first, last = query.get("start_duedate") or "", query.get("end_duedate") or "9999"
    least = _whole(desk, "past_due", 0) if query.get("past_due") else None
    return first <= item.head.due <= last and (least is None or ages.late(item) >= least)

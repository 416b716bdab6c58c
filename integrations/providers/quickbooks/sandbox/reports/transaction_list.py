"""TransactionList, also by vendor and by customer: every transaction on one line."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from itertools import islice

from ..registry import BY_NAME, TRANSACTIONS
from ..wire.json import Json
from .desk import Desk
from .detail import COLUMNS, Layout, Row, sorted_rows
from .heads import Head
from .shape import Report, data, padded, section
from .sieve import Sieve

DEFAULT = (
    *("tx_date", "txn_type", "doc_num", "is_no_post", "name", "dept_name", "memo", "account_name", "other_account"),
    *("subt_nat_amount",),
)
#: group_by: the column whose value holds a group together.
GROUPS = {
    "name": "name",
    "account": "account_name",
    "transaction type": "txn_type",
    "customer": "cust_name",
    "vendor": "vend_name",
    "employee": "emp_name",
    "location": "dept_name",
    "payment method": "pmt_mthd",
    "day": "tx_date",
}
#: How many letters of a date hold a group together.
_DATES = {"month": 7, "year": 4}


def build(desk: Desk) -> Report:
    group = desk.asked.query.get("group_by", "").strip().lower()
    layout = Layout(desk, DEFAULT, typed=True)
    rows = _sorted(desk, layout)
    if group in GROUPS or group in _DATES:
        return _grouped(desk, layout, rows, group)
    return Report(layout.columns, [data(layout.cells(row)) for row in rows], empty=not rows)


def _sorted(desk: Desk, layout: Layout) -> list[Row]:
    """In the order of days no more are read than will be shown."""
    asked = desk.asked.query
    in_order = not asked.get("sort_by") and not asked.get("group_by") and not desk.asked.descending
    return sorted_rows(desk, layout, list(islice(_chosen(desk), desk.room(layout.width) if in_order else None)))


def by(group: str) -> Callable[[Desk], Report]:
    """Grouped by customer or vendor; what names none of them is left out."""

    def grouped(desk: Desk) -> Report:
        layout = Layout(desk, tuple(key for key in DEFAULT if key != "name"), typed=True)
        rows = _sorted(desk, layout)
        named = [row for row in rows if COLUMNS[GROUPS[group]][2](desk, row)["value"]]
        return _grouped(desk, layout, named, group)

    return grouped


def _grouped(desk: Desk, layout: Layout, rows: list[Row], group: str) -> Report:
    groups: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        groups[_group(desk, row, group)].append(row)
    order = sorted(groups, key=lambda key: (not key[0], key[0].casefold()))
    return Report(layout.columns, [_section(layout, key, groups[key]) for key in order], empty=not rows)


def _group(desk: Desk, row: Row, group: str) -> tuple[str, str]:
    if group in _DATES:
        return row.head.day[: _DATES[group]], ""
    held = COLUMNS[GROUPS[group]][2](desk, row)
    # A transaction's own Id is no part of what its type is called.
    return held["value"], "" if group in ("transaction type", "day") else held.get("id", "")


def _section(layout: Layout, key: tuple[str, str], rows: list[Row]) -> Json:
    title, number = key[0] or "Not Specified", key[1]
    head = padded({"value": title, **({"id": number} if number else {})}, layout.width)
    return section(head, [data(layout.cells(row)) for row in rows], layout.total(f"Total for {title}", rows))


def _chosen(desk: Desk) -> Iterator[Row]:
    """The transactions of the period that pass the filters, those that post nothing among them."""
    scope, names = desk.scope, [each.name for each in TRANSACTIONS]
    sieve = Sieve(desk)
    return (_row(desk, head, sieve) for head in desk.heads.within(scope.start, scope.end, names) if sieve.passes(head))


def _row(desk: Desk, head: Head, sieve: Sieve) -> Row:
    source = sieve.source(head)
    debit = desk.heads.lines(head).get(source) if source is not None else None
    side = desk.sides.get(source or 0, 1)
    return Row(
        *(head, source, head.amount if debit is None else side * debit, debit),
        open=head.open,
        memo=head.body.get("PrivateNote"),
        posting=BY_NAME[head.entity].journal is not None,
        cleared=sieve.letter(head),
    )

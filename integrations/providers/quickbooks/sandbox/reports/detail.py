"""One line of a detailed report, and the columns it can be shown in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ..wire.json import Json
from .desk import Desk
from .heads import SPLIT, Head
from .shape import cell, column, money


@dataclass
class Row:
    head: Head
    account: int | None
    #: On the account's own side.
    amount: int | None
    debit: int | None = None
    balance: int | None = None
    open: int | None = None
    party: int | None = None
    class_: int | None = None
    department: int | None = None
    memo: str | None = None
    posting: bool = True
    cleared: str = ""
    past_due: int | None = None

    @property
    def name(self) -> int | None:
        return self.party if self.party is not None else self.head.party

    @property
    def place(self) -> int | None:
        return self.department or self.head.ref("DepartmentRef")


Fill = Callable[[Desk, Row], Json]


def _text(of: Callable[[Row], str | None]) -> Fill:
    return lambda desk, row: cell(of(row) or "")


def _amount(of: Callable[[Row], int | None]) -> Fill:
    return lambda desk, row: cell(money(of(row)))


def _word(desk: Desk, row: Row) -> Json:
    return cell(row.head.word, row.head.id or "")


def _name(*kinds: str) -> Fill:
    def fill(desk: Desk, row: Row) -> Json:
        number = row.name
        if kinds:
            both = (row.party, row.head.party)
            number = next((each for each in both if each is not None and desk.names.kind(each) in kinds), None)
        return cell(desk.names.party(number), "" if number is None else number)

    return fill


def _listed(entity: str, of: Callable[[Row], int | None]) -> Fill:
    def fill(desk: Desk, row: Row) -> Json:
        number = of(row)
        return cell(desk.names.of(entity, number), "" if number is None else number)

    return fill


def _account(desk: Desk, row: Row) -> Json:
    found = desk.chart.by_id.get(row.account or 0)
    return cell(desk.chart.path(found), found.id) if found else cell("", "")


def _split(desk: Desk, row: Row) -> Json:
    other = desk.heads.split(row.head, row.account) if row.account is not None else ""
    if isinstance(other, str):
        return cell(other, "")
    return cell(desk.chart.path(desk.chart.by_id[other]), other)


def _number(desk: Desk, row: Row) -> Json:
    found = desk.chart.by_id.get(row.account or 0)
    return cell(str(found.body.get("AcctNum") or "") if found else "")


def _time(of: Callable[[Head], int]) -> Fill:
    return lambda desk, row: cell(desk.books.moment(of(row.head)) if of(row.head) else "")


def _debit(side: int) -> Fill:
    return _amount(lambda row: side * row.debit if row.debit is not None and side * row.debit > 0 else None)


#: Name in columns=: title, the newer reports' type, and what stands in it.
COLUMNS: dict[str, tuple[str, str, Fill]] = {
    "tx_date": ("Date", "Date", _text(lambda row: row.head.day)),
    "txn_type": ("Transaction Type", "String", _word),
    "doc_num": ("Num", "String", _text(lambda row: row.head.number)),
    "is_no_post": ("Posting", "Boolean", _text(lambda row: "Yes" if row.posting else "No")),
    "name": ("Name", "String", _name()),
    "cust_name": ("Customer", "String", _name("Customer")),
    "vend_name": ("Vendor", "String", _name("Vendor")),
    "emp_name": ("Employee", "String", _name("Employee")),
    "klass_name": ("Class", "String", _listed("Class", lambda row: row.class_)),
    "dept_name": ("Location", "String", _listed("Department", lambda row: row.place)),
    "memo": ("Memo/Description", "String", _text(lambda row: row.memo)),
    "account_name": ("Account", "String", _account),
    "account_num": ("Account #", "String", _number),
    "acct_num_with_extn": ("Account #", "String", _number),
    "split_acc": ("Split", "String", _split),
    "other_account": ("Split", "String", _split),
    "is_cleared": ("Clr", "String", _text(lambda row: row.cleared)),
    "due_date": ("Due Date", "Date", _text(lambda row: row.head.body.get("DueDate"))),
    "past_due": ("Past Due", "String", _text(lambda row: "" if row.past_due is None else str(row.past_due))),
    "term_name": ("Terms", "String", _listed("Term", lambda row: row.head.ref("SalesTermRef"))),
    "pmt_mthd": ("Payment Method", "String", _listed("PaymentMethod", lambda row: row.head.ref("PaymentMethodRef"))),
    "create_date": ("Create Date", "Date", _time(lambda head: head.created)),
    "last_mod_date": ("Last Modified", "Date", _time(lambda head: head.updated)),
    "create_by": ("Created By", "String", _text(lambda row: "")),
    "last_mod_by": ("Last Modified By", "String", _text(lambda row: "")),
    "currency": ("Currency", "String", _text(lambda row: row.head.body.get("CurrencyRef.value"))),
    "exch_rate": ("Exchange Rate", "Money", _text(lambda row: str(row.head.body.get("ExchangeRate", 1)))),
    "subt_nat_amount": ("Amount", "Money", _amount(lambda row: row.amount)),
    "rbal_nat_amount": ("Balance", "Money", _amount(lambda row: row.balance)),
    "debt_amt": ("Debit", "Money", _debit(1)),
    "credit_amt": ("Credit", "Money", _debit(-1)),
    "nat_open_bal": ("Open Balance", "Money", _amount(lambda row: row.open)),
}
#: The same amounts under the names they have in other reports, and where several currencies are on.
_SAME = {
    "subt_nat_amount": ("subt_nat_home_amount", "subt_neg_amount", "subt_neg_home_amount", "subt_amount", "nat_amount"),
    "rbal_nat_amount": ("rbal_nat_home_amount", "rbal_neg_amount", "rbal_amount"),
    "debt_amt": ("debt_home_amt",),
    "credit_amt": ("credit_home_amt",),
    "nat_open_bal": ("nat_home_open_bal", "subt_neg_open_bal", "subt_neg_home_open_bal", "subt_open_bal"),
}
COLUMNS |= {other: COLUMNS[name] for name, others in _SAME.items() for other in others}
#: What an amount is called where several currencies are on: it is in the home currency all the same.
HOME = {name: others[0] for name, others in _SAME.items()} | {
    "subt_neg_amount": "subt_neg_home_amount",
    "subt_neg_open_bal": "subt_neg_home_open_bal",
}
#: Those that are added up at the foot of a section.
SUMMED = dict.fromkeys(("subt_nat_amount", *_SAME["subt_nat_amount"]), "amount")
SUMMED |= dict.fromkeys(("nat_open_bal", *_SAME["nat_open_bal"]), "open")
SUMMED |= {"debt_amt": "debt", "debt_home_amt": "debt", "credit_amt": "credit", "credit_home_amt": "credit"}


class Layout:
    """The columns of one report."""

    def __init__(self, desk: Desk, default: tuple[str, ...], *, typed: bool) -> None:
        asked = tuple(dict.fromkeys(name for name in desk.asked.words("columns") if name in COLUMNS))
        several = bool(desk.books.preference("CurrencyPrefs", "MultiCurrencyEnabled"))
        shown = tuple(name for name in default if _shown(desk, name))
        self.keys = asked or tuple(HOME.get(name, name) if several else name for name in shown)
        self._desk = desk
        kinds = ((key, *COLUMNS[key][:2]) for key in self.keys)
        # Older reports name the column in its type, newer ones in its metadata (both recorded).
        self.columns = [column(title, kind if typed else key, key) for key, title, kind in kinds]

    @property
    def width(self) -> int:
        return len(self.keys)

    def cells(self, row: Row) -> list[Json]:
        return [COLUMNS[key][2](self._desk, row) for key in self.keys]

    def total(self, title: str, rows: list[Row]) -> list[Json]:
        return [cell(title), *(cell(money(_sum(key, rows))) for key in self.keys[1:])]


def _shown(desk: Desk, name: str) -> bool:
    if name == "klass_name":
        return any(desk.books.preference("AccountingInfoPrefs", f"ClassTrackingPerTxn{end}") for end in ("", "Line"))
    return name != "dept_name" or bool(desk.books.preference("AccountingInfoPrefs", "TrackDepartments"))


def _sum(key: str, rows: list[Row]) -> int | None:
    """Empty where none of the rows has anything in it."""
    of = SUMMED.get(key)
    if of is None:
        return None
    if of in ("debt", "credit"):
        side = 1 if of == "debt" else -1
        found = [side * row.debit for row in rows if row.debit is not None and side * row.debit > 0]
    else:
        values = (row.amount if of == "amount" else row.open for row in rows)
        found = [units for units in values if units is not None]
    return sum(found) if found else None


def sorted_rows(desk: Desk, layout: Layout, rows: list[Row]) -> list[Row]:
    """By a column, amounts by size; without sort_by the days are in order already."""
    key = desk.asked.query.get("sort_by", "").strip()
    if key not in COLUMNS:
        return rows[::-1] if desk.asked.descending else rows
    amounts = {"amount": lambda row: row.amount or 0, "open": lambda row: row.open or 0}
    by = amounts.get(SUMMED.get(key, ""))
    fill = COLUMNS[key][2]
    chosen = by or (lambda row: str(fill(desk, row)["value"]).casefold())
    return sorted(rows, key=chosen, reverse=desk.asked.descending)


__all__ = ["COLUMNS", "SPLIT", "Layout", "Row", "sorted_rows"]

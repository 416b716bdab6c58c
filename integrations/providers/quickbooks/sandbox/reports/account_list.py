"""AccountList: the chart of accounts, with what stands on each account today."""

from __future__ import annotations

from collections.abc import Callable

from ..wire.json import Json
from .chart import Account
from .desk import Desk
from .shape import Report, cell, column, data, money
from .words import account_type

Fill = Callable[[Desk, Account], Json]

COLUMNS: dict[str, tuple[str, Fill]] = {
    "account_name": ("Account", lambda desk, account: cell(desk.chart.path(account), account.id)),
    "account_type": ("Type", lambda desk, account: cell(account.kind)),
    "detail_acc_type": ("Detail type", lambda desk, account: cell(account.body["AccountSubType"])),
    "account_desc": ("Description", lambda desk, account: cell(str(account.body.get("Description") or ""))),
    "account_num": ("Account #", lambda desk, account: cell(str(account.body.get("AcctNum") or ""))),
    "account_bal": (
        "Balance",
        lambda desk, account: cell(money(None if account.earns else _balance(desk, account))),
    ),
}
DEFAULT = ("account_name", "account_type", "detail_acc_type", "account_desc", "account_bal")


def _balance(desk: Desk, account: Account) -> int:
    return account.side * desk.books.debit_balance(account.id)


def build(desk: Desk) -> Report:
    keys = tuple(name for name in desk.asked.words("columns") if name in COLUMNS) or DEFAULT
    kinds = {account_type(word) for word in desk.asked.words("account_type", "source_account_type")}
    deleted = desk.asked.choice("account_status", "Not_Deleted", "Deleted") == "Deleted"
    accounts = [each for each in desk.chart.walk() if bool(each.body.get("Active", True)) != deleted]
    shown = [each for each in accounts if not kinds or each.kind in kinds]
    rows = [data([COLUMNS[key][1](desk, account) for key in keys]) for account in shown]
    return Report([column(COLUMNS[key][0], key, key) for key in keys], rows, empty=not rows)

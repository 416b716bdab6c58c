"""The chart of accounts as reports nest it: by type, by parent, in the order of numbers or names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from ..books.books import Books
from ..entities.account import own_side
from ..wire.json import Json
from .shape import cell

ASSETS = ("Bank", "Accounts Receivable", "Other Current Asset", "Fixed Asset", "Other Asset")
LIABILITIES = ("Accounts Payable", "Credit Card", "Other Current Liability", "Long Term Liability")
EARNINGS = ("Income", "Cost of Goods Sold", "Expense", "Other Income", "Other Expense")
ORDER = (*ASSETS, *LIABILITIES, "Equity", *EARNINGS)


@dataclass
class Account:
    id: int
    #: With its number in front where the company uses numbers (recorded).
    name: str
    kind: str
    parent: int | None
    #: 1 where debits make it grow.
    side: int
    body: Json
    children: list[Account] = field(default_factory=list)

    @property
    def earns(self) -> bool:
        """Income and expense: closed into equity when the year ends."""
        return self.kind in EARNINGS

    @property
    def cell(self) -> Json:
        return cell(self.name, self.id)


class Chart:
    def __init__(self, books: Books) -> None:
        self._numbered = bool(books.preference("AccountingInfoPrefs", "UseAccountNumbers"))
        self.by_id = {each.id: self._account(each.id, each.body, own_side(each)) for each in books.all("Account")}
        self._roots: dict[str, list[Account]] = defaultdict(list)
        for account in sorted(self.by_id.values(), key=self._place):
            parent = self.by_id.get(account.parent) if account.parent else None
            (parent.children if parent else self._roots[account.kind]).append(account)

    def _account(self, number: int, body: Json, side: int) -> Account:
        shown = f"{body.get('AcctNum') or ''} {body['Name']}".strip() if self._numbered else body["Name"]
        parent = body.get("ParentRef")
        return Account(number, shown, body["AccountType"], int(parent["value"]) if parent else None, side, body)

    def _place(self, account: Account) -> tuple[str, str]:
        number = str(account.body.get("AcctNum") or "~") if self._numbered else ""
        return number, account.body["Name"].casefold()

    def roots(self, *kinds: str) -> list[Account]:
        return [account for kind in kinds for account in self._roots[kind]]

    def walk(self, *kinds: str) -> list[Account]:
        """Parents before their children."""
        return list(_down(self.roots(*(kinds or ORDER))))

    def path(self, account: Account) -> str:
        parent = self.by_id.get(account.parent) if account.parent else None
        return f"{self.path(parent)}:{account.name}" if parent else account.name

    def ids(self, *kinds: str) -> set[int]:
        return {account.id for account in self.by_id.values() if account.kind in kinds}

    @property
    def retained(self) -> Account | None:
        """Where the profit of earlier years is shown."""
        equity = self.walk("Equity")
        return next((each for each in equity if each.body["AccountSubType"] == "RetainedEarnings"), None)


def _down(accounts: Iterable[Account]) -> Iterable[Account]:
    for account in accounts:
        yield account
        yield from _down(account.children)

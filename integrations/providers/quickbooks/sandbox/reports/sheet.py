"""Accounts with their sub-accounts as nested rows with totals, for the summaries."""

from __future__ import annotations

from collections.abc import Iterable

from ..wire.json import Json
from .chart import Account, Chart
from .shape import Line, added, blank, cell, cells, data, section


class Sheet:
    def __init__(self, chart: Chart, lines: dict[int, Line], width: int) -> None:
        self._chart = chart
        self._lines = lines
        self.width = width

    def branch(self, account: Account) -> tuple[Json, Line] | None:
        """One account: a row, or with sub-accounts a section; None where nothing stands on any of them."""
        own = self._lines.get(account.id)
        below = self.branches(account.children)
        if not below:
            return (data(cells(account.cell, own)), own) if own is not None else None
        total = added([*([own] if own else []), *(line for _, line in below)], self.width)
        head = cells(account.cell, own or [None] * self.width)
        summary = cells(f"Total {account.name}", total)
        return section(head, [row for row, _ in below], summary), total

    def branches(self, accounts: Iterable[Account]) -> list[tuple[Json, Line]]:
        found = (self.branch(account) for account in accounts)
        return [each for each in found if each is not None]

    def kinds(self, title: str, group: str, *kinds: str) -> tuple[Json, Line]:
        """A section of all accounts of some types; its total is empty where it has none."""
        return self.joined(title, group, self.accounts(*kinds))

    def accounts(self, *kinds: str) -> list[tuple[Json, Line]]:
        return self.branches(self._chart.roots(*kinds))

    def joined(self, title: str, group: str, parts: list[tuple[Json, Line]], total: str = "") -> tuple[Json, Line]:
        line = added([each for _, each in parts], self.width)
        head = cells(title, [None] * self.width)
        summary = cells(total or f"Total {title}", line)
        return section(head, [row for row, _ in parts], summary, group), line

    def some(self, *parts: tuple[Json, Line]) -> list[tuple[Json, Line]]:
        """Those that hold anything: an empty section below the top is left out."""
        return [part for part in parts if not blank(part[1])]


def result(title: str, group: str, line: Line) -> Json:
    return section(summary=cells(title, line), group=group)


def named(title: str, line: Line, **more: str) -> Json:
    return data(cells(cell(title), line), **more)

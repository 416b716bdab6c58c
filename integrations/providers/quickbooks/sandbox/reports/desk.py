"""What every report is made from."""

from __future__ import annotations

from functools import cached_property

from ..books.books import Books
from .asked import Asked
from .chart import Chart
from .heads import Heads
from .ledger import Ledger, Scope, scope_of
from .names import Names


class Desk:
    def __init__(self, books: Books, asked: Asked) -> None:
        self.books = books
        self.asked = asked
        self.scope: Scope = scope_of(asked)

    def room(self, width: int) -> int | None:
        """So many rows need to be read, one more than fits: the rest would be cut. None where nothing is cut."""
        limit = self.books.switches.report_cells
        return limit // width + 1 if limit else None

    @cached_property
    def ledger(self) -> Ledger:
        return Ledger(self.books, self.asked)

    @cached_property
    def chart(self) -> Chart:
        return Chart(self.books)

    @cached_property
    def names(self) -> Names:
        return Names(self.books)

    @cached_property
    def heads(self) -> Heads:
        return Heads(self.books)

    @cached_property
    def sides(self) -> dict[int, int]:
        return {account.id: account.side for account in self.chart.by_id.values()}

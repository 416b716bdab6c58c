"""Walking through a long list page by page: each page begins right after the last row of the one before.

Unlike page numbers, this neither skips nor repeats a row when others are inserted meanwhile, and costs the same for
every page.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db.models import F, Model, QuerySet
from django.db.models.fields.tuple_lookups import (  # type: ignore[import-untyped]  # the stubs leave it out
    Tuple,
    TupleGreaterThan,
    TupleLessThan,
)

Row = TypeVar("Row", bound=Model)
Position = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Walk:
    """An order of rows. The last of its columns is unique, and an index has them all."""

    columns: tuple[str, ...]
    backwards: bool = False

    def page(self, rows: QuerySet[Row], size: int, after: Position | None) -> tuple[list[Row], Position | None]:
        """The rows of a page, and where the next one begins, if there is one."""
        asked = rows if after is None else rows.filter(self._beyond(after))
        found = list(asked.order_by(*self._ordering())[: size + 1])
        return found[:size], self._position(found[size - 1]) if len(found) > size else None

    def _ordering(self) -> Sequence[str]:
        return [f"-{column}" if self.backwards else column for column in self.columns]

    def _beyond(self, after: Position) -> TupleLessThan | TupleGreaterThan:
        """As one comparison of whole rows: the database takes it as one stretch of the index."""
        row = Tuple(*map(F, self.columns))
        return TupleLessThan(row, after) if self.backwards else TupleGreaterThan(row, after)

    def _position(self, row: Model) -> Position:
        return tuple(getattr(row, column) for column in self.columns)

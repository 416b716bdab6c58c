"""The rows of a part: what of ours there is, what it cost, where it points, and what the names suggest."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from django.core.paginator import Paginator
from django.utils import timezone

from integrations import mapped
from integrations.mapped import Aim, Source, Standing
from integrations.mapping import picking
from integrations.mapping.picking import Target, folded
from integrations.mapping.slots import MappingKey
from integrations.models import Connection
from integrations.web.mapping.asked import BROKEN, OPEN, SUGGESTED, Asked
from integrations.web.mapping.form import MappingForm
from integrations.web.mapping.lists import aims_of, directory
from integrations.web.mapping.parts import TABLES
from ledger.selectors.spend import Spend, spend_by

ROWS = 100
DAYS = 90


@dataclass(frozen=True, slots=True)
class Row:
    source: Source
    spend: Spend
    standing: tuple[Standing, ...]

    @property
    def is_open(self) -> bool:
        return not self.standing

    @property
    def broken(self) -> bool:
        return any(one.broken for one in self.standing)

    def contains(self, words: str) -> bool:
        texts = (self.source.name, self.source.note, *self.source.names, *(one.label for one in self.standing))
        return any(words in text.casefold() for text in texts)


class Table:
    """All rows are read, of each no more than its names: order, counts and sums are those of the whole part."""

    def __init__(self, tie: Connection, asked: Asked, form: MappingForm) -> None:
        self.tie = tie
        self.asked = asked
        self.form = form
        self.part = TABLES[asked.part]
        self.aims = aims_of(self.part.slot, tie)

    @cached_property
    def rows(self) -> list[Row]:
        """Most money first."""
        standing: dict[int | None, list[Standing]] = {}
        for key, one in self.form.standing.items():
            if key.dimension in self.aims:
                standing.setdefault(key.source, []).append(one)
        rows = [
            Row(source, self.spend.get(source.id, Spend()), tuple(standing.get(source.id, ())))
            for source in mapped.sources(self.part.slot, self.tie.entity)
        ]
        return sorted(rows, key=lambda row: (-row.spend.minor, folded(row.source.name), row.source.id))

    @cached_property
    def spend(self) -> dict[int | None, Spend]:
        today = timezone.now().astimezone(ZoneInfo(self.tie.entity.time_zone)).date()
        return spend_by(self.part.slot.value, self.tie.entity, today - timedelta(days=DAYS))

    @cached_property
    def matches(self) -> dict[MappingKey, Target]:
        """By name or number, for rows without a target. Nothing of it stands before a person saves it."""
        if not self.asked.matching:
            return {}
        names = {row.source.id: row.source.names for row in self.rows if row.is_open}
        return {
            MappingKey(self.part.slot, source, dimension): target
            for dimension, aim in self.aims.items()
            for source, target in picking.match(names, directory(self.tie, aim)).items()
        }

    @property
    def fingerprint(self) -> str:
        """Of the matches that a person saw: what is saved with one tick is what was there to be looked through."""
        lines = sorted(f"{key.source}:{key.dimension}:{target.id}" for key, target in self.matches.items())
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:32]

    @cached_property
    def matched(self) -> set[int | None]:
        return {key.source for key in self.matches}

    def in_group(self) -> list[Row]:
        group = self.asked.group
        return [row for row in self.rows if group is None or row.source.group == group]

    def shown(self, show: str) -> list[Row]:
        """The rows of a filter, before words are looked for."""
        rows = self.in_group()
        if show == SUGGESTED:
            return [row for row in rows if row.source.id in self.matched]
        if show == BROKEN:
            return [row for row in rows if row.broken]
        return [row for row in rows if row.is_open] if show == OPEN else rows

    def found(self) -> list[Row]:
        words = self.asked.words.casefold()
        return [row for row in self.shown(self.asked.show) if not words or row.contains(words)]

    def posted(self) -> list[Row]:
        """The rows that were in sight when the form was sent; an answer shows these again, whatever a filter says."""
        ids = {key.source for key in self.form.texts}
        return [row for row in self.rows if row.source.id in ids]

    def page(self) -> "Paginator[Row]":
        return Paginator(self.found(), ROWS)

    def key(self, row: Row, aim: Aim) -> MappingKey:
        return MappingKey(self.part.slot, row.source.id, aim.dimension)


def total(rows: Iterable[Row]) -> int:
    return sum(row.spend.minor for row in rows)

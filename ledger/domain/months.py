"""A calendar month: the period in which books are closed, and in which sums are shown."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

KEY = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True, order=True)
class Month:
    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> "Month":
        return cls(day.year, day.month)

    @classmethod
    def parse(cls, key: str) -> "Month | None":
        """Of "2026-11"; None for whatever is no month."""
        found = KEY.fullmatch(key)
        return cls(int(found[1]), int(found[2])) if found and int(found[1]) else None

    @property
    def key(self) -> str:
        return f"{self.year:04}-{self.number:02}"

    @property
    def first(self) -> date:
        return date(self.year, self.number, 1)

    @property
    def last(self) -> date:
        return date.max if self == LAST else self.next.first - timedelta(days=1)

    @property
    def next(self) -> "Month":
        return Month(self.year + 1, 1) if self.number == 12 else Month(self.year, self.number + 1)

    @property
    def previous(self) -> "Month":
        return Month(self.year - 1, 12) if self.number == 1 else Month(self.year, self.number - 1)

    @property
    def days(self) -> list[date]:
        return [self.first.replace(day=number) for number in range(1, self.last.day + 1)]


LAST = Month(9999, 12)

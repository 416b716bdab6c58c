"""Reasons by which rows are counted: the same sentence about another row's values is the same reason."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

OF_THE_ROW = re.compile(r"“[^”]*”|^[0-9]{4}-[0-9]{2}-[0-9]{2}\b")


@dataclass(frozen=True, slots=True)
class Cause:
    """Why rows were refused, how many, and where the first of them stands."""

    sentence: str
    rows: int
    line: int


def cause_of(sentence: str) -> str:
    return OF_THE_ROW.sub("“…”", sentence)


def causes_of(sentences: Iterable[str]) -> list[str]:
    """Each once, in their order."""
    return list(dict.fromkeys(map(cause_of, sentences)))


class CauseTally:
    """A row with several reasons is counted for each."""

    def __init__(self) -> None:
        self._found: dict[str, tuple[int, int]] = {}

    def add(self, line: int, sentences: Iterable[str]) -> None:
        for cause in causes_of(sentences):
            rows, first = self._found.get(cause, (0, line))
            self._found[cause] = rows + 1, first

    def causes(self) -> list[Cause]:
        """The commonest first."""
        found = [Cause(sentence, rows, line) for sentence, (rows, line) in self._found.items()]
        return sorted(found, key=lambda cause: -cause.rows)

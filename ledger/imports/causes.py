"""Reasons by which rows are counted: the same sentence about another row's values is the same reason."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

OF_THE_ROW = re.compile(r"“[^”]*”|^[0-9]{4}-[0-9]{2}-[0-9]{2}\b")


@dataclass(frozen=True, slots=True)
class Cause:
    """Why rows were refused, how many, where the first of them stands, and the reason in its own words."""

    sentence: str
    rows: int
    line: int
    example: str


def cause_of(sentence: str) -> str:
    return OF_THE_ROW.sub("“…”", sentence)


def causes_of(sentences: Iterable[str]) -> list[str]:
    """Each once, in their order."""
    return list(dict.fromkeys(map(cause_of, sentences)))


class CauseTally:
    """A row with several reasons is counted for each."""

    def __init__(self) -> None:
        self._found: dict[str, tuple[int, int, str]] = {}

    def add(self, line: int, sentences: Iterable[str]) -> None:
        examples: dict[str, str] = {}
        for sentence in sentences:
            examples.setdefault(cause_of(sentence), sentence)
        for cause, example in examples.items():
            rows, first, shown = self._found.get(cause, (0, line, example))
            self._found[cause] = rows + 1, first, shown

    def causes(self) -> list[Cause]:
        """The commonest first."""
        found = [Cause(sentence, rows, line, example) for sentence, (rows, line, example) in self._found.items()]
        return sorted(found, key=lambda cause: -cause.rows)

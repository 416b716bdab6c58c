"""What became of one of many that were told at once."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from ledger.models import SourceDocument

Errors = dict[str, list[str]]
"""Sentences by the field that they are about."""


class Result(StrEnum):
    CREATED = "created"
    EXISTING = "existing"
    CHANGED = "changed"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of one document of the list, in the order in which it came."""

    external_id: str
    result: Result
    document: SourceDocument | None = None
    errors: Errors = field(default_factory=dict)


def sentences(errors: Errors) -> list[str]:
    """All of them, where nothing stands beside a field."""
    return [sentence for told in errors.values() for sentence in told]


def by_field(problems: Iterable[tuple[str, str]]) -> Errors:
    """From fields with a sentence each."""
    errors: Errors = {}
    for name, sentence in problems:
        errors.setdefault(name, []).append(sentence)
    return errors


def refused_twice(external_id: str) -> Recorded:
    return Recorded(external_id, Result.REFUSED, errors={"external_id": ["It stands in this list more than once."]})

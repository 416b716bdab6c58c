"""Entering what a file names and nobody has entered yet."""

from collections.abc import Iterator
from typing import NamedTuple

from ledger.models import Entity
from ledger.models.directory import CARDS, CATEGORIES, DEPARTMENTS, TAG_GROUPS, TAGS, Noun
from ledger.services.directory import enter
from ledger.services.imports.names import Missing
from ledger.services.imports.outcomes import NewNames
from ledger.services.results import Result


class _List(NamedTuple):
    noun: Noun
    names: list[str]
    told: list[dict[str, str]]


def make(missing: Missing, entity: Entity) -> NewNames:
    """In the transaction of the rows that need them. Those that were made."""
    made: NewNames = {}
    for noun, names, told in _lists(missing, entity):
        entered = zip(names, enter(noun=noun, told=told), strict=True)
        made[noun.word] = [name for name, one in entered if one.result is Result.CREATED]
    return {word: names for word, names in made.items() if names}


def names_of(missing: Missing, entity: Entity) -> NewNames:
    return {noun.word: names for noun, names, _ in _lists(missing, entity)}


def _lists(missing: Missing, entity: Entity) -> Iterator[_List]:
    """A group before its tags."""
    categories, tags = [*missing.categories.values()], [*missing.tags.values()]
    departments, groups = [*missing.departments.values()], [*missing.groups.values()]
    lists = (
        _List(CARDS, [*missing.cards], [_card(name, digits, entity) for name, digits in missing.cards.items()]),
        _List(CATEGORIES, [name for name, _ in categories], [_category(*category) for category in categories]),
        _List(DEPARTMENTS, departments, [{"name": name, "code": ""} for name in departments]),
        _List(TAG_GROUPS, groups, [{"name": name} for name in groups]),
        _List(TAGS, [f"{name} ({group})" for group, name in tags], [_tag(*tag) for tag in tags]),
    )
    return (one for one in lists if one.told)


def _card(name: str, digits: str, entity: Entity) -> dict[str, str]:
    return {"external_id": name, "last_four": digits, "holder": "", "entity": entity.name}


def _category(name: str, code: str) -> dict[str, str]:
    return {"name": name, "code": code}


def _tag(group: str, name: str) -> dict[str, str]:
    return {"group": group, "name": name}

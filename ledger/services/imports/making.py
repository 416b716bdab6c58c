"""Entering what a file names and nobody has entered yet."""

from collections import Counter

from ledger.models import Entity
from ledger.models.directory import CARDS, CATEGORIES, DEPARTMENTS, TAG_GROUPS, TAGS
from ledger.services.directory import enter
from ledger.services.imports.names import Missing
from ledger.services.intake import Result


def make(missing: Missing, entity: Entity) -> Counter[str]:
    """In the transaction of the rows that need them. How many were made, by what they are called."""
    lists = [
        (CARDS, [_card(name, digits, entity) for name, digits in missing.cards.items()]),
        (CATEGORIES, [{"name": name, "code": code} for name, code in missing.categories.values()]),
        (DEPARTMENTS, [{"name": name, "code": ""} for name in missing.departments.values()]),
        (TAG_GROUPS, [{"name": name} for name in missing.groups.values()]),
        (TAGS, [{"group": group, "name": name} for group, name in missing.tags.values()]),
    ]
    made: Counter[str] = Counter()
    for noun, told in lists:
        if told:
            made[noun.word] = sum(entered.result is Result.CREATED for entered in enter(noun=noun, told=told))
    return made


def _card(name: str, digits: str, entity: Entity) -> dict[str, str]:
    return {"external_id": name, "last_four": digits, "holder": "", "entity": entity.name}

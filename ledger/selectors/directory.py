"""Questions about the names that transactions use."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet

from ledger.models.directory import Noun


def entries(noun: Noun, asked: Mapping[str, str]) -> QuerySet[Any]:
    """Entries of the noun whose columns, or whose owner's name, are what is asked for."""
    rows = noun.model.objects.filter(**dict(_condition(noun, name, value) for name, value in asked.items()))
    found: QuerySet[Any] = rows.select_related(noun.owner) if noun.owner else rows
    return found


def _condition(noun: Noun, name: str, value: str) -> tuple[str, str]:
    if name == noun.owner:
        return f"{name}__name", value
    if name == noun.name and noun.folded:
        return noun.folded, value.casefold()
    return name, value

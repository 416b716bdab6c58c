"""What the names in a file stand for among those on record: read once for a list of rows, however they are written."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import Q

from ledger.imports.cards import identity, last_four, told_by_last_four
from ledger.imports.values import TransactionValues
from ledger.models import Card, Category, Department, Entity, Tag, TagGroup

LONGEST_GROUP = 100
LONGEST_CARD = 64


@dataclass(frozen=True, slots=True)
class Resolved:
    """The names under which the ledger knows what the row means."""

    card: str
    category: str
    department: str
    tags: dict[str, str]


class Spellings:
    """“SOFTWARE” finds “Software”, unless there is a “SOFTWARE” too."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._exact: set[str] = set()
        self._folded: dict[str, str] = {}
        for name in names:
            self.add(name)

    def add(self, name: str) -> None:
        self._exact.add(name)
        self._folded.setdefault(name.casefold(), name)

    def find(self, name: str) -> str | None:
        return name if name in self._exact else self._folded.get(name.casefold())


@dataclass(slots=True)
class Missing:
    """What the rows name and nobody has entered yet, each once."""

    cards: dict[str, str] = field(default_factory=dict)
    categories: dict[str, tuple[str, str]] = field(default_factory=dict)
    departments: dict[str, str] = field(default_factory=dict)
    groups: dict[str, str] = field(default_factory=dict)
    tags: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.cards or self.categories or self.departments or self.groups or self.tags)


class Names:
    """The entity's cards, and the organisation's categories, departments and tags."""

    def __init__(self, entity: Entity, values: Sequence[TransactionValues]) -> None:
        self._entity = entity
        self._read_cards({one.card for one in values})
        rows = Category.objects.order_by("pk").values_list("name", "code") if any(map(_is_categorised, values)) else []
        self._categories = Spellings(name for name, _ in rows)
        self._names_of_codes = {code: name for name, code in rows if code}
        told = any(one.department for one in values)
        self._departments = Spellings(Department.objects.order_by("pk").values_list("name", flat=True) if told else ())
        self._read_tags(any(one.tags for one in values))

    def _read_cards(self, cells: set[str]) -> None:
        ids, fours = cells | set(map(identity, cells)), set(map(told_by_last_four, cells)) - {""}
        wanted = Q(external_id__in=ids) | Q(entity=self._entity, last_four__in=fours)
        self._cards: dict[str, Card] = {}
        self._ending: dict[str, list[str]] = defaultdict(list)
        for card in Card.objects.filter(wanted).select_related("entity"):
            self._cards[card.external_id] = card
            if card.entity_id == self._entity.pk:
                self._ending[card.last_four].append(card.external_id)

    def _read_tags(self, is_tagged: bool) -> None:
        self._groups = Spellings(TagGroup.objects.order_by("pk").values_list("name", flat=True) if is_tagged else ())
        self._tags: dict[str, Spellings] = defaultdict(Spellings)
        rows = Tag.objects.order_by("pk").values_list("group__name", "name") if is_tagged else []
        for group, name in rows:
            self._tags[group].add(name)

    def missing(self, values: Iterable[TransactionValues]) -> Missing:
        """What can be made of the rows' own words."""
        missing = Missing()
        for one in values:
            self._note_card(one.card, missing)
            self._note_category(one.category, one.category_code, missing)
            if one.department and self._departments.find(one.department) is None:
                missing.departments.setdefault(one.department.casefold(), one.department)
            for column, tag in one.tags:
                self._note_tag(column, tag, missing)
        return missing

    def _note_card(self, cell: str, missing: Missing) -> None:
        if not self._candidates(cell) and last_four(cell):
            missing.cards.setdefault(self._free_name(cell), last_four(cell))

    def _free_name(self, cell: str) -> str:
        """Two cards may end alike, where each entity has one of them."""
        name = identity(cell)
        return f"{name} {self._entity}"[:LONGEST_CARD] if name in self._cards and told_by_last_four(cell) else name

    def _note_category(self, name: str, code: str, missing: Missing) -> None:
        if name and code not in self._names_of_codes and self._categories.find(name) is None:
            missing.categories.setdefault(code or name.casefold(), (name, code))

    def _note_tag(self, column: str, tag: str, missing: Missing) -> None:
        column = column[:LONGEST_GROUP]
        group = self._groups.find(column)
        if group is None:
            group = missing.groups.setdefault(column.casefold(), column)
        if self._tags[group].find(tag) is None:
            missing.tags.setdefault((group, tag.casefold()), (group, tag))

    def resolve(self, one: TransactionValues) -> Resolved | list[str]:
        """The names on record, or every sentence why one of them stands for nothing."""
        card, about_card = self._card(one.card)
        category, about_category = self._category(one.category, one.category_code)
        tags, about_tags = self._tag_uses(one.tags)
        department = self._departments.find(one.department) or ""
        about_department = "" if department or not one.department else f"There is no department “{one.department}”."
        sentences = [*filter(None, (about_card, about_category, about_department)), *about_tags]
        return sentences or Resolved(card, category, department, tags)

    def _candidates(self, cell: str) -> list[str]:
        """Of the entity. A card of another one is none, whatever it is called or ends in."""
        for known in (cell, identity(cell)):
            if known in self._cards and self._cards[known].entity_id == self._entity.pk:
                return [known]
        return self._ending.get(told_by_last_four(cell), [])

    def _card(self, cell: str) -> tuple[str, str]:
        candidates = self._candidates(cell)
        if len(candidates) > 1:
            return "", f"{len(candidates)} cards of {self._entity} end in “{cell}”. Write the card's own id."
        if not candidates:
            if theirs := self._cards.get(cell) or self._cards.get(identity(cell)):
                return "", f"The card “{cell}” belongs to {theirs.entity}, not to {self._entity}."
            advice = "" if last_four(cell) else " It has no digits from which a card could be made."
            return "", f"There is no card “{cell}”.{advice}"
        return candidates[0], ""

    def _category(self, name: str, code: str) -> tuple[str, str]:
        """A code is surer than a name, which may have been written otherwise there."""
        by_code, by_name = self._names_of_codes.get(code), self._categories.find(name)
        if by_code and by_name and by_code != by_name:
            return "", f"The code “{code}” is the category “{by_code}” here, not “{name}”."
        if found := by_code or by_name:
            return found, ""
        if name:
            return "", f"There is no category “{name}”."
        return "", f"There is no category with the code “{code}”, and the row has no name for it." if code else ""

    def _tag_uses(self, told: Iterable[tuple[str, str]]) -> tuple[dict[str, str], list[str]]:
        tags: dict[str, str] = {}
        sentences = []
        for column, name in told:
            group = self._groups.find(column[:LONGEST_GROUP])
            tag = self._tags[group].find(name) if group else None
            if group is None or tag is None:
                sentences.append(f"There is no tag “{name}” in a group “{column}”.")
            elif tags.setdefault(group, tag) != tag:
                sentences.append(f"It has two tags of the group “{group}”; a transaction has one of each.")
        return tags, sentences


def _is_categorised(one: TransactionValues) -> bool:
    return bool(one.category or one.category_code)

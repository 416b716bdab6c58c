"""Questions of the mapping: what of ours can be mapped, where it points, to what it could point, what was changed.

Rows come as plain values: a customer has thousands of vendors and cards, and a page needs of each a name and an id.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Window
from django.db.models.functions import Coalesce, RowNumber

from integrations.mapping.picking import ROLES, Target, folded
from integrations.mapping.slots import MappingKey, MappingSlot
from integrations.models import Connection, MappingEntry, Reference, ReferenceKind
from integrations.models.mappings import DIMENSION_SLOTS, SOURCES
from ledger.models import BankAccount, Card, Category, Department, Entity, Tag, TagGroup, Vendor

SOURCE_IDS = [f"{name}_id" for name in SOURCES]


# --- ours ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Source:
    """Something of ours; `names` are what it may be called in the books, `note` tells it from others."""

    id: int
    name: str
    names: tuple[str, ...]
    note: str = ""
    group: int | None = None


def sources(slot: MappingSlot, entity: Entity) -> list[Source]:
    """Everything that lines of this slot can name. Cards and bank accounts are the entity's own."""
    return list(SOURCES_OF[slot](entity))


def _cards(entity: Entity) -> Iterator[Source]:
    rows = Card.objects.filter(entity=entity).values_list("id", "last_four", "holder", "external_id")
    for id, last_four, holder, external_id in rows:
        yield Source(id, f"··{last_four}", (holder, f"{holder} {last_four}", external_id), holder)


def _bank_accounts(entity: Entity) -> Iterator[Source]:
    for id, name in BankAccount.objects.filter(entity=entity).values_list("id", "name"):
        yield Source(id, name, (name,))


def _categories(entity: Entity) -> Iterator[Source]:
    for id, name, code in Category.objects.values_list("id", "name", "code"):
        yield Source(id, name, (name, code), code)


def _departments(entity: Entity) -> Iterator[Source]:
    for id, name, code in Department.objects.values_list("id", "name", "code"):
        yield Source(id, name, (name, code), code)


def _tags(entity: Entity) -> Iterator[Source]:
    for id, name, group, group_id in Tag.objects.values_list("id", "name", "group__name", "group_id"):
        yield Source(id, name, (name,), group, group_id)


def _vendors(entity: Entity) -> Iterator[Source]:
    for id, name, external_id in Vendor.objects.values_list("id", "name", "external_id"):
        yield Source(id, name, (name,), external_id)


SOURCES_OF: dict[MappingSlot, Callable[[Entity], Iterable[Source]]] = {
    MappingSlot.CARD: _cards,
    MappingSlot.BANK_ACCOUNT: _bank_accounts,
    MappingSlot.CATEGORY: _categories,
    MappingSlot.DEPARTMENT: _departments,
    MappingSlot.TAG: _tags,
    MappingSlot.VENDOR: _vendors,
}


def tag_groups() -> list[tuple[int, str]]:
    return list(TagGroup.objects.order_by("name").values_list("id", "name"))


# --- what stands -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Standing:
    """The target of one line of the mapping; `ours` where it belongs to the books that the entity is connected to."""

    target: int
    label: str
    active: bool
    ours: bool

    @property
    def broken(self) -> bool:
        return not (self.active and self.ours)


def key_of(row: MappingEntry) -> MappingKey:
    return MappingKey(MappingSlot(row.slot), row.source_id, row.dimension)


def entries_at(entity: int, version: int | None = None) -> QuerySet[MappingEntry]:
    """The mapping of this version, or, without one, that of now."""
    rows = MappingEntry.objects.filter(entity_id=entity)
    if version is None:
        return rows.filter(until__isnull=True)
    return rows.filter(Q(until__isnull=True) | Q(until__gt=version), since__lte=version)


def standing(
    entity: int, company: int, slots: Iterable[MappingSlot], version: int | None = None
) -> dict[MappingKey, Standing]:
    named = Coalesce(*SOURCE_IDS)
    rows = entries_at(entity, version).filter(slot__in=[slot.value for slot in slots]).annotate(named=named)
    of_target = ("target_id", "target__number", "target__path", "target__active", "target__company_id")
    return {
        MappingKey(MappingSlot(slot), source, dimension): Standing(
            target, Target(target, number, "", path).label, active, owner == company
        )
        for slot, source, dimension, target, number, path, active, owner in rows.values_list(
            "slot", "named", "dimension", *of_target
        )
    }


def broken_by_slot(tie: Connection) -> dict[MappingSlot, int]:
    """How many lines of each slot point to what is inactive, or not of these books; but for what these do not track."""
    tracked = ["", *(dimension["key"] for dimension in tie.company.dimensions)]
    broken = Q(target__active=False) | ~Q(target__company_id=tie.company_id)
    rows = entries_at(tie.entity_id).filter(broken, dimension__in=tracked).values("slot")
    return {MappingSlot(row["slot"]): row["n"] for row in rows.annotate(n=Count("id")).order_by()}


def label_of(reference: Reference) -> str:
    return Target(reference.pk, reference.number, reference.name, reference.path).label


# --- where it could point --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Aim:
    """What the lines of a slot point to: an account, a vendor, a value of one dimension."""

    slot: MappingSlot
    dimension: str = ""

    @property
    def kind(self) -> ReferenceKind:
        if self.slot == MappingSlot.VENDOR:
            return ReferenceKind.VENDOR
        return ReferenceKind.VALUE if self.slot.value in DIMENSION_SLOTS else ReferenceKind.ACCOUNT


def targets(company: int, aim: Aim, rows: QuerySet[Reference] | None = None) -> list[Target]:
    """By number and path. Of accounts all, the unfit too, so that a page can say why one cannot be chosen."""
    chosen = references(company, aim) if rows is None else rows
    roles = ROLES.get(aim.slot)
    return [
        Target(id, number, name, path, type_name, active, roles is None or role in roles)
        for id, number, name, path, type_name, active, role in chosen.values_list(
            "id", "number", "name", "path", "type_name", "active", "role"
        )
    ]


def references(company: int, aim: Aim) -> QuerySet[Reference]:
    rows = Reference.objects.filter(company_id=company, kind=aim.kind, dimension=aim.dimension)
    return rows.order_by("number", "path", "id")


def possible_targets(company: int, aim: Aim, limit: int) -> list[Target]:
    """The first of those that can be chosen."""
    return targets(company, aim, _possible(company, aim)[:limit])


def called(company: int, aim: Aim, texts: Iterable[str]) -> list[Target]:
    """Those whose name is one of these: what a few typed names can mean among thousands."""
    keys = {key for text in texts for key in (text.casefold(), folded(text))}
    return targets(company, aim, references(company, aim).filter(name_key__in=keys)) if keys else []


def search(company: int, aim: Aim, words: str, limit: int) -> list[Target]:
    found = Q(name_key__contains=words.casefold()) | Q(path__icontains=words) | Q(number__startswith=words)
    return targets(company, aim, _possible(company, aim).filter(found)[:limit])


def _possible(company: int, aim: Aim) -> QuerySet[Reference]:
    rows = references(company, aim).filter(active=True)
    return rows.filter(role__in=ROLES[aim.slot]) if aim.slot in ROLES else rows


# --- what was changed ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Changes:
    """The first rows that began and ended with some versions, and how many lines each version changed in all."""

    rows: list[MappingEntry]
    totals: dict[int, int]


def changes(entity: int, versions: Sequence[int], limit: int) -> Changes:
    """A version may have changed thousands of lines; so many of each are read as a page shows."""
    rows = MappingEntry.objects.filter(entity_id=entity).annotate(named=Coalesce(*SOURCE_IDS))
    began, ended = rows.filter(since__in=versions), rows.filter(until__in=versions)
    successor = MappingEntry.objects.annotate(named=Coalesce(*SOURCE_IDS)).filter(
        Q(named=OuterRef("named")) | Q(named__isnull=True, slot=OuterRef("slot")),
        **{name: OuterRef(name) for name in ("entity_id", "slot", "dimension")},
        since=OuterRef("until"),
    )
    added = began.values(number=F("since")).annotate(n=Count("id")).order_by()
    removed = ended.filter(~Exists(successor)).values(number=F("until")).annotate(n=Count("id")).order_by()
    totals: dict[int, int] = {}
    for row in added.union(removed, all=True):
        totals[row["number"]] = totals.get(row["number"], 0) + row["n"]
    return Changes([*_first(began, "since", limit), *_first(ended, "until", limit)], totals)


def _first(rows: QuerySet[MappingEntry], version: str, limit: int) -> QuerySet[MappingEntry]:
    """In one order for both ends of a line, so that the first lines changed are found at both."""
    order = ["slot", "named", "dimension"]
    rank = Window(RowNumber(), partition_by=[F(version)], order_by=order)
    return rows.annotate(rank=rank).filter(rank__lte=limit).select_related("target", *SOURCES).order_by(*order)


def differences(entity: int, version: int) -> dict[MappingKey, int | None]:
    """What would have to point elsewhere for the mapping to be that of this version: targets by key, None for none."""
    then = {key_of(row): row.target_id for row in entries_at(entity, version)}
    now = {key_of(row): row.target_id for row in entries_at(entity)}
    return {key: then.get(key) for key in then.keys() | now.keys() if then.get(key) != now.get(key)}

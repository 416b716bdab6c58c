"""Targets to choose from: one list per kind for the whole page, in full while it is short, else searched by typing."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from integrations import mapped
from integrations.mapped import Aim
from integrations.mapping.picking import ROLES, Directory, Target, Trouble, Wrong
from integrations.mapping.slots import MappingSlot
from integrations.models import Connection, ReferenceKind
from integrations.providers.documents import AccountRole
from integrations.providers.registry import platform
from integrations.sync.gather import dimensions_of

LISTED = 1000
FOUND = 20
MEANT = 3


@dataclass(frozen=True, slots=True)
class TargetList:
    id: str
    options: list[Target]
    search_url: str


class TargetLists:
    def __init__(self, tie: Connection, slug: str) -> None:
        self._tie = tie
        self._slug = slug
        self._lists: dict[tuple[Any, ...], TargetList] = {}

    def of(self, aim: Aim) -> TargetList:
        """Slots that point to the same share a list."""
        same = (aim.kind, ROLES.get(aim.slot), aim.dimension)
        if same not in self._lists:
            self._lists[same] = self._made(aim, f"targets-{len(self._lists) + 1}")
        return self._lists[same]

    def all(self) -> list[TargetList]:
        return list(self._lists.values())

    def _made(self, aim: Aim, id: str) -> TargetList:
        found = mapped.possible_targets(self._tie.company_id, aim, LISTED + 1)
        if len(found) <= LISTED:
            return TargetList(id, found, "")
        address = reverse("mapping_targets", args=[self._slug, self._tie.entity_id])
        query = urlencode({"slot": aim.slot.value, "dimension": aim.dimension, "list": id})
        return TargetList(id, [], f"{address}?{query}")


def directory(tie: Connection, aim: Aim, texts: Iterable[str] | None = None) -> Directory:
    """Whom these texts may mean, or, without texts, everybody. Vendors are too many to be read for a few names."""
    if texts is not None and aim.kind is ReferenceKind.VENDOR:
        return Directory(mapped.called(tie.company_id, aim, texts))
    return Directory(mapped.targets(tie.company_id, aim))


def aims_of(slot: MappingSlot, tie: Connection) -> dict[str, Aim]:
    """By dimension; of what belongs to no dimension there is one."""
    plain = Aim(slot)
    if plain.kind is not ReferenceKind.VALUE:
        return {"": plain}
    return {one.key: Aim(slot, one.key) for one in dimensions_of(tie)}


def noun_of(aim: Aim, tie: Connection) -> str:
    if aim.kind is ReferenceKind.VALUE:
        return next(one.label for one in dimensions_of(tie) if one.key == aim.dimension)
    return "Vendor" if aim.kind is ReferenceKind.VENDOR else "Account"


def what_is_wrong(text: str, wrong: Wrong, aim: Aim, tie: Connection) -> str:
    books, noun = platform().short_label, noun_of(aim, tie).lower()
    if wrong.trouble is Trouble.UNKNOWN:
        return f"{books} has no {noun} “{text}”. If it is new there, read the lists again in Connections."
    names = [target.label for target in wrong.targets]
    if wrong.trouble is Trouble.AMBIGUOUS:
        more = " or others" if len(names) > MEANT else ""
        return f"“{text}” can be {' or '.join(names[:MEANT])}{more}. Choose one from the list."
    if wrong.trouble is Trouble.INACTIVE:
        return f"{names[0]} is inactive in {books}. Choose another, or make it active there."
    kind = f"In {books} it is of type {wrong.targets[0].type_name}." if wrong.targets[0].type_name else ""
    return f"{names[0]} is {_unfit(aim)}. {kind}".strip()


def _unfit(aim: Aim) -> str:
    roles = ROLES.get(aim.slot, frozenset())
    if roles == {AccountRole.CARD}:
        return "not a credit card account"
    if roles == {AccountRole.PAYABLE}:
        return "not an accounts payable account"
    return "not a bank account" if roles == {AccountRole.BANK} else "of a kind that charges cannot be booked to"

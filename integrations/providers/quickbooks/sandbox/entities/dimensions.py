"""Classes and locations, and whether the company tracks them (§9.2, §9.4)."""

from __future__ import annotations

from functools import partial

from ..books.books import Books
from ..books.record import Record
from ..model.entity import COMMON, HEAD, LIST, Entity, address, texts
from ..model.fields import Field, bare, flag, ignored, label
from ..wire.json import Json
from ..wire.refusals import missing
from . import subscription, trees
from .subscription import off

TRACKED_BY = {"Class": ("ClassTrackingPerTxn", "ClassTrackingPerTxnLine"), "Department": ("TrackDepartments",)}


def tracked(books: Books, entity: str) -> bool:
    """It needs a plan that has them, and the preference (§9.4)."""
    asked = any(books.preference("AccountingInfoPrefs", each) for each in TRACKED_BY[entity])
    return asked and subscription.has(books, entity)


def check_reference(books: Books, owner: Json, name: str, entity: str) -> None:
    if name not in owner:
        return
    if tracked(books, entity):
        books.resolve(owner[name], entity, field_name=name)
    elif books.switches.class_off == "drop":
        del owner[name]
    else:
        raise off(name)


def admit(books: Books, entity: str, *, writing: bool = False) -> None:
    """Whether the list itself may be read and written."""
    allowed = books.switches.class_lists
    if (allowed == "refuse" or (allowed == "read" and writing)) and not tracked(books, entity):
        raise off(entity)


def _complete(entity: str, books: Books, draft: Json, before: Record | None) -> Json:
    if not draft.get("Name"):
        raise missing("Name")
    body = {"Active": True, **draft}
    return trees.placed(books, entity, body, trees.parent_of(books, entity, body, before))


#: The only class id in the documentation has nineteen digits, close to the end of what 64 bits hold (§9.7).
FIRST_CLASS = 5_000_000_000_000_000_001


def _dimension(name: str, sub: str, *more: Field, first_id: int = 1) -> Entity:
    """Classes and locations: lists that nest, by a flag of their own name (§9.4)."""
    return Entity(
        name=name,
        family=name,
        names=name,
        operations=LIST,
        activates=True,
        first_id=first_id,
        complete=partial(_complete, name),
        fields=(
            label("Name", 100, forbidden=":\t\n\r"),
            flag(sub),
            bare("ParentRef", name),
            flag("Active"),
            *more,
            *HEAD,
            *ignored("FullyQualifiedName"),
        ),
        searchable={
            **COMMON,
            **texts("Name"),
            "FullyQualifiedName": ("text", "name"),
            "Active": ("flag", "active"),
        },
    )


CLASS = _dimension("Class", "SubClass", first_id=FIRST_CLASS)
DEPARTMENT = _dimension("Department", "SubDepartment", address("Address"))

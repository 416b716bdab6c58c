"""Classes and locations, and whether the company tracks them (§9.2, §9.4)."""

from __future__ import annotations

from functools import partial

from . import trees
from .books import Books, Record
from .refusals import Refusal, missing
from .wire import Json

PLANS = ("QuickBooks Online Plus", "QuickBooks Online Advanced")
TRACKED_BY = {"Class": ("ClassTrackingPerTxn", "ClassTrackingPerTxnLine"), "Department": ("TrackDepartments",)}


def tracked(books: Books, entity: str) -> bool:
    """It needs a plan that has them, and the preference (§9.4)."""
    asked = any(books.preference("AccountingInfoPrefs", each) for each in TRACKED_BY[entity])
    return asked and books.plan in PLANS


def check_reference(books: Books, owner: Json, name: str, entity: str) -> None:
    if name not in owner:
        return
    if tracked(books, entity):
        books.resolve(owner[name], entity, field_name=name)
    elif books.switches.class_off == "drop":
        del owner[name]
    else:
        raise _off(name)


def admit(books: Books, entity: str) -> None:
    """Whether the list itself may be read and written."""
    if books.switches.class_lists == "refuse" and not tracked(books, entity):
        raise _off(entity)


def _off(element: str) -> Refusal:
    return Refusal("5020", "Permission Denied Error : The feature is not turned on for this company", element=element)


def _complete(entity: str, books: Books, draft: Json, before: Record | None) -> Json:
    if not draft.get("Name"):
        raise missing("Name")
    body = {"Active": True, **draft}
    return trees.placed(books, entity, body, trees.parent_of(books, entity, body, before))


complete_class = partial(_complete, "Class")
complete_department = partial(_complete, "Department")

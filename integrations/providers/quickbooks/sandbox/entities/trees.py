"""Lists that nest: parents, paths, and what a rename does to everything below (§9.3, §9.4)."""

from __future__ import annotations

from dataclasses import replace

from ..books.books import Books
from ..books.record import Record
from ..wire.json import Json
from ..wire.refusals import Refusal

DEEPEST = 5
#: The property that says of a row that it has a parent.
SUB = {"Account": "SubAccount", "Class": "SubClass", "Department": "SubDepartment"}


def parent_of(books: Books, entity: str, body: Json, before: Record | None) -> Record | None:
    if not body.get("ParentRef"):
        return None
    parent = books.resolve(body["ParentRef"], entity, field_name="ParentRef")
    if before is not None and before.id in _lineage(books, parent):
        raise Refusal("6150", f"{entity} {before.id} cannot be its own parent", element="ParentRef")
    return parent


def placed(books: Books, entity: str, body: Json, parent: Record | None) -> Json:
    """The body with its path, at most five levels down."""
    if parent is None:
        kept = {name: value for name, value in body.items() if name != "ParentRef"}
        return {**kept, SUB[entity]: False, "FullyQualifiedName": body["Name"]}
    if len(_lineage(books, parent)) >= DEEPEST:
        raise Refusal("6180", f"A list has at most {DEEPEST} levels", element="ParentRef")
    return {**body, SUB[entity]: True, "FullyQualifiedName": f"{parent.title}:{body['Name']}"}


def _lineage(books: Books, record: Record) -> list[int]:
    found = [record.id]
    while record.body.get("ParentRef"):
        parent = books.find(record.entity, int(record.body["ParentRef"]["value"]))
        if parent is None:
            break
        record = parent
        found.append(record.id)
    return found


def settle(books: Books, record: Record) -> None:
    """A new name or place is a new path for everything below it."""
    for child in books.children(record):
        path = f"{record.title}:{child.body['Name']}"
        if path != child.title:
            moved = replace(child, body={**child.body, "FullyQualifiedName": path})
            books.restate(moved)
            settle(books, moved)

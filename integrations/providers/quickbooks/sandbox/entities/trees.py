"""Lists that nest: parents, paths, and what a rename does to everything below (§9.3, §9.4)."""

from __future__ import annotations

from dataclasses import replace

from ..books.books import Books
from ..books.record import Record
from ..wire.json import Json
from ..wire.refusals import Refusal

DEEPEST = 5
#: The property that says of a row that it has a parent.
SUB = {
    "Account": "SubAccount",
    "Class": "SubClass",
    "Department": "SubDepartment",
    "Customer": "Job",
    "Item": "SubItem",
}
#: Lists whose rows tell how deep they stand, and that say nothing of it at the top.
LEVELLED = ("Customer", "Item")


def parent_of(books: Books, entity: str, body: Json, before: Record | None) -> Record | None:
    if not body.get("ParentRef"):
        return None
    number = str(body["ParentRef"]["value"])
    if before is not None and before.body.get("ParentRef", {}).get("value") == number:
        # What stands below something inactive may stay there.
        return books.find(entity, int(number))
    parent = books.resolve(body["ParentRef"], entity, field_name="ParentRef")
    if before is not None:
        _check_move(books, before, _lineage(books, parent))
    return parent


def _check_move(books: Books, record: Record, above: list[int]) -> None:
    if record.id in above:
        raise Refusal("6150", f"{record.entity} {record.id} cannot be its own parent", element="ParentRef")
    if len(above) + _height(books, record) > DEEPEST:
        raise _too_deep()


def _height(books: Books, record: Record) -> int:
    return 1 + max((_height(books, child) for child in books.children(record)), default=0)


def _too_deep() -> Refusal:
    return Refusal("6180", f"A list has at most {DEEPEST} levels", element="ParentRef")


def placed(books: Books, entity: str, body: Json, parent: Record | None) -> Json:
    """The body with its path, at most five levels down."""
    if parent is None:
        return _at_the_top(entity, body)
    depth = len(_lineage(books, parent))
    if depth >= DEEPEST:
        raise _too_deep()
    return {**body, SUB[entity]: True, **_below(entity, body, parent, depth)}


def _at_the_top(entity: str, body: Json) -> Json:
    kept = {name: value for name, value in body.items() if name not in ("ParentRef", "Level")}
    top = {**kept, SUB[entity]: False, "FullyQualifiedName": own_name(body)}
    if entity == "Item":
        del top["SubItem"]
    return top


def _below(entity: str, body: Json, parent: Record, depth: int) -> Json:
    level = {"Level": depth} if entity in LEVELLED else {}
    return {**level, "FullyQualifiedName": f"{parent.title}:{own_name(body)}"}


def own_name(body: Json) -> str:
    """Without those above it."""
    return str(body["DisplayName"] if "DisplayName" in body else body["Name"])


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
    depth = len(_lineage(books, record))
    for child in books.children(record):
        place = _below(child.entity, child.body, record, depth)
        if any(child.body.get(name) != value for name, value in place.items()):
            moved = replace(child, body={**child.body, **place})
            books.restate(moved)
            settle(books, moved)

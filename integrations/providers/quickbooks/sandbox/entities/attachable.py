"""Notes and files that hang on transactions, names and items (§9.11)."""

from __future__ import annotations

from typing import Any

from ..books.books import Books
from ..books.changes import Change
from ..books.record import Record
from ..files import addresses, kinds
from ..model.entity import COMMON, HEAD, TRANSACTION, Entity, texts
from ..model.fields import choice, flag, ignored, kept, text
from ..model.reading import require_whole_id
from ..wire.json import Json
from ..wire.refusals import Refusal, business, not_found

#: Lists that something may hang on; transactions may all.
LISTS = ("Customer", "Vendor", "Employee", "Item")
_REFERENCE = ("EntityRef", "IncludeOnSend", "LineInfo", "NoRefOnly", "Inactive", "CustomField")
_FLAGS = (flag("IncludeOnSend"), text("LineInfo", 100), flag("NoRefOnly"), flag("Inactive"))
_SHOWN = tuple(field.name for field in _FLAGS)
#: What belongs to the file and stays with it, whatever an update sends.
_OF_FILE = ("Size", "FileName", "ContentType")


def complete(books: Books, draft: Json, before: Record | None) -> Json:
    """Always the whole: what an update leaves out is cleared, and its list of references replaces the one there."""
    filed = {name: before.body[name] for name in _OF_FILE if name in before.body} if has_file(before) and before else {}
    body = {**filed, **draft, **({"Size": filed["Size"]} if filed else {})}
    return _checked(books, body, before)


def with_file(books: Books, draft: Json, name: str, kind: str, size: int) -> Json:
    """What an upload makes: the metadata that came with the file, or none."""
    name, kind = kinds.settle(draft.get("FileName") or name, draft.get("ContentType") or kind)
    return _checked(books, {**draft, "FileName": name, "ContentType": kind, "Size": size}, None)


def has_file(record: Record | None) -> bool:
    return record is not None and "Size" in record.body


def _checked(books: Books, body: Json, before: Record | None) -> Json:
    if "Size" in body:
        kinds.settle(body["FileName"], body["ContentType"])
    elif not body.get("Note"):
        raise business("You must have at least a note string or file attachment")
    known = before.body.get("AttachableRef", []) if before else []
    references = [_reference(books, each, known) for each in _rows(body.pop("AttachableRef", None))]
    hung = [each for each in references if each is not None]
    return {**body, "AttachableRef": hung} if hung else body


def _rows(sent: Any) -> list[Any]:
    if sent is None or isinstance(sent, list):
        return sent or []
    raise Refusal("2120", "AttachableRef must be a list", element="AttachableRef")


def _reference(books: Books, sent: Any, known: list[Json]) -> Json | None:
    if not isinstance(sent, dict):
        raise Refusal("2120", "AttachableRef must be a list of objects", element="AttachableRef")
    for name in sent:
        if name not in _REFERENCE:
            detail = f'Property Name:Unrecognized field "{name}" in AttachableRef specified is unsupported or invalid'
            raise Refusal("2010", detail, element=name)
    target = _target(sent.get("EntityRef"))
    if target is None:
        return None
    reference = {"type": _type(books, target.get("type")), "value": str(target["value"])}
    if all(each["EntityRef"] != reference for each in known):
        # What it hung on before may have been deleted since, and stays as it is.
        _require(books, reference)
    shown = books.reader.read({name: sent[name] for name in _SHOWN if name in sent}, _FLAGS, "AttachableRef")
    said = {name: value for name, value in shown.items() if value is not None}
    return {"EntityRef": reference, "IncludeOnSend": False, **said}


def _target(sent: Any) -> Json | None:
    """What is sent empty, or without a value, hangs on nothing."""
    if sent in (None, "") or sent == {}:
        return None
    if not isinstance(sent, dict) or not isinstance(sent.get("value", ""), str | int):
        raise Refusal("2120", "EntityRef must be a reference", element="EntityRef")
    return sent if sent.get("value") not in (None, "") else None


def _type(books: Books, sent: Any) -> str:
    """In its own spelling, whatever the sender's."""
    wanted = str(sent or "").lower()
    for entity in books.entities.values():
        if wanted in (entity.name.lower(), entity.address.lower() or None):
            if entity.transacts or entity.name in LISTS:
                return entity.name
            break
    raise Refusal("6050", f"The entity reference type {sent} is unsupported for Attachable", element="EntityRef")


def _require(books: Books, reference: Json) -> None:
    if books.find(reference["type"], require_whole_id(reference["value"], "EntityRef")) is not None:
        return
    code = books.switches.attach_missing
    if code == "610":
        raise not_found("Something you're trying to use has been made inactive.")
    if code == "6050":
        raise Refusal("6050", f"{reference['type']} {reference['value']} cannot be attached to", element="EntityRef")
    raise Refusal("2500", f"Invalid Reference Id : element id {reference['value']} not found", element="EntityRef")


def derived(books: Books, record: Record) -> Json:
    shown: Json = {}
    if "AttachableRef" in record.body and books.switches.orphan_links == "hidden":
        shown["AttachableRef"] = _living(books, record.body["AttachableRef"])
    if not has_file(record):
        return shown
    # A number of nineteen digits and the name: enough to find it, and the signature to be let in.
    name, base = record.body["FileName"], f"/v3/company/{books.realm}"
    temporary = addresses.temporary(books.db, books.realm, record.id, name, books.now)
    shown |= {"FileAccessUri": f"{base}/download/{record.id}", "TempDownloadUri": temporary}
    if kinds.is_image(record.body["ContentType"]):
        # The image itself stands for its thumbnail.
        shown["ThumbnailFileAccessUri"] = f"{base}/attachable-thumbnail/{record.id}"
        shown["ThumbnailTempDownloadUri"] = temporary
    return shown


def _living(books: Books, references: list[Json]) -> list[Json]:
    targets = ((each, each["EntityRef"]) for each in references)
    return [each for each, target in targets if books.find(target["type"], int(target["value"])) is not None]


def watch(books: Books, change: Change) -> None:
    """The bytes go with their attachment; what hangs on something deleted hangs on nothing, where links are hidden."""
    if change.operation != "Delete":
        return
    record = change.record
    if record.entity == ATTACHABLE.name:
        for table in ("piece", "attached"):
            books.db.execute(f"DELETE FROM {table} WHERE realm = ? AND attachable = ?", (books.realm, record.id))
    elif books.switches.orphan_links == "hidden":
        books.db.execute(
            "DELETE FROM attached WHERE target = ? AND realm = ? AND kind = ?",
            (str(record.id), books.realm, record.entity.casefold()),
        )


#: An index of what hangs where: an attachment may hang on several things.
KIND = (
    "EXISTS (SELECT 1 FROM attached"
    " WHERE attached.realm = object.realm AND attached.attachable = object.id AND attached.kind {})"
)
TARGET = "(realm, id) IN (SELECT realm, attachable FROM attached WHERE target {})"

ATTACHABLE = Entity(
    name="Attachable",
    family="Attachable",
    # As long as those of recordings, and longer than a double can hold.
    first_id=5_000_000_000_000_010_341,
    operations=TRANSACTION,
    sparse=False,
    complete=complete,
    derived=derived,
    fields=(
        *kept("AttachableRef"),
        text("FileName", 1000),
        text("Note", 2000),
        text("ContentType", 100),
        choice("Category", "Contact Photo", "Document", "Image", "Receipt", "Signature", "Sound", "Other"),
        text("Lat", 100),
        text("Long", 100),
        text("PlaceName", 2000),
        text("Tag", 2000),
        *HEAD,
        *ignored("FileAccessUri", "TempDownloadUri", "Size", "ThumbnailFileAccessUri", "ThumbnailTempDownloadUri"),
        *ignored("CustomField", "AttachableEx", "documentId", "EntityRef"),
    ),
    searchable={
        **COMMON,
        **texts("FileName", "Note", "ContentType", "Category", "PlaceName", "Tag"),
        "Size": ("number", "json_extract(body, '$.Size')"),
        "AttachableRef.EntityRef.Type": ("text", KIND),
        "AttachableRef.EntityRef.value": ("text", TARGET),
    },
)

"""Files of several documents in one call: the body as it is sent, streamed from where the files are, and the answer.

Pairs of file_metadata_NN and file_content_NN, raw bytes. `requestid` is not known to be heeded on uploads, so the name
of each file carries the beginning of its sign, its note the whole, and what is in doubt is looked up by them.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

import simplejson

from integrations.providers.documents import (
    NOT_SENT,
    Action,
    Envelope,
    File,
    FileItem,
    Item,
    Outcome,
    OutcomeKind,
    Posted,
    Remedy,
)
from integrations.providers.quickbooks import finding, replies, values
from integrations.providers.quickbooks.client import QuickBooksClient
from integrations.providers.quickbooks.replies import Answer

ATTACHABLE = "Attachable"
CHUNK = 256 * 1024
NOTE = "FlexSync receipt {}"
TARGETS_PER_QUERY = 100
CRLF = b"\r\n"


def metadata(file: File) -> str:
    """What is said of it beside its content. `ContentType` is spelt so; the name with a hyphen is refused."""
    hung = {"EntityRef": {"type": file.target.kind, "value": file.target.external_id}, "IncludeOnSend": False}
    told = {
        "AttachableRef": [hung],
        "FileName": file.name,
        "ContentType": file.content_type,
        "Note": NOTE.format(file.sign),
        "Category": "Receipt",
    }
    return str(simplejson.dumps(told, separators=(",", ":")))


class Form:
    """A body of known length that is made while it is sent; the same bytes each time that it is read."""

    def __init__(self, boundary: str, items: Sequence[FileItem]) -> None:
        self.boundary = boundary
        self._items = items
        self._heads = [_head(boundary, number, item) for number, item in enumerate(items, start=1)]
        self._end = f"--{boundary}--\r\n".encode()

    def __len__(self) -> int:
        files = sum(item.file.size + len(CRLF) for item in self._items)
        return sum(map(len, self._heads)) + files + len(self._end)

    def __iter__(self) -> Iterator[bytes]:
        for head, item in zip(self._heads, self._items, strict=True):
            yield head
            yield from _content(item)
            yield CRLF
        yield self._end


def _head(boundary: str, number: int, item: FileItem) -> bytes:
    name = item.file.name.replace("\\", "_").replace('"', "'")
    lines = [
        f"--{boundary}",
        f'Content-Disposition: form-data; name="file_metadata_{number:02}"',
        "Content-Type: application/json; charset=UTF-8",
        "",
        item.body,
        f"--{boundary}",
        f'Content-Disposition: form-data; name="file_content_{number:02}"; filename="{name}"',
        f"Content-Type: {item.file.content_type}",
        "Content-Transfer-Encoding: binary",
        "",
        "",
    ]
    return "\r\n".join(lines).encode()


class FileBroken(Exception):
    """A file could not be read to its end; `lasting` where it never will be. No trouble of the line."""

    def __init__(self, key: str, sentence: str, *, lasting: bool) -> None:
        super().__init__(sentence)
        self.key = key
        self.lasting = lasting


def _content(item: FileItem) -> Iterator[bytes]:
    left = item.file.size
    try:
        with item.file.content() as content:
            while left and (chunk := content.read(min(CHUNK, left))):
                left -= len(chunk)
                yield chunk
    except OSError as trouble:
        raise FileBroken(item.key, str(trouble), lasting=isinstance(trouble, FileNotFoundError)) from trouble
    if left:
        # It must not be taken for whole.
        raise FileBroken(item.key, "The file is shorter than it was.", lasting=True)


def not_sent(items: Sequence[FileItem], broken: FileBroken) -> dict[str, Outcome]:
    """The others go again, and so does this one unless it is lost."""
    again = Outcome(OutcomeKind.THROTTLED, code=NOT_SENT, answer=str(broken), retry_after=timedelta(seconds=5))
    lost = Outcome(OutcomeKind.REJECTED, code=NOT_SENT, answer=str(broken), remedy=Remedy.OURS)
    return {item.key: lost if broken.lasting and item.key == broken.key else again for item in items}


# --- the answer ------------------------------------------------------------------------------------------------------


def outcomes(items: Sequence[FileItem], answer: Answer) -> dict[str, Outcome]:
    """One outcome per file. Under HTTP 200 each is either there or refused by itself."""
    envelope = Envelope("", batched=True, items=tuple(Item(item.key, "", "", kind=ATTACHABLE) for item in items))
    entries = (answer.json or {}).get("AttachableResponse") if answer.status == 200 else None
    if not isinstance(entries, list):
        return replies.outcomes(envelope, answer)
    return _of_entries(items, [entry for entry in entries if isinstance(entry, dict)], answer)


def _of_entries(items: Sequence[FileItem], entries: Sequence[dict[str, Any]], answer: Answer) -> dict[str, Outcome]:
    """Those that are there say which they are. Refusals do not: they are for the others, in their order, where there
    is one for each; else nobody knows for which."""
    spoken = {item.key: entry for item in items for entry in entries if _is_of(entry, item.file)}
    rest = [item for item in items if item.key not in spoken]
    refusals = [entry for entry in entries if "Fault" in entry or "fault" in entry]
    if len(refusals) == len(rest):
        spoken |= {item.key: refusal for item, refusal in zip(rest, refusals, strict=True)}
    return {
        item.key: replies.of_item(Item(item.key, "", "", kind=ATTACHABLE), spoken.get(item.key, {}), answer.retry_after)
        for item in items
    }


def _is_of(entry: Mapping[str, Any], file: File) -> bool:
    there = entry.get(ATTACHABLE)
    return isinstance(there, dict) and there.get("FileName") == file.name and _hangs_at(there, file)


# --- what hangs there ------------------------------------------------------------------------------------------------


def find(client: QuickBooksClient, files: Sequence[File]) -> dict[str, Posted]:
    """By `File.key`. One question for many documents of a kind: questions are metered."""
    found: dict[str, Posted] = {}
    for kind in dict.fromkeys(file.target.kind for file in files):
        of_kind = [file for file in files if file.target.kind == kind]
        targets = list(dict.fromkeys(file.target.external_id for file in of_kind))
        for begin in range(0, len(targets), TARGETS_PER_QUERY):
            rows = _rows(client, kind, targets[begin : begin + TARGETS_PER_QUERY])
            found |= {file.key: _posted(row) for file in of_kind for row in rows if _holds(row, file)}
    return found


def _rows(client: QuickBooksClient, kind: str, targets: Sequence[str]) -> list[dict[str, Any]]:
    # For one document the question is asked as it is documented.
    listed = ", ".join(f"'{target}'" for target in targets)
    meant = f"= {listed}" if len(targets) == 1 else f"in ({listed})"
    where = f"where AttachableRef.EntityRef.Type = '{kind}' and AttachableRef.EntityRef.value {meant}"
    return list(finding.pages(client, ATTACHABLE, f"{where} orderby MetaData.CreateTime"))


def _holds(row: Mapping[str, Any], file: File) -> bool:
    same = row.get("FileName") == file.name or file.sign in values.text(row.get("Note"))
    size = values.text(row.get("Size"))
    return _hangs_at(row, file) and same and size in ("", str(file.size))


def _hangs_at(row: Mapping[str, Any], file: File) -> bool:
    hung = row.get("AttachableRef")
    refs = [each.get("EntityRef") for each in hung if isinstance(each, dict)] if isinstance(hung, list) else []
    return any(isinstance(ref, dict) and str(ref.get("value")) == file.target.external_id for ref in refs)


def _posted(row: Mapping[str, Any]) -> Posted:
    return Posted(ATTACHABLE, values.identity(row.get("Id")), values.version(row.get("SyncToken")))


def removal(there: Posted) -> Item:
    body = str(simplejson.dumps({"Id": there.external_id, "SyncToken": there.version}))
    return Item("1", "", body, Action.REMOVE, ATTACHABLE)

"""The bytes of a file: looked through once, kept in pieces, handed on from any place; never all of them in memory."""

import hashlib
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any, Protocol

from django.db import transaction
from django.db.models import Q, QuerySet

from ledger.imports.errors import Unreadable
from ledger.imports.guessing import Formats, formats_of, guess_transactions, guess_vendors, telling_cells
from ledger.imports.layouts import Layout, examine
from ledger.imports.matching import Matching
from ledger.imports.our_columns import OUR_COLUMNS
from ledger.imports.refusals import original_width
from ledger.imports.suggestions import Suggestion, as_last_time, suggested
from ledger.models import Entity, Import, ImportChunk, ImportKind, ImportState, User

CHUNK = 1024 * 1024
# They tell 3 April from 4 March where a few hundred may not.
GUESSED_FROM_ROWS = 2000

Chunks = Callable[[int], Iterator[bytes]]


class File(Protocol):
    def seek(self, offset: int, whence: int = 0, /) -> Any: ...

    def read(self, size: int = -1, /) -> bytes: ...


class TooLarge(Unreadable):
    """More than the way it came by takes."""


def begin_import(
    *,
    kind: ImportKind,
    entity: Entity | None,
    file: File,
    name: str,
    by: str,
    person: User | None = None,
    is_stored: bool = True,
    largest: int | None = None,
) -> Import:
    """Look through the file and put it on record. Raises Unreadable where no rows can come of it.

    `is_stored` keeps its bytes in the database, so that any worker can read it.
    """
    digest = hashlib.sha256()
    layout = examine(_watched(chunks_of(file)(0), digest, largest))
    suggestion = _suggestion(kind, entity, layout, chunks_of(file))
    with transaction.atomic():
        suggestion = _as_last_time(kind, entity, layout, suggestion)
        job = Import.objects.create(
            kind=kind,
            entity=entity,
            file_name=" ".join(name.replace("\0", "").split())[:255] or "unnamed",
            size=layout.size,
            sha256=digest.hexdigest(),
            is_stored=is_stored,
            person=person,
            by=by,
            layout=layout.as_json(),
            suggestion=suggestion.as_json(),
            offset=layout.first.offset,
            line=layout.first.line,
        )
        for number, data in enumerate(chunks_of(file)(0) if is_stored else ()):
            ImportChunk.objects.create(of=job, number=number, data=data)
    return job


def _watched(chunks: Iterator[bytes], digest: Any, largest: int | None) -> Iterator[bytes]:
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if largest is not None and size > largest:
            raise TooLarge(too_large(largest))
        digest.update(chunk)
        yield chunk


def too_large(largest: int) -> str:
    return (
        f"The file is larger than {largest // (1024 * 1024)} MB, which is the most that is taken here. Split it, or "
        "let whoever runs FlexSync import it: manage.py import_transactions takes files of any size."
    )


def _suggestion(kind: ImportKind, entity: Entity | None, layout: Layout, chunks: Chunks) -> Suggestion:
    rows = islice(layout.rows(chunks(layout.first.offset)), GUESSED_FROM_ROWS)
    if kind is ImportKind.VENDORS:
        return suggested(guess_vendors(layout.columns, rows))
    return suggested(guess_transactions(layout.columns, rows), entity.currency if entity else "")


def formats_in(job: Import, matching: Matching, chunks: Chunks | None = None) -> Formats:
    """How the columns that a person has chosen are written, by as many rows as a guess rests on."""
    layout, source = Layout.from_json(job.layout), chunks or stored_chunks(job.pk)
    rows = islice(layout.rows(source(layout.first.offset)), GUESSED_FROM_ROWS)
    return formats_of(matching.columns, telling_cells(rows))


def _as_last_time(kind: ImportKind, entity: Entity | None, layout: Layout, own: Suggestion) -> Suggestion:
    """What was chosen for a file with the same columns: next month's, or the rows that this month's refused."""
    theirs = list(layout.columns[: original_width(layout.columns)])
    same = Q(layout__columns=theirs) | Q(layout__columns=[*theirs, *OUR_COLUMNS])
    earlier = Import.objects.filter(same, kind=kind, entity=entity).exclude(started_at=None).order_by("-id").first()
    if earlier is None or earlier.matching is None:
        return own
    basis = f"As in the import of {earlier.file_name} by {earlier.by}."
    # Refused rows are a part of that file: their days and signs follow those of the others.
    own = own if list(layout.columns) == theirs else Suggestion(Matching({}))
    return as_last_time(own, Matching.from_json(earlier.matching), basis)


def chunks_of(file: File) -> Chunks:
    def chunks(offset: int) -> Iterator[bytes]:
        file.seek(offset)
        while data := file.read(CHUNK):
            yield data

    return chunks


def stored_chunks(job_id: int) -> Chunks:
    """One piece at a time, as it is needed."""

    def chunks(offset: int) -> Iterator[bytes]:
        number, skipped = divmod(offset, CHUNK)
        while (data := _stored(job_id, number)) is not None:
            yield data[skipped:]
            number, skipped = number + 1, 0

    return chunks


def _stored(job_id: int, number: int) -> bytes | None:
    data = ImportChunk.objects.filter(of=job_id, number=number).values_list("data", flat=True).first()
    return None if data is None else bytes(data)


def earlier_of_the_same(job: Import) -> QuerySet[Import]:
    """Imports of the very same bytes, the latest first."""
    same = Import.objects.filter(sha256=job.sha256, kind=job.kind).exclude(pk=job.pk)
    return same.exclude(state=ImportState.UPLOADED).select_related("entity").order_by("-id")

"""Reading a file on, slice by slice: what a slice records, its refusals and its new place are one transaction."""

import time
from collections import Counter
from collections.abc import Collection, Sequence

from django.db import connection, transaction
from django.utils import timezone

from ledger.imports.cards import without_whole_numbers
from ledger.imports.causes import causes_of
from ledger.imports.errors import Unreadable
from ledger.imports.fields import Field
from ledger.imports.identity import Occurrences
from ledger.imports.layouts import Layout
from ledger.imports.matching import Matching
from ledger.imports.refusals import RefusedRow
from ledger.imports.rows import Position, Row, RowReader
from ledger.models import Import, ImportKind, ImportRefusal, ImportSeen, ImportState
from ledger.models.imports import UNDER_WAY
from ledger.services.imports.choosing import finish
from ledger.services.imports.files import Chunks, stored_chunks
from ledger.services.imports.outcomes import NewNames, Outcome, Taker, add_up
from ledger.services.imports.transactions import TransactionTaker
from ledger.services.imports.vendors import VendorTaker
from ledger.services.results import Result

SLICE_ROWS = 1000
# Rows may be large: a slice ends after so many bytes too.
SLICE_BYTES = 4 * 1024 * 1024
MOST_REFUSALS = 10_000
# Of those that were made, to be shown.
NAMES_KEPT = 10
# A slice that kills its worker would kill every worker after it.
MOST_TRIES = 5


class Session:
    """Reads one file on from where it stands. What it remembers between slices is thrown away if others went on."""

    def __init__(self, job_id: int, chunks: Chunks | None = None) -> None:
        self._job_id = job_id
        self._chunks = chunks or stored_chunks(job_id)
        self._reader: RowReader | None = None
        self._occurrences = Occurrences()

    def begin(self) -> bool:
        """Count the try, so that what fails again and again ends. False where there is nothing to do."""
        with transaction.atomic():
            job = self._claim()
            if job is None:
                return False
            job.tries += 1
            if job.tries > MOST_TRIES:
                finish(job, ImportState.FAILED, _stuck(job))
                return False
            job.touched_at = timezone.now()
            job.save(update_fields=["tries", "touched_at"])
        return True

    def advance(self) -> Import | None:
        """One slice. None where it has ended, was stopped, or somebody else is at it."""
        try:
            with transaction.atomic():
                job = self._claim()
                if job is not None:
                    self._slice(job)
        except Unreadable as problem:
            self._reader = None
            return self._break_off(str(problem))
        return job

    def _claim(self) -> Import | None:
        """Its row stays locked until the slice is over, or until its worker is dead."""
        waiting = Import.objects.filter(pk=self._job_id, state__in=UNDER_WAY)
        return waiting.select_for_update(of=("self",), no_key=True, skip_locked=True).select_related("entity").first()

    def _slice(self, job: Import) -> None:
        reader = self._reader_at(job)
        rows, problem, is_over = next_rows(reader, SLICE_ROWS)
        taken = self._taker(job).take(rows) if rows else None
        if taken:
            count_outcomes(job, taken.outcomes)
            count_made(job, taken.made)
            self._keep_refused(job, taken.outcomes)
            self._keep_seen(job)
        job.offset, job.line, _ = reader.position
        job.state, job.tries, job.touched_at = ImportState.RUNNING, 0, timezone.now()
        if job.refused > MOST_REFUSALS:
            finish(job, ImportState.FAILED, too_many_refused())
        elif problem:
            finish(job, ImportState.FAILED, problem)
        elif is_over:
            finish(job, ImportState.DONE)
        else:
            job.save()

    def _reader_at(self, job: Import) -> RowReader:
        place = Position(job.offset, job.line, job.rows)
        if self._reader is None or self._reader.position != place:
            self._reader = Layout.from_json(job.layout).rows(self._chunks(job.offset), place)
            stored = ImportSeen.objects.filter(of=job.pk).order_by("rows").values_list("packed", flat=True)
            self._occurrences = Occurrences.of_news(map(bytes, stored.iterator()))
        return self._reader

    def _taker(self, job: Import) -> Taker:
        assert job.matching is not None, "a constraint keeps it so"
        return taker(job, Matching.from_json(job.matching), self._occurrences, make_missing=job.make_missing)

    def _keep_refused(self, job: Import, outcomes: Sequence[Outcome]) -> None:
        refused = [outcome for outcome in outcomes if outcome.result is Result.REFUSED]
        if refused:
            ImportRefusal.objects.bulk_create(_refusals(job, refused))

    def _keep_seen(self, job: Import) -> None:
        if news := self._occurrences.take_news():
            ImportSeen.objects.create(of=job, rows=job.rows, packed=news)

    def _break_off(self, problem: str) -> Import | None:
        with transaction.atomic():
            job = self._claim()
            if job is not None:
                finish(job, ImportState.FAILED, problem)
        return job


def count_outcomes(job: Import, outcomes: Sequence[Outcome]) -> None:
    counts = Counter(outcome.result for outcome in outcomes)
    job.rows += len(outcomes)
    job.new += counts[Result.CREATED]
    job.known += counts[Result.EXISTING]
    job.changed += counts[Result.CHANGED]
    job.refused += counts[Result.REFUSED]
    add_up(job.sums, outcomes)


def count_made(job: Import, made: NewNames) -> None:
    for word, names in made.items():
        number, first = job.made.get(word, (0, []))
        job.made[word] = [number + len(names), [*first, *names][:NAMES_KEPT]]


def taker(job: Import, matching: Matching, occurrences: Occurrences, *, make_missing: bool) -> Taker:
    layout = Layout.from_json(job.layout)
    if job.kind == ImportKind.VENDORS:
        return VendorTaker(layout=layout, matching=matching)
    assert job.entity is not None, "a constraint keeps it so"
    return TransactionTaker(
        entity=job.entity,
        layout=layout,
        matching=matching,
        occurrences=occurrences,
        make_missing=make_missing,
        actor=f"{job.by} ({job.file_name})"[:200],
        began=job.started_at or timezone.now(),
    )


def run_for(job_id: int, seconds: float) -> bool:
    """Read on for a while. Whether there is more to do."""
    session, ends = Session(job_id), time.monotonic() + seconds
    if not session.begin():
        return False
    while (job := session.advance()) is not None:
        if not job.is_under_way:
            return False
        if time.monotonic() > ends:
            return True
    return False


def imports_with_work() -> list[tuple[int, int]]:
    """(tenant, import) wherever one should move and has not for a moment."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tenant_id, import_id FROM lookup.imports_with_work()")
        return list(cursor.fetchall())


def unused_uploads() -> list[tuple[int, int]]:
    """(tenant, import) of files that came a week ago and were never imported."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tenant_id, import_id FROM lookup.unused_uploads()")
        return list(cursor.fetchall())


def next_rows(reader: RowReader, most: int) -> tuple[list[Row], str, bool]:
    """A slice of rows; why no more can be read, if so; and whether the file is over."""
    rows: list[Row] = []
    ends = reader.position.offset + SLICE_BYTES
    try:
        while len(rows) < most and reader.position.offset < ends:
            row = next(reader, None)
            if row is None:
                return rows, "", True
            rows.append(row)
    except Unreadable as problem:
        return rows, str(problem), True
    return rows, "", False


def _refusals(job: Import, refused: Sequence[Outcome]) -> list[ImportRefusal]:
    """No more than are kept: the one after them ends the import."""
    assert job.matching is not None, "a constraint keeps it so"
    kept = max(0, MOST_REFUSALS - (job.refused - len(refused)))
    rows = refused_rows_of(refused[:kept], Matching.from_json(job.matching))
    return [
        ImportRefusal(
            of=job,
            line=row.line,
            cells=list(row.cells),
            sentences=list(row.sentences),
            causes=causes_of(row.sentences),
            row_id=row.row_id,
        )
        for row in rows
    ]


def refused_rows_of(refused: Sequence[Outcome], matching: Matching) -> list[RefusedRow]:
    """As they stood in the file, but for the whole numbers of cards, which may not be kept."""
    whole = {place for field, place in matching.columns.items() if field is not Field.CARD}
    return [
        RefusedRow(outcome.row.line, _cells(outcome.row.cells, whole), outcome.sentences, outcome.row_id)
        for outcome in refused
    ]


def _cells(cells: Sequence[str], whole: Collection[int]) -> tuple[str, ...]:
    """What is read as something else must come again as it was; one in ten long numbers looks like a card's."""
    return tuple(cell if place in whole else without_whole_numbers(cell) for place, cell in enumerate(cells))


def too_many_refused() -> str:
    return (
        f"More than {MOST_REFUSALS:,} rows were refused, so the rest was not read. Something is probably wrong with "
        "the choice of columns or with the whole file. What was recorded stays; importing again adds it no second time."
    )


def _stuck(job: Import) -> str:
    return (
        f"Reading broke off {MOST_TRIES} times after line {job.line - 1:,} without getting on. What stands above is "
        "recorded. Import the rest in a file of its own, and tell whoever runs FlexSync."
    )

"""What would become of rows: they are taken in for a trial, by the very code that does it, and let go."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db import transaction

from ledger.imports.causes import Cause, CauseTally
from ledger.imports.errors import Unreadable
from ledger.imports.identity import Occurrences
from ledger.imports.layouts import Layout
from ledger.imports.matching import Matching
from ledger.imports.rows import Position
from ledger.imports.unread import unread_money
from ledger.models import Import
from ledger.services.imports.files import Chunks, stored_chunks
from ledger.services.imports.outcomes import NewNames, Outcome, Sums, add_up
from ledger.services.imports.running import MOST_REFUSALS, SLICE_ROWS, next_rows, taker, too_many_refused
from ledger.services.results import Result

TRIED_ROWS = 200


@dataclass(frozen=True, slots=True)
class Preview:
    """Of some rows in the order of the file."""

    outcomes: Sequence[Outcome]
    # What would be made, or would have to be.
    made: NewNames
    missing: NewNames
    # As many as the file has if it goes on so.
    about_rows: int
    # Whether these are all that it has.
    is_whole: bool

    @property
    def first_row(self) -> list[str]:
        return self.outcomes[0].row.cells if self.outcomes else []

    @property
    def counts(self) -> Counter[Result]:
        return Counter(outcome.result for outcome in self.outcomes)

    @property
    def sums(self) -> Sums:
        sums: Sums = {}
        add_up(sums, self.outcomes)
        return sums

    @property
    def refused(self) -> list[Outcome]:
        return [outcome for outcome in self.outcomes if outcome.result is Result.REFUSED]

    def unread_money(self, columns: Sequence[str], matching: Matching) -> list[str]:
        """Columns left out although they may change what was paid."""
        return unread_money(columns, (outcome.row.cells for outcome in self.outcomes), matching)

    @property
    def causes(self) -> list[Cause]:
        tally = CauseTally()
        for outcome in self.outcomes:
            tally.add(outcome.row.line, outcome.sentences)
        return tally.causes()


def preview(job: Import, matching: Matching, *, make_missing: bool) -> Preview:
    """Of the first rows. What stops the reading is said by the import, with the line, after what stands above."""
    return next(_tried(job, matching, make_missing, stored_chunks(job.pk), TRIED_ROWS))[0]


def trial(job: Import, matching: Matching, *, make_missing: bool, chunks: Chunks) -> Iterator[Preview]:
    """Of every row. Nobody waits for it longer than for a slice; what a slice makes, the next one makes again."""
    refused = 0
    for tried, problem in _tried(job, matching, make_missing, chunks, SLICE_ROWS):
        yield tried
        refused += tried.counts[Result.REFUSED]
        if problem or refused > MOST_REFUSALS:
            raise Unreadable(problem or too_many_refused())


def _tried(
    job: Import, matching: Matching, make_missing: bool, chunks: Chunks, at_once: int
) -> Iterator[tuple[Preview, str]]:
    layout = Layout.from_json(job.layout)
    reader = layout.rows(chunks(layout.first.offset))
    taking = taker(job, matching, Occurrences(), make_missing=make_missing)
    is_first, is_over = True, False
    while not is_over:
        with transaction.atomic():
            rows, problem, is_over = next_rows(reader, at_once)
            taken = taking.take(rows)
            transaction.set_rollback(True)
        yield (
            Preview(
                taken.outcomes, taken.made, taken.missing, _about_rows(layout, reader.position), is_over and is_first
            ),
            problem,
        )
        is_first = False


def _about_rows(layout: Layout, place: Position) -> int:
    read = place.offset - layout.first.offset
    return round(place.rows * (layout.size - layout.first.offset) / read) if read else 0

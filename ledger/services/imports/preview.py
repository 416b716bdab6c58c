"""What would become of the first rows: they are taken in for a trial, by the very code that does it, and let go."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction

from ledger.imports.causes import cause_of
from ledger.imports.identity import Occurrences
from ledger.imports.layouts import Layout
from ledger.imports.matching import Matching
from ledger.imports.rows import RowReader
from ledger.models import Import
from ledger.services.imports.files import Chunks, stored_chunks
from ledger.services.imports.outcomes import Outcome
from ledger.services.imports.running import next_rows, taker
from ledger.services.intake import Result

TRIED_ROWS = 200


@dataclass(frozen=True, slots=True)
class Preview:
    outcomes: Sequence[Outcome]
    # What would be made, by what it is called.
    made: Mapping[str, int]
    # As many as the file has if it goes on as it begins.
    about_rows: int

    @property
    def first_row(self) -> list[str]:
        return self.outcomes[0].row.cells if self.outcomes else []

    @property
    def counts(self) -> Counter[Result]:
        return Counter(outcome.result for outcome in self.outcomes)

    @property
    def causes(self) -> list[tuple[str, int, int]]:
        """Each reason, how many rows it refuses, and the first line of them; the commonest first."""
        lines: dict[str, list[int]] = {}
        for outcome in self.outcomes:
            for cause in dict.fromkeys(map(cause_of, outcome.sentences)):
                lines.setdefault(cause, []).append(outcome.row.line)
        return sorted(((cause, len(found), found[0]) for cause, found in lines.items()), key=lambda cause: -cause[1])


def preview(job: Import, matching: Matching, *, make_missing: bool, chunks: Chunks | None = None) -> Preview:
    layout = Layout.from_json(job.layout)
    # What stops the reading later is said by the import, with the line, after what stands above.
    reader = layout.rows((chunks or stored_chunks(job.pk))(layout.first.offset))
    rows, _, _ = next_rows(reader, TRIED_ROWS)
    with transaction.atomic():
        taken = taker(job, matching, Occurrences(), make_missing=make_missing).take(rows)
        transaction.set_rollback(True)
    return Preview(taken.outcomes, taken.made, _about_rows(layout, reader))


def _about_rows(layout: Layout, reader: RowReader) -> int:
    begins, (offset, _, rows) = layout.first.offset, reader.position
    return round(rows * (layout.size - begins) / (offset - begins)) if rows else 0

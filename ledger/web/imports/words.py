"""An import as a person reads it."""

from typing import Any

from django.urls import reverse

from ledger.models import Import, ImportState
from ledger.words import counted, listed

# The silhouette of each state (templates/components/_mark.html).
MARKS = {
    ImportState.UPLOADED: "choice",
    ImportState.READY: "checking",
    ImportState.RUNNING: "way",
    ImportState.DONE: "books",
    ImportState.STOPPED: "excluded",
    ImportState.FAILED: "person",
}


def state_shown(job: Import) -> dict[str, str]:
    state = ImportState(job.state)
    return {"key": MARKS[state], "word": state.label}


def address(name: str, organisation: str, job: Import) -> str:
    return reverse(name, args=[organisation, job.public_id])


def size_text(size: int) -> str:
    """6.9 MB, 12 kB."""
    return f"{size / 1_000_000:.1f} MB" if size >= 1_000_000 else f"{max(1, round(size / 1000)):,} kB"


def about_rows(job: Import) -> int:
    """As many as the file has if it goes on as it began."""
    begins = job.layout["first"][0]
    read = job.offset - begins
    return round(job.rows * (job.size - begins) / read) if read else 0


def counts_shown(job: Import) -> list[dict[str, Any]]:
    """What the rows that were read have become; they add up to them."""
    words = [("new", job.new), ("known already", job.known), ("changed", job.changed), ("refused", job.refused)]
    return [{"word": word, "number": number} for word, number in words]


def headline(job: Import) -> str:
    match ImportState(job.state):
        case ImportState.UPLOADED:
            return f"{job.file_name} is here; its columns are still to be chosen."
        case ImportState.READY:
            return f"{job.file_name} waits for its turn."
        case ImportState.RUNNING:
            return f"{job.rows:,} of about {max(job.rows, about_rows(job)):,} rows read."
        case ImportState.DONE:
            return _outcome(job)
        case ImportState.STOPPED:
            return f"Stopped after {counted(job.rows, 'row')}."
        case ImportState.FAILED:
            return f"Broken off after {counted(job.rows, 'row')}."


def _outcome(job: Import) -> str:
    if job.refused == job.rows:
        return f"None of the {counted(job.rows, 'row')} could be taken."
    if job.known == job.rows:
        return f"Nothing new: all {counted(job.rows, 'row')} were known already."
    parts = [(job.new, "added"), (job.changed, "changed"), (job.known, "known already"), (job.refused, "refused")]
    return f"{listed([f'{number:,} {word}' for number, word in parts if number])}."

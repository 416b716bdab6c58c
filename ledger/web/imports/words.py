"""An import as a person reads it."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse

from ledger.domain.money import Money
from ledger.models import Import, ImportState
from ledger.services.imports.outcomes import Sums
from ledger.services.results import Result
from ledger.words import MoneyShown, counted, listed, money_shown

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


WORDS = {
    Result.CREATED: "new",
    Result.EXISTING: "known already",
    Result.CHANGED: "changed",
    Result.REFUSED: "refused",
}


def tally_shown(counts: Mapping[Result, int], sums: Sums) -> dict[str, Any]:
    """What the rows have become, and what they come to; both add up to all of them."""
    refused = sum(of_currency.get(Result.REFUSED, (0, 0))[0] for of_currency in sums.values())
    unread = counts[Result.REFUSED] - refused
    return {
        "lines": [
            {"word": word, "number": counts[result], "sums": _sums(sums, [result])} for result, word in WORDS.items()
        ],
        "rows": sum(counts.values()),
        "sums": _sums(sums, [*WORDS]),
        "has_sums": bool(sums),
        "unread": counted(unread, "refused row") if unread and sums else "",
    }


def counts_of(job: Import) -> dict[Result, int]:
    return {
        Result.CREATED: job.new,
        Result.EXISTING: job.known,
        Result.CHANGED: job.changed,
        Result.REFUSED: job.refused,
    }


def _sums(sums: Sums, results: Sequence[Result]) -> list[MoneyShown]:
    """One per currency that has such rows."""
    found = {
        currency: [of_currency[result][1] for result in results if result in of_currency]
        for currency, of_currency in sorted(sums.items())
    }
    return [money_shown(Money(sum(minor), currency)) for currency, minor in found.items() if minor]


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

"""A batch holds fewer where platforms took too long over larger ones."""

import pytest

from integrations.providers.documents import Outcome, OutcomeKind, Posted
from integrations.sync.batches import LEAST, BatchSize

LOST = Outcome(OutcomeKind.UNKNOWN)
DONE = Outcome(OutcomeKind.POSTED, posted=Posted("Purchase", "1", "0"))


def outcomes(lost: int, done: int) -> dict[str, Outcome]:
    kinds = [LOST] * lost + [DONE] * done
    return {str(number): outcome for number, outcome in enumerate(kinds)}


@pytest.mark.parametrize(
    ("size", "lost", "done", "then"),
    [
        (30, 30, 0, 15),
        (15, 15, 0, 7),
        (7, 7, 0, LEAST),
        (LEAST, LEAST, 0, LEAST),
        (30, 12, 0, 6),
        (15, 0, 15, 16),
        (30, 0, 30, 30),
        (20, 1, 19, 21),
    ],
)
def test_an_unanswered_batch_halves_and_an_answered_one_adds_one(size: int, lost: int, done: int, then: int) -> None:
    sizes = BatchSize(size, 30)
    sizes.heed(outcomes(lost, done))
    assert sizes.size == then


def test_what_was_kept_is_never_more_than_the_platform_takes() -> None:
    assert BatchSize(50, 30).size == 30

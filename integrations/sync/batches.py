"""How many writes a batch holds: fewer where platforms took too long over larger ones. Pure."""

from collections.abc import Mapping

from integrations.providers.documents import Outcome, OutcomeKind

LEAST = 5
STEP = 1


class BatchSize:
    """Halved by a batch of which nobody knows what became of it, growing by one with each that was answered."""

    def __init__(self, size: int, most: int) -> None:
        self.size = min(size, most)
        self.most = most

    def heed(self, outcomes: Mapping[str, Outcome]) -> None:
        if all(outcome.kind is OutcomeKind.UNKNOWN for outcome in outcomes.values()):
            self.size = max(LEAST, min(self.size, len(outcomes)) // 2)
        else:
            self.size = min(self.most, self.size + STEP)

"""On which day a document stands in the books, where some of their days are closed. Pure.

Nothing is dated anew in silence: a day that is not the document's own always carries that one with it.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from integrations.mapping.reasons import Reason, ReasonCode


class ClosedPolicy(StrEnum):
    """What becomes of a document whose day lies in a closed period."""

    HOLD = "hold"
    FIRST_OPEN_DAY = "first_open_day"
    ASK = "ask"

    @property
    def label(self) -> str:
        return LABELS[self]


LABELS = {
    ClosedPolicy.HOLD: "Hold it until the books are reopened",
    ClosedPolicy.FIRST_OPEN_DAY: "Post it on the first open day",
    ClosedPolicy.ASK: "Ask for each",
}


class PeriodChoice(StrEnum):
    """What a person chose for one document, where each is asked for."""

    NONE = ""
    FIRST_OPEN_DAY = "first_open_day"
    KEEP = "keep"


@dataclass(frozen=True, slots=True)
class Day:
    """A day in the books; `own` is the document's, where it is another one."""

    on: date
    own: date | None = None

    @property
    def source(self) -> date:
        return self.own or self.on

    @property
    def sentence(self) -> str:
        """Empty where it stands on its own day."""
        if self.own is None:
            return ""
        # The first open day follows the last closed one.
        closed_to = self.on - timedelta(days=1)
        return f"Dated {day_text(self.own)}, posted {day_text(self.on)}: books closed to {day_text(closed_to)}."


@dataclass(frozen=True, slots=True)
class Closing:
    """Up to and with which day the books are closed, None where all is open, and what is done about it."""

    to: date | None = None
    policy: ClosedPolicy = ClosedPolicy.HOLD

    def covers(self, day: date) -> bool:
        return self.to is not None and day <= self.to

    def day_for(self, own: date, choice: PeriodChoice = PeriodChoice.NONE) -> Day | Reason:
        """Of what does not stand there yet."""
        if self.to is None or not self.covers(own):
            return Day(own)
        moves = self.policy is ClosedPolicy.FIRST_OPEN_DAY
        asks = self.policy is ClosedPolicy.ASK
        if moves or (asks and choice is PeriodChoice.FIRST_OPEN_DAY):
            return Day(self.to + timedelta(days=1), own)
        kept = ReasonCode.PERIOD_KEPT if choice is PeriodChoice.KEEP else ReasonCode.PERIOD_ASKED
        return self._reason(kept if asks else ReasonCode.PERIOD_CLOSED)

    def forbids(self, standing: Day) -> Reason | None:
        """Why what stands on this day can be neither changed nor taken out."""
        return self._reason(ReasonCode.POSTED_IN_CLOSED) if self.covers(standing.on) else None

    def _reason(self, code: ReasonCode) -> Reason:
        assert self.to is not None
        return Reason(code, day_text(self.to))


def day_text(day: date) -> str:
    return f"{day:%-d %b %Y}"

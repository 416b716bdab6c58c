"""What needs somebody in this month: its causes by money, each with the way to mend it."""

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.timesince import timesince

from integrations import stuck
from integrations.conservation import STUCK, Line
from integrations.fixes import fix_of
from integrations.mapping.reasons import HELD, ReasonCode
from integrations.models import JobState
from integrations.stuck import Cause
from integrations.words import NOT_BEGUN, SHOWN, StateShown, cause_title
from ledger.words import counted, money_shown, sums_text

CAUSES_SHOWN = 6


def work(slug: str, causes: Sequence[Cause], lines: Mapping[str, Line]) -> dict[str, Any]:
    shown, rest = causes[:CAUSES_SHOWN], causes[CAUSES_SHOWN:]
    left = stuck.added(chain.from_iterable(cause.tallies for cause in rest))
    return {
        "count": counted(sum(line.of(*STUCK).count for line in lines.values()), "item"),
        "rows": [_row(slug, cause) for cause in shown],
        "more": {
            "text": f"And {counted(len(rest), 'more cause')}, {counted(sum(cause.count for cause in rest), 'item')}",
            "money": sums_text(tally.money for tally in left),
        }
        if rest
        else None,
    }


def _row(slug: str, cause: Cause) -> dict[str, Any]:
    label, address = _fix(slug, cause)
    age = f"oldest {timesince(cause.since, timezone.now(), depth=1)}" if cause.since else ""
    return {
        "state": _state(cause.reason.code),
        "title": cause_title(cause.reason),
        "notes": " · ".join(filter(None, (counted(cause.count, "item"), age))),
        "money": [money_shown(tally.money) for tally in cause.tallies],
        "label": label,
        "url": address,
    }


def _fix(slug: str, cause: Cause) -> tuple[str, str]:
    fix = fix_of(cause.reason, slug, cause.entity_id)
    return (fix.label, fix.url) if fix.url else ("Look at it", reverse("failed", args=[slug]))


def _state(code: ReasonCode) -> StateShown:
    if code is ReasonCode.NOT_CONNECTED:
        return NOT_BEGUN
    return SHOWN[JobState.HELD if code in HELD else JobState.NEEDS_ATTENTION]

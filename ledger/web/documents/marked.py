"""What somebody did in the books to a document of ours: what we wrote beside what stands there."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone

from integrations.models import Stance
from integrations.providers.documents import Standing, StandingLine
from integrations.providers.registry import platform
from integrations.selectors import SyncState
from ledger.domain.money import exponent

DONE = {
    Stance.EDITED: "Somebody changed it in {label}; we noticed on {when}. Nothing was written over.",
    Stance.VOIDED: "Somebody voided it in {label}; we noticed on {when}. Nothing was written over.",
    Stance.GONE: "Somebody removed it in {label}; we noticed on {when}. It is not made anew without your word.",
}


def marked(state: SyncState | None, currency: str) -> dict[str, Any] | None:
    if state is None or state.stance is Stance.AS_POSTED or state.noticed_at is None:
        return None
    when = timezone.localtime(state.noticed_at)
    rows = list(_rows(state.ours, state.theirs, currency))
    return {
        "sentence": DONE[state.stance].format(label=platform().short_label, when=f"{when:%-d %b, %H:%M}"),
        "rows": [
            {"label": label, "ours": left, "theirs": right, "differs": left != right} for label, left, right in rows
        ],
    }


def _rows(ours: Standing | None, theirs: Standing | None, currency: str) -> Iterator[tuple[str, str, str]]:
    left, right = _facts(ours, currency), _facts(theirs, currency)
    for label in dict.fromkeys([*left, *right]):
        yield label, left.get(label, ""), right.get(label, "")


def _facts(standing: Standing | None, currency: str) -> dict[str, str]:
    if standing is None:
        return {}
    return {
        "Date": f"{date.fromisoformat(standing.dated):%-d %b %Y}" if standing.dated else "",
        "Paid from": standing.paid_from,
        "Vendor": standing.vendor,
        "Number": standing.number,
        "Note": standing.note,
        **{f"Line {place}": _line(line, currency) for place, line in enumerate(standing.lines, start=1)},
        "Total": _amount(standing.total, currency),
    }


def _line(line: StandingLine, currency: str) -> str:
    words = ", ".join(filter(None, (line.account, *line.values, line.description)))
    return f"{words}: {_amount(line.amount, currency)}"


def _amount(amount: Decimal, currency: str) -> str:
    return f"{amount:,.{exponent(currency)}f} {currency}"

"""The latest happenings, each in a sentence."""

from datetime import datetime
from typing import Any

from integrations.latest import ROWS, Configured, Connected, Done, Happening, Posted, Told, latest
from integrations.models import Act
from integrations.stuck import Tally
from ledger.models import EventKind
from ledger.models.events import OF_RECEIPTS
from ledger.words import counted, money_shown

SHOWN = 6

ACTS = {
    Act.HELD: "held {}",
    Act.EXCLUDED: "excluded {}",
    Act.RELEASED: "released {}",
    Act.SENT_AGAIN: "sent {} again",
    Act.RECEIPT_SENT_AGAIN: "sent receipts of {} again",
    Act.MOVED: "sent {} to the first open day",
    Act.KEPT: "kept {} until the books are reopened",
    Act.UNDONE: "undid {}",
    Act.BROUGHT_BACK: "brought {} back",
    Act.LEFT_THERE: "left {} in the books after all",
    Act.KEPT_THEIRS: "kept {} as the books have it",
    Act.OVERRULED: "chose ours over the books for {}",
    Act.FOUND_REMOVED: "found {} removed in the books",
}
TOLD = {
    EventKind.RECORDED: "recorded {}",
    EventKind.CHANGED: "changed {}",
    EventKind.REVERSED: "reversed {}",
    EventKind.APPROVED: "approved {}",
    EventKind.DECLINED: "declined {}",
    EventKind.RECEIPT_ADDED: "added receipts to {}",
    EventKind.RECEIPT_REMOVED: "removed receipts of {}",
}


def news(now: datetime) -> list[dict[str, Any]]:
    return [_shown(happening, now) for happening in latest(SHOWN)]


def _shown(happening: Happening, now: datetime) -> dict[str, Any]:
    local = happening.at.astimezone(now.tzinfo)
    who, what = _sentence(happening)
    tallies = happening.tallies if isinstance(happening, Posted | Told | Done) else ()
    # Of many only so many were looked at: their money would be taken for that of all.
    known = () if _number(tallies) >= ROWS or _is_of_receipts(happening) else tallies
    return {
        "at": happening.at.isoformat(),
        "when": f"{local:%H:%M}" if local.date() == now.date() else f"{local:%-d %b}",
        "who": who,
        "what": what,
        "money": [money_shown(tally.money) for tally in known],
    }


def _is_of_receipts(happening: Happening) -> bool:
    """No money moves with them."""
    return isinstance(happening, Told) and happening.kind in OF_RECEIPTS


def _sentence(happening: Happening) -> tuple[str, str]:
    match happening:
        case Posted(entity=entity, removed=removed, tallies=tallies):
            return "Sync", f"{_items(tallies)} {'left' if removed else 'reached'} the books of {entity}"
        case Told(actor=actor, kind=kind, tallies=tallies):
            return actor, TOLD[kind].format(_items(tallies))
        case Done(person=person, act=act, tallies=tallies):
            return person, ACTS[act].format(_items(tallies))
        case Configured(entity=entity, person=person, version=version, reason=reason):
            return person, f"saved version {version} of the mapping of {entity}: {reason}"
        case Connected(entity=entity, company=company, person=person):
            return person, f"connected {entity} to {company}"


def _items(tallies: tuple[Tally, ...]) -> str:
    number = _number(tallies)
    return f"{number} items or more" if number >= ROWS else counted(number, "item")


def _number(tallies: tuple[Tally, ...]) -> int:
    return sum(tally.count for tally in tallies)

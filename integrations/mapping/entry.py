"""The journal entry that a coding makes, as values and as they are kept at a job for the pages. Pure."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from integrations.mapping.coding import Coding
from integrations.mapping.facts import Facts
from integrations.mapping.periods import Day
from ledger.domain.documents import BETWEEN_BALANCES


@dataclass(frozen=True, slots=True)
class EntryLine:
    """One line of the journal: `minor` above zero is a debit. Debits and credits of an entry add up to nothing."""

    account: str
    minor: int
    why: str
    values: tuple[str, ...] = ()


def entry(facts: Facts, coding: Coding) -> list[EntryLine]:
    """Lines first, then the account on which it is owed; a payment debits that account and credits the bank."""
    sign = -1 if facts.kind in BETWEEN_BALANCES else 1
    header = tuple(value.label for value in coding.header.values())
    lines = [
        EntryLine(
            line.account.label,
            sign * line.facts.money.minor,
            line.why,
            (*(value.label for value in line.values.values()), *header),
        )
        for line in coding.lines
    ]
    return [*lines, EntryLine(coding.paid_from.label, -sign * facts.money.minor, coding.why["paid_from"])]


def as_json(facts: Facts, coding: Coding) -> dict[str, Any]:
    accounts = list(dict.fromkeys(line.account.label for line in coding.lines))
    return {
        "version": coding.version,
        "account": accounts[0] if len(accounts) == 1 else f"Split over {len(accounts)} accounts",
        "paid_from": coding.paid_from.label,
        "vendor": coding.vendor.name if coding.vendor else "",
        "currency": facts.money.currency,
        **_days(facts, coding),
        "entry": [
            {"account": line.account, "minor": line.minor, "why": line.why, "values": list(line.values)}
            for line in entry(facts, coding)
        ],
        "why": coding.why,
    }


def _days(facts: Facts, coding: Coding) -> dict[str, str]:
    if coding.day is None or coding.day.own is None:
        return {"dated": facts.dated.isoformat()}
    return {"dated": coding.day.on.isoformat(), "own_day": coding.day.own.isoformat()}


def standing_day(stored: dict[str, Any]) -> Day | None:
    """The day on which a document stands, from what as_json gave; None where days were not kept yet."""
    if "dated" not in stored:
        return None
    own = stored.get("own_day")
    return Day(date.fromisoformat(stored["dated"]), date.fromisoformat(own) if own else None)

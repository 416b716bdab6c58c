"""The sentence that answers “Is everything in the books?”, and the one thing to do about it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from integrations.conservation import FAILED, STUCK, Line, Part
from integrations.models import Term
from integrations.providers.registry import platform
from ledger.domain.months import Month
from ledger.words import counted, sums_text


@dataclass(frozen=True, slots=True)
class Situation:
    """Of one month: a line per currency."""

    month: Month
    this_month: Month
    has_entities: bool
    has_connections: bool
    has_documents: bool
    lines: tuple[Line, ...]

    @property
    def question(self) -> str:
        if self.month == self.this_month:
            return "Is everything in the books?"
        return f"Is everything of {self.month.first:%B %Y} in the books?"

    def count(self, *terms: Term) -> int:
        return sum(line.of(*terms).count for line in self.lines)

    def money(self, *terms: Term) -> str:
        """Of the currencies that have any."""
        return _sums((line, line.of(*terms)) for line in self.lines)


def answer(slug: str, now: Situation) -> dict[str, Any]:
    label = platform().short_label
    items = sum(line.source.count for line in now.lines)
    stuck, moving = now.count(*STUCK), now.count(Term.WAY)
    if not all(line.balanced for line in now.lines):
        return _said(
            now, "We cannot tell: two counts differ.", _differing(now), "See the difference", "difference", slug
        )
    if not now.has_entities:
        return _said(now, "There is nothing yet.", "An entity is a company of yours with its own books.")
    if not now.has_connections:
        lead = f"No entity is connected to its books. {_waiting(stuck)}"
        return _said(now, "Not begun.", lead.strip(), f"Connect {label}", "connections", slug)
    if not items:
        return _said(now, _nothing(now), "")
    if stuck:
        lead = f"{now.money(*STUCK)} will not arrive until someone acts. {_on_its_way(moving)}".strip()
        if not now.count(*FAILED):
            said = f"Not yet: {counted(stuck, 'item')} {'is' if stuck == 1 else 'are'} not begun."
            return _said(now, said, lead, "Open Connections", "connections", slug)
        said = f"Not yet: {counted(stuck, 'item')} {'needs' if stuck == 1 else 'need'} you."
        return _said(now, said, lead, "Mend failed syncs", "failed", slug)
    if moving:
        verb = "is" if moving == 1 else "are"
        lead = f"{now.money(Term.WAY)} will be there shortly. Nothing needs you."
        return _said(now, f"Almost: {counted(moving, 'item')} {verb} on {'its' if moving == 1 else 'their'} way.", lead)
    return _said(now, f"Yes: {_all(items)}.", _complete(now))


def _said(now: Situation, said: str, lead: str, label: str = "", name: str = "", slug: str = "") -> dict[str, Any]:
    return {
        "question": now.question,
        "answer": said,
        "lead": lead,
        "action": {"label": label, "url": reverse(name, args=[slug])} if name else None,
        "begun": now.has_documents,
    }


def _differing(now: Situation) -> str:
    off = [(line, line.difference) for line in now.lines if not line.balanced]
    items = sum(abs(part.count) for _, part in off)
    by = [_sums(off), counted(items, "item") if items else ""]
    return f"What came from Flex and where it stands differ by {' in '.join(filter(None, by))}."


def _nothing(now: Situation) -> str:
    if now.month == now.this_month:
        return f"Nothing has come from Flex in {now.month.first:%B} yet."
    return "Nothing came from Flex in that month."


def _waiting(stuck: int) -> str:
    if not stuck:
        return "Charges follow by themselves once one is."
    if stuck == 1:
        return "1 item waits here, and follows once it is."
    return f"{counted(stuck, 'item')} wait here, and follow once it is."


def _on_its_way(moving: int) -> str:
    if not moving:
        return ""
    if moving == 1:
        return "1 item is on its way; it needs nothing from you."
    return f"{counted(moving, 'item')} are on their way; they need nothing from you."


def _all(items: int) -> str:
    return "the one item is" if items == 1 else f"all {counted(items, 'item')}"


def _complete(now: Situation) -> str:
    left_out = now.count(Term.EXCLUDED)
    in_the_books = f"{now.money(Term.BOOKS) or 'Nothing'} stands in {platform().short_label}."
    if not left_out:
        return in_the_books
    verb = "was" if left_out == 1 else "were"
    return f"{in_the_books} {counted(left_out, 'item')} {verb} left out on purpose, {now.money(Term.EXCLUDED)}."


def _sums(parts: Iterable[tuple[Line, Part]]) -> str:
    return sums_text(line.money(part) for line, part in parts if part.minor)

"""Spend by day of the month, per currency: stacked bars, and the same as a table."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from integrations.conservation import Cell, Line, by_day
from integrations.models import Term
from integrations.web.bars import Piece, Scale, scale_for, stack
from integrations.words import TERMS
from ledger.domain.money import Money, exponent
from ledger.domain.months import Month
from ledger.words import currency_words, listed, money_shown, money_text

PIXELS = 160
# Room above the highest bar, for its triangle.
HEADROOM = 16
TALL = PIXELS + 2 * HEADROOM + 8
LABELLED = (1, 8, 15, 22, 29)
# So close to today a label would run into it.
CLOSE = 4
UNITS = ((1_000_000, "m"), (1_000, "k"))


def days_shown(month: Month, today: date, lines: Mapping[str, Line], cells: Sequence[Cell]) -> list[dict[str, Any]]:
    return [_chart(month, today, line, by_day(cells, currency)) for currency, line in lines.items()]


def _chart(month: Month, today: date, total: Line, days: Mapping[date, Line]) -> dict[str, Any]:
    terms = [term for term in TERMS if total.of(term) or any(line.of(term) for line in days.values())]
    stacks = {day: [(TERMS[term].key, line.of(term).minor) for term in terms] for day, line in days.items()}
    scale = scale_for(
        min((_pile(amounts, -1) for amounts in stacks.values()), default=0),
        max((_pile(amounts, 1) for amounts in stacks.values()), default=0),
        PIXELS,
    )
    slots = len(month.days)
    return {
        "currency": total.currency,
        "words": currency_words(total.currency),
        "height": TALL,
        "legend": [TERMS[term] for term in terms],
        "ticks": [{"y": scale.y(tick) + HEADROOM, "word": _short(tick, total.currency)} for tick in scale.ticks],
        "zero": scale.y(0) + HEADROOM,
        "foot": PIXELS + HEADROOM + 16,
        "days": [_day(day, line, stacks[day], scale, slots) for day, line in days.items()],
        "labels": _labels(month, today, slots),
        "rows": [_row(day, line, terms) for day, line in days.items()],
        "totals": _money_cells(total, terms),
        "spoken": f"Spend by day in {currency_words(total.currency)}; the table below has the same figures.",
    }


def _pile(amounts: Sequence[tuple[str, int]], sign: int) -> int:
    return sign * sum(max(0, sign * amount) for _, amount in amounts)


def _day(day: date, line: Line, amounts: Sequence[tuple[str, int]], scale: Scale, slots: int) -> dict[str, Any]:
    pieces = stack(scale, amounts)
    told = [f"{TERMS[term].word.lower()} {money_text(line.money(part))}" for term, part in _terms(line)]
    return {
        "title": f"{day:%-d %b}: {money_text(line.money(line.source))}; {listed(told)}",
        "x": _percent((day.day - 0.83) / slots),
        "width": _percent(0.66 / slots),
        "middle": _percent((day.day - 0.5) / slots),
        "pieces": [Piece(piece.key, piece.start + HEADROOM, piece.length) for piece in pieces],
        "flag": min((piece.start for piece in pieces), default=0) + HEADROOM - 10 if line.of(Term.PERSON) else None,
    }


def _terms(line: Line) -> list[tuple[Term, Any]]:
    return [(term, line.of(term)) for term in TERMS if line.of(term)]


def _labels(month: Month, today: date, slots: int) -> list[dict[str, str]]:
    current = today if Month.of(today) == month else None
    labelled = [day for day in month.days if day.day in LABELLED]
    words = {day.day: f"{day:%-d %b}" for day in labelled if not current or abs(day.day - current.day) > CLOSE}
    if current:
        words[current.day] = "today"
    return [{"x": _percent((day - 0.5) / slots), "word": word} for day, word in sorted(words.items())]


def _row(day: date, line: Line, terms: Sequence[Term]) -> dict[str, Any]:
    return {"day": f"{day:%-d %b}", "cells": _money_cells(line, terms)}


def _money_cells(line: Line, terms: Sequence[Term]) -> list[Any]:
    parts = [*(line.of(term) for term in terms), line.source]
    return [money_shown(line.money(part)) if part else None for part in parts]


def _short(minor: int, currency: str) -> str:
    """80k, 1.5m, 250."""
    whole = Money(minor, currency).amount
    for size, unit in UNITS:
        if abs(whole) >= size:
            return f"{whole / size:.3f}".rstrip("0").rstrip(".").replace("-", "−") + unit
    shown = f"{whole:.{exponent(currency)}f}" if whole != whole.to_integral_value() else f"{whole:.0f}"
    return shown.replace("-", "−")


def _percent(share: float) -> str:
    return f"{100 * share:.2f}%"

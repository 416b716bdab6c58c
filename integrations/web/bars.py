"""Bars as numbers: shares of a width, and heights over a scale. What is below zero is drawn below it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import floor, log10

# Of the whole width; what is there at all is seen.
LEAST = 0.5
STEPS = 4


@dataclass(frozen=True, slots=True)
class Piece:
    """Part of a bar: `key` chooses its colour and its pattern, the rest is in per cent or in pixels."""

    key: str
    start: float
    length: float


def shares(amounts: Mapping[str, int], whole: int | None = None) -> list[Piece]:
    """One bar of pieces, in per cent of the whole (without one: of their sum). Refunds have no width."""
    positive = {key: amount for key, amount in amounts.items() if amount > 0}
    total = whole or sum(positive.values())
    if not total:
        return []
    lengths = {key: max(LEAST, 100 * amount / total) for key, amount in positive.items()}
    excess = max(1.0, sum(lengths.values()) / 100)
    pieces, start = [], 0.0
    for key, length in lengths.items():
        pieces.append(Piece(key, round(start, 3), round(length / excess, 3)))
        start += length / excess
    return pieces


@dataclass(frozen=True, slots=True)
class Scale:
    """From `bottom` to `top` over so many pixels, with a tick at each multiple of `step`; y grows downwards."""

    bottom: int
    top: int
    step: int
    pixels: int

    def y(self, amount: int) -> float:
        return round(self.pixels * (self.top - amount) / (self.top - self.bottom), 2)

    @property
    def ticks(self) -> list[int]:
        return list(range(-(-self.bottom // self.step) * self.step, self.top + 1, self.step))


def scale_for(lowest: int, highest: int, pixels: int) -> Scale:
    """With a step of 1, 2 or 5 times a power of ten, and about four of them."""
    lowest, highest = min(lowest, 0), max(highest, 0)
    step = _round_step(max(1, highest - lowest) / STEPS)
    top = -(-highest // step) * step
    return Scale(lowest, top if top > lowest else step, step, pixels)


def _round_step(least: float) -> int:
    power = 10 ** max(0, floor(log10(max(1.0, least))))
    return next(int(power * factor) for factor in (1, 2, 5, 10) if power * factor >= least)


def stack(scale: Scale, amounts: Sequence[tuple[str, int]]) -> list[Piece]:
    """One upright bar: what is positive upwards from zero, what is negative downwards, in this order."""
    pieces = []
    up = down = 0
    for key, amount in amounts:
        if amount > 0:
            pieces.append(Piece(key, scale.y(up + amount), round(scale.y(up) - scale.y(up + amount), 2)))
            up += amount
        elif amount < 0:
            pieces.append(Piece(key, scale.y(down), round(scale.y(down + amount) - scale.y(down), 2)))
            down += amount
    return pieces

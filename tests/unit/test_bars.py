"""Bars as numbers: nothing leaves its frame, whatever the amounts."""

import pytest

from integrations.web.bars import LEAST, scale_for, shares, stack


@pytest.mark.parametrize(
    ("amounts", "lengths"),
    [
        ({"books": 75, "way": 25}, {"books": 75, "way": 25}),
        ({"books": 1, "way": 0}, {"books": 100}),
        ({"books": 100, "held": -30}, {"books": 100}),
        ({"held": -30}, {}),
        ({}, {}),
    ],
)
def test_each_piece_has_its_share_and_refunds_have_none(amounts: dict[str, int], lengths: dict[str, float]) -> None:
    assert {piece.key: piece.length for piece in shares(amounts)} == lengths


def test_the_smallest_piece_is_seen_and_the_whole_stays_whole() -> None:
    pieces = shares({"books": 10**9, "way": 1, "held": 1})
    assert min(piece.length for piece in pieces) >= LEAST * 0.99
    assert pieces[-1].start + pieces[-1].length == pytest.approx(100, abs=0.01)


def test_a_bar_beside_a_longer_one_is_shorter() -> None:
    [piece] = shares({"way": 50}, 200)
    assert piece.length == 25


@pytest.mark.parametrize(
    ("lowest", "highest", "ticks"),
    [
        (0, 78_000, [0, 20_000, 40_000, 60_000, 80_000]),
        (0, 100, [0, 50, 100]),
        (0, 1, [0, 1]),
        (0, 0, [0, 1]),
        (-100, 30_000, [0, 10_000, 20_000, 30_000]),
        (-3_000, 1_000, [-3_000, -2_000, -1_000, 0, 1_000]),
        (-500, 0, [-400, -200, 0]),
    ],
)
def test_a_scale_has_round_ticks_and_reaches_both_ends(lowest: int, highest: int, ticks: list[int]) -> None:
    scale = scale_for(lowest, highest, 160)
    assert scale.ticks == ticks
    assert scale.y(highest) >= 0
    assert scale.y(lowest) <= 160


def test_a_stack_grows_up_from_zero_and_refunds_down() -> None:
    scale = scale_for(-50, 100, 150)
    pieces = {piece.key: piece for piece in stack(scale, [("books", 60), ("way", 40), ("held", -50), ("none", 0)])}
    assert (pieces["books"].start, pieces["books"].length) == (40, 60)
    assert (pieces["way"].start, pieces["way"].length) == (0, 40)
    assert (pieces["held"].start, pieces["held"].length) == (100, 50)
    assert set(pieces) == {"books", "way", "held"}

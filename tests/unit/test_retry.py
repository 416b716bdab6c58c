"""When to try again is a table."""

from datetime import UTC, datetime, timedelta

import pytest

from integrations.providers.documents import Stop
from integrations.sync.retry import (
    FIRST_LOOK,
    LONGEST,
    rest_after_throttle,
    rest_after_trouble,
    rest_before_next_look,
    rest_in_doubt,
    rest_while_stopped,
    settled_at,
)

SENT = datetime(2026, 8, 14, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("tries", "seconds"),
    [
        *((0, 5), (1, 10), (2, 20), (3, 40), (4, 80), (5, 160), (6, 320), (7, 640)),
        *((8, 900), (9, 900), (10, 900), (11, 900), (1000, 900), (10**9, 900)),
    ],
)
def test_rests_double_up_to_a_quarter_of_an_hour(tries: int, seconds: int) -> None:
    assert rest_after_throttle(tries, None) == timedelta(seconds=seconds)


@pytest.mark.parametrize("tries", [0, 1, 5, 1000])
@pytest.mark.parametrize("seconds", [0, 1, 60, 600])
def test_the_wish_of_the_platform_goes_before_our_own_table(tries: int, seconds: int) -> None:
    assert rest_after_throttle(tries, timedelta(seconds=seconds)) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("deadline", "settling", "settled"),
    [
        (60, 150, SENT + timedelta(seconds=210)),
        (60, 0, SENT + timedelta(seconds=60)),
        (0, 0, SENT),
        (0.5, 0.25, SENT + timedelta(milliseconds=750)),
    ],
)
def test_not_found_counts_after_the_call_and_the_settling(deadline: float, settling: float, settled: datetime) -> None:
    assert settled_at(SENT, timedelta(seconds=deadline), timedelta(seconds=settling)) == settled


def test_the_first_look_comes_long_before_the_longest_rest() -> None:
    assert timedelta(0) < FIRST_LOOK < rest_after_throttle(0, None) < LONGEST


@pytest.mark.parametrize(
    ("rests", "asked_for", "seconds"),
    [
        *((0, None, 5), (3, None, 40), (8, None, 900), (10**6, None, 900)),
        *((0, 60, 60), (3, 60, 60), (4, 60, 80), (10**6, 60, 900), (10**6, 1200, 1200)),
    ],
)
def test_a_lane_rests_as_long_as_it_is_asked_to_and_longer_the_more_often_in_a_row(
    rests: int, asked_for: int | None, seconds: int
) -> None:
    wish = None if asked_for is None else timedelta(seconds=asked_for)
    assert rest_after_trouble(rests, wish) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("why", "rests", "seconds"),
    [
        *((Stop.READ_ONLY, rests, 3600 * hours) for rests, hours in [(0, 1), (1, 2), (2, 4), (3, 8), (4, 12)]),
        *((Stop.DENIED, rests, seconds) for rests, seconds in [(0, 15), (1, 30), (2, 60), (10, 15360)]),
        *((why, 10**6, 12 * 3600) for why in Stop if why is not Stop.DENIED),
    ],
)
def test_a_company_that_takes_nothing_is_tried_within_half_a_day(why: Stop, rests: int, seconds: int) -> None:
    assert rest_while_stopped(why, rests) == timedelta(seconds=seconds)


@pytest.mark.parametrize(("age", "seconds"), [(0, 5), (5, 5), (7, 7), (100, 100), (10**6, 900)])
def test_what_could_not_be_looked_up_is_looked_up_again_after_as_long_as_it_is_old(age: int, seconds: int) -> None:
    assert rest_before_next_look(timedelta(seconds=age)) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("sendings", "asked_for", "seconds"),
    [(1, None, 2), (2, None, 20), (3, None, 40), (100, None, 900), (1, 0, 2), (1, 30, 30), (3, 30, 40)],
)
def test_what_is_in_doubt_is_left_alone_longer_after_each_sending(
    sendings: int, asked_for: int | None, seconds: int
) -> None:
    wish = None if asked_for is None else timedelta(seconds=asked_for)
    assert rest_in_doubt(sendings, wish) == timedelta(seconds=seconds)

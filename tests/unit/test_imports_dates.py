"""Dates are read in the order of their column, and 3 April is not taken for 4 March in silence."""

import re
from datetime import UTC, date, time, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.imports.dates import DateOrder, DateTally, Moment, NotADate, looks_like_a_date, read_date

DAY, MONTH, YEAR = DateOrder.DAY_FIRST, DateOrder.MONTH_FIRST, DateOrder.YEAR_FIRST
THE_19TH = Moment(date(2026, 11, 19))


@pytest.mark.parametrize(
    ("text", "order", "example"),
    [
        ("31.02.2026", DateOrder.DAY_FIRST, "19.11.2026"),
        ("31-02-2026", DateOrder.DAY_FIRST, "19-11-2026"),
        ("31/02/2026", DateOrder.DAY_FIRST, "19/11/2026"),
        ("02-31-26", DateOrder.MONTH_FIRST, "11-19-2026"),
        ("soon", DateOrder.DAY_FIRST, "19/11/2026"),
        ("31.02.2026", DateOrder.YEAR_FIRST, "2026-11-19"),
    ],
)
def test_what_is_no_date_is_told_one_that_is_parted_likewise(text: str, order: DateOrder, example: str) -> None:
    with pytest.raises(NotADate, match=re.escape(f"“{text}” is not a date like {example}.")):
        read_date(text, order)


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-19",
        "2026/11/19",
        "2026.11.19",
        "20261119",
        "19 Nov 2026",
        "19-Nov-26",
        "19 November 2026",
        "19th November, 2026",
        "19. November 2026",
        "Nov 19, 2026",
        "November 19 2026",
        " 2026-11-19 ",
    ],
)
@pytest.mark.parametrize("order", DateOrder)
def test_some_ways_of_writing_mean_one_day_in_every_order(text: str, order: DateOrder) -> None:
    assert read_date(text, order) == THE_19TH


@pytest.mark.parametrize(
    ("text", "order", "day"),
    [
        ("03/04/2026", DAY, date(2026, 4, 3)),
        ("03/04/2026", MONTH, date(2026, 3, 4)),
        ("3/4/26", DAY, date(2026, 4, 3)),
        ("3-4-2026", MONTH, date(2026, 3, 4)),
        ("03.04.2026", DAY, date(2026, 4, 3)),
        ("3. 4. 2026", DAY, date(2026, 4, 3)),
        ("29/02/2028", DAY, date(2028, 2, 29)),
        ("3 août 2026", DAY, date(2026, 8, 3)),
        ("3. Mai 2026", DAY, date(2026, 5, 3)),
        ("3. März 2026", DAY, date(2026, 3, 3)),
        ("3. Dezember 2026", DAY, date(2026, 12, 3)),
        ("3 juin 2026", DAY, date(2026, 6, 3)),
        ("3 juil. 2026", DAY, date(2026, 7, 3)),
    ],
)
def test_a_day_is_read_in_the_order_of_its_column(text: str, order: DateOrder, day: date) -> None:
    assert read_date(text, order) == Moment(day)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2026-11-19T10:40:58Z", time(10, 40, 58, tzinfo=UTC)),
        ("2026-11-19 10:40", time(10, 40)),
        ("2026-11-19T10:40:58.123+01:00", time(10, 40, 58, tzinfo=timezone(timedelta(hours=1)))),
        ("2026-11-19 10:40:58 -0530", time(10, 40, 58, tzinfo=timezone(-timedelta(hours=5, minutes=30)))),
        ("19/11/2026, 10:40 PM", time(22, 40)),
        ("19/11/2026 12:05 am", time(0, 5)),
        ("19/11/2026 12:05 p.m.", time(12, 5)),
        ("19 Nov 2026 23:59:59", time(23, 59, 59)),
    ],
)
def test_the_time_of_day_is_kept(text: str, at: time) -> None:
    assert read_date(text, DAY) == Moment(date(2026, 11, 19), at)


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("", DAY),
        ("yesterday", DAY),
        ("19/11/2026", MONTH),
        ("11/19/2026", DAY),
        ("03/04/2026", YEAR),
        ("03.04.2026", MONTH),
        ("30/02/2026", DAY),
        ("29/02/2026", DAY),
        ("2026-13-01", YEAR),
        ("0000-01-01", YEAR),
        ("2026-11-19 25:00", YEAR),
        ("2026-11-19 13:00 PM", YEAR),
        ("2026-11-19 10:00 +99:00", YEAR),
        ("19 Foo 2026", DAY),
        ("19/11", DAY),
        ("19/11-2026", DAY),
        ("١٩/١١/٢٠٢٦", DAY),
        ("12.30", DAY),
        ("2026-11-19" * 10, YEAR),
        ("9999-12-31T23:00:00-05:00", YEAR),
        ("0001-01-01 00:00 +05:00", YEAR),
    ],
)
def test_what_is_no_date_in_this_order_is_refused(text: str, order: DateOrder) -> None:
    with pytest.raises(NotADate, match="is not a date like"):
        read_date(text, order)


def test_a_spreadsheets_number_for_a_day_is_named() -> None:
    with pytest.raises(NotADate, match="“46345” is a spreadsheet's number for a day"):
        read_date("46345", YEAR)


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_every_day_is_read_back_as_it_was_written(day: date) -> None:
    assert read_date(day.isoformat(), YEAR).day == day
    for order, shape in ((DAY, "%d/%m/%Y"), (MONTH, "%m/%d/%Y"), (DAY, "%d.%m.%y"), (MONTH, "%b %d, %Y")):
        assert read_date(day.strftime(shape), order).day == day


@given(st.text())
def test_no_text_breaks_the_reading_of_dates(text: str) -> None:
    looks_like_a_date(text)


@pytest.mark.parametrize(
    ("values", "order", "ambiguous"),
    [
        (["2026-11-19", "2026-11-03"], YEAR, ""),
        (["03/04/2026", "19/04/2026"], DAY, ""),
        (["03/04/2026", "04/19/2026"], MONTH, ""),
        (["03/04/2026", "05/04/2026"], DAY, "05/04/2026"),
        (["03.04.2026", "05.04.2026"], DAY, ""),
        (["04/04/2026", "05/05/2026"], DAY, ""),
        (["3 Apr 2026", "Apr 19, 2026"], YEAR, ""),
        (["19/04/2026", "20/04/2026", "04/21/2026", "n/a"], DAY, ""),
        (["19/04/2026", "04/19/2026", "03/04/2026"], DAY, "03/04/2026"),
        (["Staples"], YEAR, ""),
    ],
)
def test_the_order_is_told_by_the_values_or_reported_as_ambiguous(
    values: list[str], order: DateOrder, ambiguous: str
) -> None:
    tally = DateTally()
    for value in values:
        tally.add(value)
    guess = tally.guess()
    assert (guess.order, guess.ambiguous, guess.filled) == (order, ambiguous, len(values))

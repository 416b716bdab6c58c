"""On which day a charge stands in the books, and which days cannot be."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from ledger.domain.transactions import impossible_day, posting_day

NEW_YORK = "America/New_York"
TODAY = date(2026, 8, 14)


@pytest.mark.parametrize(
    ("cleared_at", "time_zone", "day"),
    [
        # Midnight in New York is at 05:00 UTC in winter and at 04:00 UTC in summer.
        ("2026-01-15T04:59:59+00:00", NEW_YORK, "2026-01-14"),
        ("2026-01-15T05:00:00+00:00", NEW_YORK, "2026-01-15"),
        ("2026-07-15T03:59:59+00:00", NEW_YORK, "2026-07-14"),
        ("2026-07-15T04:00:00+00:00", NEW_YORK, "2026-07-15"),
        # The night in which clocks go forward, and the hour that happens twice when they go back.
        ("2026-03-08T04:59:59+00:00", NEW_YORK, "2026-03-07"),
        ("2026-03-09T03:59:59+00:00", NEW_YORK, "2026-03-08"),
        ("2026-03-09T04:00:00+00:00", NEW_YORK, "2026-03-09"),
        ("2026-11-01T05:30:00+00:00", NEW_YORK, "2026-11-01"),
        ("2026-11-01T06:30:00+00:00", NEW_YORK, "2026-11-01"),
        ("2026-11-02T04:59:59+00:00", NEW_YORK, "2026-11-01"),
        # London is at UTC in winter only.
        ("2026-01-31T23:30:00+00:00", "Europe/London", "2026-01-31"),
        ("2026-06-30T23:30:00+00:00", "Europe/London", "2026-07-01"),
        # A day ahead, half an hour aside, and across the end of a year.
        ("2026-12-31T10:00:00+00:00", "Pacific/Kiritimati", "2027-01-01"),
        ("2027-01-01T10:59:00+00:00", "Pacific/Pago_Pago", "2026-12-31"),
        ("2026-08-13T18:29:59+00:00", "Asia/Kolkata", "2026-08-13"),
        ("2026-08-13T18:30:00+00:00", "Asia/Kolkata", "2026-08-14"),
        # The sender's own offset does not count, only the moment.
        ("2026-08-14T01:00:00+09:00", "Asia/Tokyo", "2026-08-14"),
        ("2026-08-14T01:00:00+09:00", NEW_YORK, "2026-08-13"),
        ("2028-02-29T23:00:00-05:00", "UTC", "2028-03-01"),
    ],
)
def test_the_posting_day_is_the_day_where_the_entity_is(cleared_at: str, time_zone: str, day: str) -> None:
    assert posting_day(datetime.fromisoformat(cleared_at), time_zone) == date.fromisoformat(day)


@pytest.mark.parametrize("hours", range(-12, 15))
def test_one_moment_is_one_day_however_it_is_written(hours: int) -> None:
    moment = datetime(2026, 3, 8, 6, 59, 59, tzinfo=UTC)
    written = moment.astimezone(timezone(timedelta(hours=hours)))
    assert posting_day(written, NEW_YORK) == date(2026, 3, 8)


@pytest.mark.parametrize("day", ["2000-01-01", "2024-02-29", "2026-08-14", "2026-08-15", "2026-08-16"])
def test_a_day_of_our_time_is_possible_up_to_two_days_ahead(day: str) -> None:
    assert impossible_day(date.fromisoformat(day), TODAY) == ""


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        ("1899-12-30", "1899-12-30 is before 2000-01-01; no card charge is that old."),
        ("1970-01-01", "1970-01-01 is before 2000-01-01; no card charge is that old."),
        ("1999-12-31", "1999-12-31 is before 2000-01-01; no card charge is that old."),
        ("0001-01-01", "0001-01-01 is before 2000-01-01; no card charge is that old."),
        ("2026-08-17", "2026-08-17 lies in the future."),
        ("2062-08-14", "2062-08-14 lies in the future."),
        ("9999-12-31", "9999-12-31 lies in the future."),
    ],
)
def test_spreadsheet_accidents_are_named(day: str, sentence: str) -> None:
    assert impossible_day(date.fromisoformat(day), TODAY) == sentence

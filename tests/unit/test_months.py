from datetime import date

import pytest

from ledger.domain.months import Month


@pytest.mark.parametrize("key", ["2026-11", "0001-01", "9999-12"])
def test_a_month_is_read_as_it_is_written(key: str) -> None:
    month = Month.parse(key)
    assert month is not None
    assert month.key == key
    assert month.first <= month.last


@pytest.mark.parametrize("key", ["", "2026", "2026-13", "2026-00", "0000-01", "2026-1", "2026-11-01", "٢٠٢٦-١١", "x"])
def test_what_is_no_month_is_none(key: str) -> None:
    assert Month.parse(key) is None


@pytest.mark.parametrize(
    ("month", "days", "before", "after"),
    [
        (Month(2026, 1), 31, Month(2025, 12), Month(2026, 2)),
        (Month(2026, 12), 31, Month(2026, 11), Month(2027, 1)),
        (Month(2028, 2), 29, Month(2028, 1), Month(2028, 3)),
    ],
)
def test_months_follow_each_other_and_have_their_days(month: Month, days: int, before: Month, after: Month) -> None:
    assert (len(month.days), month.previous, month.next) == (days, before, after)
    assert Month.of(month.last) == month
    assert Month.of(date(month.year, month.number, 15)) == month

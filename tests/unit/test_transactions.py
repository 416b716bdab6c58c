"""What a movement on a card can be: its day, its amount, its parts, and what may follow what."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from ledger.domain.documents import DocumentKind, Stage, impossible_amount, impossible_day, is_late, posting_day
from ledger.domain.lines import IncomingLine, impossible_lines
from ledger.domain.money import Money
from ledger.domain.transactions import IncomingTransaction, missing_moment

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


def usd(minor: int) -> Money:
    return Money(minor, "USD")


# --- kinds -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "minor", "sentence"),
    [
        (DocumentKind.CHARGE, 1, ""),
        (DocumentKind.CHARGE, 0, "A charge is above zero."),
        (DocumentKind.CHARGE, -1, "A charge is above zero."),
        (DocumentKind.FEE, 1, ""),
        (DocumentKind.FEE, -1, "A fee is above zero."),
        (DocumentKind.REFUND, -1, ""),
        (DocumentKind.REFUND, 0, "A refund is below zero."),
        (DocumentKind.REFUND, 1, "A refund is below zero."),
        (DocumentKind.CASHBACK, -1, ""),
        (DocumentKind.CASHBACK, 1, "A cashback is below zero."),
        (DocumentKind.PAYMENT, -1, ""),
        (DocumentKind.PAYMENT, 1, "A statement payment is below zero."),
    ],
)
def test_the_kind_says_which_way_the_money_goes(kind: DocumentKind, minor: int, sentence: str) -> None:
    assert impossible_amount(kind, usd(minor)) == sentence


def test_every_kind_has_a_word() -> None:
    assert len({kind.word for kind in DocumentKind}) == len(DocumentKind)


# --- parts -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("whole", "lines", "sentence"),
    [
        (1230, [], ""),
        (1230, [1230], ""),
        (1230, [1000, 230], ""),
        (1230, [1] * 1230, ""),
        (-1230, [-1000, -230], ""),
        (1230, [1000, 200], "The lines leave USD 0.30 over."),
        (1230, [1000, 231], "The lines leave USD 0.01 too much."),
        (-1230, [-1000, -200], "The lines leave USD 0.30 over."),
        (-1230, [-1000, -231], "The lines leave USD 0.01 too much."),
        (1230, [1330, -100], "Every line is above zero."),
        (1230, [1230, 0], "Every line is above zero."),
        (-1230, [1230], "Every line is above zero."),
    ],
)
def test_the_parts_of_a_split_add_up_to_the_whole(whole: int, lines: list[int], sentence: str) -> None:
    parts = [IncomingLine(usd(minor)) for minor in lines]
    assert impossible_lines(usd(whole), parts) == sentence


def test_a_line_is_in_the_currency_of_the_whole() -> None:
    assert impossible_lines(usd(1230), [IncomingLine(Money(1230, "EUR"))]) == "Every line is in USD, like the whole."


# --- stages ----------------------------------------------------------------------------------------------------------

PENDING, CLEARED, REVERSED = Stage


@pytest.mark.parametrize(
    ("known", "incoming", "late"),
    [
        (PENDING, PENDING, False),
        (PENDING, CLEARED, False),
        (PENDING, REVERSED, False),
        (CLEARED, PENDING, True),
        (CLEARED, CLEARED, False),
        (CLEARED, REVERSED, False),
        (REVERSED, PENDING, True),
        (REVERSED, CLEARED, True),
        (REVERSED, REVERSED, False),
    ],
)
def test_a_message_of_an_earlier_stage_is_late(known: Stage, incoming: Stage, late: bool) -> None:
    assert is_late(known, incoming) is late


MOMENT = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("stage", "authorised_at", "cleared_at", "missing"),
    [
        (PENDING, None, None, {"authorised_at"}),
        (PENDING, MOMENT, None, set()),
        (PENDING, None, MOMENT, set()),
        (CLEARED, None, None, {"cleared_at"}),
        (CLEARED, MOMENT, None, {"cleared_at"}),
        (CLEARED, None, MOMENT, set()),
        (REVERSED, None, None, {"authorised_at"}),
        (REVERSED, MOMENT, None, set()),
        (REVERSED, None, MOMENT, set()),
    ],
)
def test_each_stage_needs_its_moment(
    stage: Stage, authorised_at: datetime | None, cleared_at: datetime | None, missing: set[str]
) -> None:
    told = IncomingTransaction(
        "c-1", "card-1", usd(1), "Figma", cleared_at=cleared_at, stage=stage, authorised_at=authorised_at
    )
    assert set(missing_moment(told)) == missing


def test_what_has_cleared_stands_on_the_day_it_cleared_and_what_has_not_on_the_day_it_was_authorised() -> None:
    later = MOMENT + timedelta(days=2)
    told = IncomingTransaction("c-1", "card-1", usd(1), "Figma", cleared_at=later, authorised_at=MOMENT)
    assert told.moment == later
    pending = IncomingTransaction("c-1", "card-1", usd(1), "Figma", authorised_at=MOMENT, stage=PENDING)
    assert pending.moment == MOMENT

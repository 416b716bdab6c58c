"""A card charge as it comes in: which values are possible, and what a repeat is."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from ledger.domain.money import Money

# Before this day no card charge of a living business can have been made; such dates are spreadsheet accidents.
EARLIEST = date(2000, 1, 1)
DAYS_AHEAD = 2


@dataclass(frozen=True, slots=True)
class IncomingCharge:
    """One cleared charge as the issuer or the customer's own system tells it."""

    external_id: str
    card: str
    money: Money
    merchant_name: str
    cleared_at: datetime
    merchant_category_code: str = ""
    category: str = ""
    department: str = ""
    memo: str = ""


def posting_day(cleared_at: datetime, time_zone: str) -> date:
    """The day on which the charge stands in the books: a date in the entity's own time zone."""
    return cleared_at.astimezone(ZoneInfo(time_zone)).date()


def impossible_amount(money: Money) -> str:
    """Why no charge can be of this amount, or an empty text."""
    return "" if money.minor > 0 else "A charge is above zero."


def impossible_day(day: date, today: date) -> str:
    """Why no charge can be dated so, or an empty text."""
    if day < EARLIEST:
        return f"{day.isoformat()} is before {EARLIEST.isoformat()}; no card charge is that old."
    if (day - today).days > DAYS_AHEAD:
        return f"{day.isoformat()} lies in the future."
    return ""

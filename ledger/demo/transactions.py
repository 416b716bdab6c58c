"""The rows of purchase-cards.csv as if they had come in these days."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from ledger.domain.documents import DocumentKind
from ledger.domain.money import parse_amount
from ledger.domain.transactions import IncomingTransaction

FILE = Path(__file__).parent / "purchase-cards.csv"
LAST_DAY = date(2016, 12, 31)
TAG_GROUP = "Directorate"


@dataclass(frozen=True, slots=True)
class DemoRow:
    """One row, with its date moved."""

    id: str
    day: date
    merchant: str
    amount: str
    last_four: str
    account_code: str
    account: str
    cost_centre: str
    directorate: str

    @property
    def card(self) -> str:
        return f"purchase-card-{self.last_four}"

    def incoming(self) -> IncomingTransaction:
        """Cleared at noon, so that it is the same day wherever the entity is in Europe."""
        money = parse_amount(self.amount, "GBP")
        return IncomingTransaction(
            external_id=self.id,
            card=self.card,
            money=money,
            kind=DocumentKind.CHARGE if money.minor > 0 else DocumentKind.REFUND,
            merchant_name=self.merchant,
            cleared_at=datetime.combine(self.day, time(12), UTC),
            category=self.account,
            department=self.cost_centre,
            tags={TAG_GROUP: self.directorate},
        )


def rows(today: date) -> Iterator[DemoRow]:
    """In order, moved by whole weeks so that weekdays stay and none lies in the future."""
    weeks = timedelta(weeks=(today - LAST_DAY).days // 7)
    with FILE.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            yield DemoRow(
                id=row["id"],
                day=date.fromisoformat(row["date"]) + weeks,
                merchant=row["merchant"],
                amount=row["billed_amount"],
                last_four=row["card_last4"],
                account_code=row["account_code"],
                account=row["account"],
                cost_centre=row["cost_centre"],
                directorate=row["directorate"],
            )

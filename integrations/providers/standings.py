"""Standing values to JSON and back, exactly: amounts as texts. Pure."""

from dataclasses import asdict
from decimal import Decimal
from typing import Any

from integrations.providers.documents import Posted, Standing, StandingLine


def as_json(standing: Standing) -> dict[str, Any]:
    posted = standing.posted
    return {
        **asdict(standing),
        "posted": {"kind": posted.kind, "external_id": posted.external_id, "version": posted.version},
        "total": _plain(standing.total),
        "lines": [{**asdict(line), "amount": _plain(line.amount)} for line in standing.lines],
    }


def from_json(stored: dict[str, Any]) -> Standing:
    lines = tuple(
        StandingLine(line["account"], Decimal(line["amount"]), line["description"], tuple(line["values"]))
        for line in stored["lines"]
    )
    rest = {"posted": Posted(**stored["posted"]), "total": Decimal(stored["total"]), "lines": lines}
    return Standing(**{**stored, **rest})


def _plain(amount: Decimal) -> str:
    """12.3 and 12.30 are the same amount, and the same text."""
    return f"{amount.normalize():f}"

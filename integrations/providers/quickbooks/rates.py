"""An exchange rate as QuickBooks tells it: units of the home currency for one of the foreign. Pure."""

from decimal import Decimal, InvalidOperation
from typing import Any

from integrations.providers.errors import Refused


def read(answer: dict[str, Any], currency: str) -> Decimal:
    """Raises Refused for what is no rate of this currency."""
    told = answer.get("ExchangeRate")
    if not isinstance(told, dict) or told.get("SourceCurrencyCode") != currency:
        raise Refused(f"QuickBooks told no rate of {currency}.")
    try:
        rate = Decimal(str(told.get("Rate")))
    except InvalidOperation:
        rate = Decimal("NaN")
    if not (rate.is_finite() and rate > 0):
        raise Refused(f"QuickBooks told no rate of {currency}.")
    return rate

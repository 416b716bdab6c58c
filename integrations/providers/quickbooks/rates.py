"""An exchange rate as QuickBooks tells it: units of the home currency for one of the foreign. Pure."""

from decimal import Decimal
from typing import Any

from integrations.providers.errors import Refused
from integrations.providers.quickbooks import values

# Beyond these it is no rate of any two currencies.
SMALLEST, LARGEST = Decimal("0.000000001"), Decimal(1_000_000_000)


def read(answer: dict[str, Any], currency: str) -> Decimal:
    """Raises Refused for what is no rate of this currency."""
    told = answer.get("ExchangeRate")
    if not isinstance(told, dict) or told.get("SourceCurrencyCode") != currency:
        raise Refused(f"QuickBooks told no rate of {currency}.")
    try:
        rate = values.number(told.get("Rate"))
    except ValueError:
        rate = Decimal(0)
    if not SMALLEST <= rate <= LARGEST:
        raise Refused(f"QuickBooks told no rate of {currency}.")
    return rate

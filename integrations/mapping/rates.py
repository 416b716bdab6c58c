"""What a foreign currency is worth in that of the books, by day. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from integrations.mapping.periods import day_text
from integrations.mapping.reasons import Reason, ReasonCode

# A currency on a day.
RateKey = tuple[str, date]


def plain(value: Decimal) -> Decimal:
    """Without zeros at its end: the same rate reads the same, wherever it was kept."""
    shortest = value.normalize()
    return shortest.quantize(Decimal(1)) if shortest == shortest.to_integral_value() else shortest


@dataclass(frozen=True, slots=True)
class Rate:
    """So many units of the home currency for one of the foreign."""

    currency: str
    home: str
    day: date
    value: Decimal

    @property
    def sentence(self) -> str:
        return f"1 {self.currency} = {self.value:f} {self.home} on {day_text(self.day)}, the rate of the books."


@dataclass(frozen=True, slots=True)
class Rates:
    """The rates at hand; of what the platform has none it said why."""

    home: str = ""
    known: Mapping[RateKey, Decimal] = field(default_factory=dict)
    refused: Mapping[RateKey, str] = field(default_factory=dict)

    def needs(self, currency: str) -> bool:
        return self.home not in ("", currency)

    def of(self, currency: str, day: date) -> Rate | Reason | None:
        """None where none is needed."""
        if not self.needs(currency):
            return None
        value = self.known.get((currency, day))
        if value is not None:
            return Rate(currency, self.home, day, value)
        why = self.refused.get((currency, day), "")
        return Reason(ReasonCode.NO_RATE, f"{currency} on {day_text(day)}. {why}".strip())

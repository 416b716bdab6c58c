"""Rates of foreign currencies: asked of the platform once per currency and day, since a read is metered, and kept."""

from collections.abc import Collection
from dataclasses import replace
from decimal import Decimal

from django.db import transaction

from integrations.mapping.rates import RateKey, Rates, plain
from integrations.models import Connection, ExchangeRate
from integrations.providers.base import Provider
from integrations.providers.errors import Refused
from integrations.sync.lane import Lane


def ensure(lane: Lane, connection: Connection, provider: Provider, rates: Rates, needed: Collection[RateKey]) -> Rates:
    """Those at hand, with the missing ones of these. Raises what provider.exchange_rate raises, but for a refusal: of
    what the platform has none it says why, and is asked again another time."""
    known: dict[RateKey, Decimal] = {}
    refused: dict[RateKey, str] = {}
    try:
        for currency, day in sorted(set(needed) - rates.known.keys()):
            try:
                known[currency, day] = plain(provider.exchange_rate(currency, day))
            except Refused as refusal:
                refused[currency, day] = str(refusal)
    finally:
        if known:
            _keep(lane, connection, known)
    return replace(rates, known={**rates.known, **known}, refused=refused)


@transaction.atomic
def _keep(lane: Lane, connection: Connection, known: dict[RateKey, Decimal]) -> None:
    lane.assert_held()
    rows = [
        ExchangeRate(company_id=connection.company_id, currency=currency, day=day, rate=rate)
        for (currency, day), rate in known.items()
    ]
    ExchangeRate.objects.bulk_create(rows, ignore_conflicts=True)

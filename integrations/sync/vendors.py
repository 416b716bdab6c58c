"""A vendor before its charge: where the switch says so, what the books lack is made there first."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone

from integrations.mapping.coding import Vendor
from integrations.models import Connection, Reference, ReferenceKind
from integrations.providers.base import Provider
from integrations.providers.documents import NewVendor
from integrations.sync.lane import Lane

# Of one claim; what is left is made with the next, so that a slice is not spent on vendors alone.
MADE_AT_ONCE = 20


@dataclass(frozen=True, slots=True)
class Ensured:
    """By name in lower case. Of the undecided nobody knows yet whether they were made; some had no turn yet."""

    made: dict[str, Vendor] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    undecided: frozenset[str] = frozenset()


def ensure(lane: Lane, connection: Connection, provider: Provider, wanted: Sequence[Vendor]) -> Ensured:
    """Make them, or find that they are there. The names themselves guard against a double: a platform takes each once.

    Raises what provider.create_vendors raises; whatever was made by then is found by name the next time.
    """
    once = list({vendor.name.casefold(): vendor for vendor in wanted}.values())[:MADE_AT_ONCE]
    by_currency: dict[str, list[str]] = {}
    for vendor in once:
        by_currency.setdefault(vendor.currency, []).append(vendor.name)
    results: list[NewVendor] = []
    for currency, names in by_currency.items():
        results += provider.create_vendors(names, currency)
        if not all(one.vendor or one.refusal for one in results):
            break
    known = [one for one in results if one.vendor is not None]
    _remember(lane, connection, known)
    return Ensured(
        made={
            one.name.casefold(): Vendor(
                one.vendor.external_id, one.vendor.name, one.vendor.active, one.made, one.vendor.currency
            )
            for one in known
            if one.vendor is not None
        },
        refused={one.name.casefold(): one.refusal for one in results if one.refusal},
        undecided=frozenset(one.name.casefold() for one in results if one.tried and not (one.vendor or one.refusal)),
    )


@transaction.atomic
def _remember(lane: Lane, connection: Connection, made: Sequence[NewVendor]) -> None:
    lane.assert_held()
    now = timezone.now()
    # Two names of ours may have found the same vendor.
    rows = {
        one.vendor.external_id: Reference(
            company_id=connection.company_id,
            kind=ReferenceKind.VENDOR,
            external_id=one.vendor.external_id,
            name=one.vendor.name,
            name_key=one.vendor.name.casefold(),
            path=one.vendor.path,
            role=one.vendor.role,
            currency=one.vendor.currency,
            active=one.vendor.active,
            changed_at=one.vendor.changed_at,
            read_at=now,
            made_at=now if one.made else None,
        )
        for one in made
        if one.vendor is not None
    }
    Reference.objects.bulk_create(
        rows.values(),
        update_conflicts=True,
        update_fields=[
            *("name", "name_key", "path", "currency"),
            *("active", "inactive_since", "changed_at", "read_at"),
        ],
        unique_fields=["tenant", "company", "kind", "dimension", "external_id"],
    )

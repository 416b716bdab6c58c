"""The clock of the pages: that of an entity, in which its documents are dated."""

from datetime import date
from zoneinfo import ZoneInfo

from django.utils import timezone

from ledger.models import Entity


def zone_of(entity: Entity | None) -> ZoneInfo:
    """Where none is in view, that of the first, as at the foot of the page."""
    entity = entity or Entity.objects.order_by("pk").first()
    return ZoneInfo(entity.time_zone if entity else "UTC")


def today(zone: ZoneInfo) -> date:
    return timezone.now().astimezone(zone).date()

"""Looks at what was changed there, of which the platform may refuse to show one."""

import logging
from collections.abc import Sequence

from integrations.providers.base import Provider
from integrations.providers.documents import Sighting, Thing
from integrations.providers.errors import Refused
from integrations.sync.asking import by_halves

logger = logging.getLogger(__name__)


def look(provider: Provider, things: Sequence[Thing]) -> Sighting:
    """What the platform refuses to speak about is passed over; it is met again when all that is ours is looked at."""
    seen = Sighting()
    for some, answer in by_halves(provider.look_at, things) if things else ():
        if isinstance(answer, Refused):
            logger.warning("%s cannot be looked at: %s", some[0], answer)
        else:
            seen = Sighting(
                seen.references + answer.references, seen.documents + answer.documents, seen.gone + answer.gone
            )
    return seen

"""Objects of python-quickbooks from what QuickBooks wrote, or somebody in its place. Raises ValueError and the like."""

import logging
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

from integrations.providers.errors import Refused
from integrations.providers.quickbooks.border import understood

logger = logging.getLogger(__name__)

Read = TypeVar("Read")


def known(entity: Any, row: Any) -> Any:
    """The library takes a null for a value."""
    return entity.from_json(_told(row))


def readable(rows: Iterable[Any], read: Callable[[Any], Read]) -> Iterator[Read]:
    """One that cannot be read keeps nobody from hearing of the others."""
    for row in rows:
        try:
            with understood():
                yield read(row)
        except Refused as refusal:
            logger.warning("Something of the books is passed over: %s", refusal)


def _told(part: Any) -> Any:
    if isinstance(part, dict):
        return {key: _told(value) for key, value in part.items() if value is not None}
    return [_told(one) for one in part] if isinstance(part, list) else part

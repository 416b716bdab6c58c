"""The border of this folder: whatever an answer does to our reading of it leaves as a ProviderError.

That an answer could not be read at all is the client's matter, and temporary. Here something in it is in no shape that
we know. It would be so again, so it is a refusal: what it is about waits for a person, and nothing else does.
"""

import functools
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import ParamSpec, TypeVar

from integrations.providers.errors import ProviderError, Refused

Asked = ParamSpec("Asked")
Told = TypeVar("Told")
Kind = TypeVar("Kind")

logger = logging.getLogger(__name__)

MISREAD = (ValueError, ArithmeticError, LookupError, TypeError, AttributeError, RecursionError)


@contextmanager
def understood(otherwise: type[ProviderError] = Refused) -> Iterator[None]:
    try:
        yield
    except MISREAD as trouble:
        logger.warning("QuickBooks showed what cannot be read", exc_info=True)
        what = f"{type(trouble).__name__}: {trouble}"[:120]
        raise otherwise(f"QuickBooks showed something in a shape that cannot be read ({what}).") from trouble


def bounded(*names: str) -> Callable[[type[Kind]], type[Kind]]:
    """A class whose methods of these names raise nothing but ProviderError."""

    def bound(kind: type[Kind]) -> type[Kind]:
        for name in names:
            setattr(kind, name, _bounded(getattr(kind, name)))
        return kind

    return bound


def _bounded(method: Callable[Asked, Told]) -> Callable[Asked, Told]:
    @functools.wraps(method)
    def within(*args: Asked.args, **kwargs: Asked.kwargs) -> Told:
        with understood():
            return method(*args, **kwargs)

    return within

"""Every company of a fresh sandbox, in the order of their realms."""

from __future__ import annotations

from ..books.books import companies
from ..books.store import Store
from ..settings import Switches
from . import bare, craigs, larkfield, outfitter, trader, untidy
from .planting import plant

STARTS = (*larkfield.STARTS, craigs.START, outfitter.START, trader.START, untidy.START, bare.START)


def plant_if_empty(store: Store, switches: Switches) -> None:
    if not companies(store.db):
        for start in STARTS:
            plant(store, start, switches)

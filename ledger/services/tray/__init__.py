"""Receipts that nobody hung at a document: taken in, matched, hung by a person, or thrown away."""

from ledger.services.tray.hanging import hang
from ledger.services.tray.matching import match_waiting, suggestions, tenants_with_arrivals
from ledger.services.tray.taking import Source, Taken, take_in

__all__ = ["Source", "Taken", "hang", "match_waiting", "suggestions", "take_in", "tenants_with_arrivals"]

"""Every company of a fresh sandbox, in the order of their realms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..books.books import companies
from ..books.store import Store
from ..settings import Switches
from . import bare, craigs, larkfield, outfitter, trader, untidy
from .planting import plant

STARTS = (*larkfield.STARTS, craigs.START, outfitter.START, trader.START, untidy.START, bare.START)


class BadCompany(ValueError):
    """No company can be founded so, in words for the person who tried."""


def found(store: Store, switches: Switches, realms: Sequence[str], like: str) -> None:
    """More companies, each of which begins as the one `like` began."""
    known = {start.company.realm: start for start in STARTS}
    if like not in known:
        raise BadCompany(f"like must be one of {', '.join(sorted(known))}.")
    taken = {company.realm for company in companies(store.db)}
    if wrong := [realm for realm in realms if not _is_realm(realm) or realm in taken]:
        raise BadCompany(f"A realm is 9 to 19 digits, and new: {wrong[0]!r} is not.")
    first = known[like]
    for realm in realms:
        company = replace(first.company, realm=realm, name=f"{first.company.name} {realm}")
        plant(store, replace(first, company=company), switches)


def _is_realm(text: object) -> bool:
    return isinstance(text, str) and text.isascii() and text.isdecimal() and 9 <= len(text) <= 19


def plant_if_empty(store: Store, switches: Switches) -> None:
    if not companies(store.db):
        for start in STARTS:
            plant(store, start, switches)

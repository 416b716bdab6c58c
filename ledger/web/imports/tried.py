"""The first rows as they would be recorded, for the page on which columns are chosen."""

from dataclasses import asdict
from typing import Any
from zoneinfo import ZoneInfo

from ledger.domain.documents import DocumentKind
from ledger.domain.transactions import IncomingTransaction
from ledger.imports.cards import without_whole_numbers
from ledger.imports.layouts import Layout
from ledger.imports.matching import Matching
from ledger.imports.values import VendorValues
from ledger.models import Import
from ledger.services.imports import Preview
from ledger.services.imports.outcomes import NewNames, Outcome
from ledger.services.results import Result
from ledger.web.imports.words import tally_shown
from ledger.words import counted, listed, money_shown, named

SHOWN = 10
CAUSES_SHOWN = 8
UNREAD_SHOWN = 6
LONGEST_NAME = 60
RESULTS = {
    Result.CREATED: {"key": "none", "word": "new"},
    Result.EXISTING: {"key": "books", "word": "known"},
    Result.CHANGED: {"key": "way", "word": "changes"},
    Result.REFUSED: {"key": "person", "word": "refused"},
}


def tried_shown(job: Import, tried: Preview, matching: Matching) -> dict[str, Any]:
    told = [outcome.told for outcome in tried.outcomes if isinstance(outcome.told, IncomingTransaction)]
    return {
        "rows": [_row(job, outcome) for outcome in tried.outcomes[:SHOWN]],
        "looked_at": counted(len(tried.outcomes), "row"),
        "counts": [
            {"word": RESULTS[result]["word"], "number": number, "key": RESULTS[result]["key"]}
            for result in Result
            if (number := tried.counts[result])
        ],
        "causes": [
            {"sentence": cause.example, "rows": counted(cause.rows, "row"), "line": cause.line}
            for cause in tried.causes[:CAUSES_SHOWN]
        ],
        "unread": _unread(job, tried, matching),
        "tally": tally_shown(tried.counts, tried.sums),
        "made": _names_shown(tried.made),
        "missing": _names_shown(tried.missing),
        "is_whole": tried.is_whole,
        "other_currencies": sorted({one.money.currency for one in told} - {job.entity.currency}) if job.entity else [],
    }


def _names_shown(names: NewNames) -> list[str]:
    return [named(len(found), word, found) for word, found in names.items()]


def _unread(job: Import, tried: Preview, matching: Matching) -> str:
    """“Fee” and “Tip”. Of vendors nothing is money."""
    columns = Layout.from_json(job.layout).columns if job.entity else ()
    return listed([f"“{name[:LONGEST_NAME]}”" for name in tried.unread_money(columns, matching)[:UNREAD_SHOWN]])


def _row(job: Import, outcome: Outcome) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "line": outcome.row.line,
        "result": RESULTS[outcome.result],
        "sentences": outcome.sentences,
        "is_refused": outcome.result is Result.REFUSED,
        # What is refused is shown as it stands in the file, however far it was read.
        "cells": without_whole_numbers(" · ".join(filter(None, map(str.strip, outcome.row.cells))))[:200],
    }
    if outcome.result is Result.REFUSED:
        return shown
    if isinstance(outcome.told, IncomingTransaction) and job.entity:
        return shown | _transaction(outcome.told, ZoneInfo(job.entity.time_zone))
    return shown | asdict(outcome.told) if isinstance(outcome.told, VendorValues) else shown


def _transaction(told: IncomingTransaction, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "date": told.moment.astimezone(zone).date(),
        "name": told.merchant_name,
        "chip": "" if told.kind is DocumentKind.CHARGE else told.kind.word,
        "money": money_shown(told.money),
        "card": told.card,
        "category": told.category,
        "department": told.department,
        "tags": [*told.tags.values()],
    }

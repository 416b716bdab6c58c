"""The equation, a block per currency: all entities first, then each with the state of its connection."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse

from integrations.conservation import Cell, Line, Part, by_currency, by_entity
from integrations.models import ConnectionState, Term
from integrations.models.connections import TRIED_AGAIN
from integrations.providers.registry import platform
from integrations.web.bars import shares
from integrations.web.line import clock, verdict
from integrations.words import TERMS, StateShown
from ledger.models import Entity
from ledger.words import counted, currency_words, listed, money_shown

# From so long before its end an access is worth renewing.
ENDS_SOON = timedelta(days=14)


def blocks(
    slug: str, entities: Sequence[Entity], ties: Mapping[int, Any], cells: Sequence[Cell], now: datetime
) -> list[dict[str, Any]]:
    """An entity stands under its own currency, whether it has documents or not, and under those of its documents."""
    lines = by_entity(cells)
    keys = {(entity.pk, entity.currency) for entity in entities if _has_none(entity, lines)} | set(lines)
    totals = by_currency(cells)
    terms = [term for term in TERMS if term is not Term.NOT_BEGUN or any(line.of(term) for line in totals.values())]
    without_documents = sorted({currency for _, currency in keys} - set(totals))
    found = []
    for currency in [*totals, *without_documents]:
        members = [entity for entity in entities if (entity.pk, currency) in keys]
        rows = [(entity, lines.get((entity.pk, currency), Line(currency))) for entity in members]
        found.append(_block(slug, totals.get(currency, Line(currency)), rows, ties, terms, now))
    return found


def _has_none(entity: Entity, lines: Mapping[tuple[int, str], Line]) -> bool:
    return all(pk != entity.pk for pk, _ in lines)


def _block(
    slug: str,
    total: Line,
    rows: Sequence[tuple[Entity, Line]],
    ties: Mapping[int, Any],
    terms: Sequence[Term],
    now: datetime,
) -> dict[str, Any]:
    alone = len(rows) == 1
    name = currency_words(total.currency)
    tied = [
        {"name": entity.name, "cells": _cells(line, terms), "tie": tie_shown(slug, entity, ties, now)}
        for entity, line in rows
    ]
    return {
        "key": total.currency,
        "currency": name[0].upper() + name[1:],
        "terms": [TERMS[term] for term in terms],
        "width": len(terms) + 2,
        "name": rows[0][0].name if alone else "All entities",
        "note": "" if alone else f"{len(rows)} with {name}",
        "cells": _cells(total, terms),
        "tie": tied[0]["tie"] if alone else None,
        "bar": shares({TERMS[term].key: total.of(term).minor for term in terms}),
        "spoken": _spoken(total, terms),
        "rows": [] if alone else tied,
        "items": total.source.count,
        **verdict(total),
    }


def _cells(line: Line, terms: Iterable[Term]) -> list[dict[str, Any]]:
    source = _cell(line, line.source, "", "From Flex")
    return [source, *(_cell(line, line.of(term), TERMS[term].key, TERMS[term].word) for term in terms)]


def _cell(line: Line, part: Part, key: str, word: str) -> dict[str, Any]:
    return {
        "key": key,
        "word": word,
        "money": money_shown(line.money(part)),
        "count": counted(part.count, "item"),
        "empty": not part,
    }


def _spoken(line: Line, terms: Iterable[Term]) -> str:
    parts = [f"{TERMS[term].word.lower()} {money_shown(line.money(line.of(term))).spoken}" for term in terms]
    return f"{money_shown(line.money(line.source)).spoken} from Flex is {listed(parts)}"


def tie_shown(slug: str, entity: Entity, ties: Mapping[int, Any], now: datetime) -> dict[str, Any]:
    """The state of an entity's connection, and what to do about it."""
    to_connections = reverse("connections", args=[slug])
    tie = ties.get(entity.pk)
    if tie is None:
        return {"state": StateShown("none", "Not connected"), "notes": "", "label": "Connect", "url": to_connections}
    sent = [f"last sent {_when(tie.last_sent_at, now)}"] if tie.last_sent_at else ["nothing sent yet"]
    if tie.company.closed_to:
        sent.append(f"books closed to {tie.company.closed_to:%-d %b %Y}")
    label = platform(tie.company.provider).label
    if tie.state != ConnectionState.LIVE:
        state = StateShown("person", ConnectionState(tie.state).label)
        mend = "Open Connections" if tie.state in TRIED_AGAIN else "Connect again"
        return {"state": state, "notes": ", ".join([label, *sent]), "label": mend, "url": to_connections}
    ends = tie.company.credential.refresh_expires_at
    if ends - now < ENDS_SOON:
        days = (ends - now).days
        state = StateShown("worth", f"Access ends in {counted(days, 'day')}" if days > 0 else "Access ends today")
        return {"state": state, "notes": ", ".join([label, *sent]), "label": "Connect again", "url": to_connections}
    notes = ", ".join([label, *sent, f"access until {ends.astimezone(now.tzinfo):%-d %b}"])
    return {"state": StateShown("books", "Connected"), "notes": notes, "label": "", "url": ""}


def _when(moment: datetime, now: datetime) -> str:
    local = moment.astimezone(now.tzinfo)
    return clock(local) if local.date() == now.date() else f"{local:%-d %b}"

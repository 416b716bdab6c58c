"""What the template of the mapping reads."""

from collections.abc import Mapping
from typing import Any

from django.core.paginator import Page
from django.urls import reverse

from integrations import mapped, selectors
from integrations.mapped import Aim, Standing
from integrations.mapping.gates import BILL_GATES, CHARGE_GATES, Gate
from integrations.mapping.periods import ClosedPolicy
from integrations.mapping.slots import MappingKey, MappingSlot
from integrations.models import Connection
from integrations.providers.registry import platform
from integrations.web.mapping.asked import BROKEN, OPEN, SUGGESTED, Asked
from integrations.web.mapping.form import MappingForm, name_of
from integrations.web.mapping.history import history
from integrations.web.mapping.lists import TargetLists, noun_of
from integrations.web.mapping.parts import PLAIN, Part
from integrations.web.mapping.table import DAYS, Row, Table, total
from ledger.access import Action
from ledger.domain.money import Money
from ledger.web.doors import PageRequest
from ledger.words import counted, money_shown, money_text


def page_of(
    request: PageRequest, tie: Connection, asked: Asked, form: MappingForm, table: Table | None
) -> dict[str, Any]:
    slug = request.access.organisation.slug
    lists = TargetLists(tie, slug)
    can_edit = request.access.allows(Action.CONFIGURE)
    versions = history(tie, asked, form.version, slug)
    context = {
        "entity": tie.entity.name,
        "company": tie.company.name,
        "entities_nav": _entities(tie, slug, asked),
        "parts_nav": _parts(tie, asked),
        "part": asked.part.value,
        "here": asked.here,
        "version": form.version,
        "seen_version": form.seen_version,
        "can_edit": can_edit,
        "history": versions,
        "reason_value": form.reason,
        "reason_error": form.errors.get("reason", ""),
        "save_label": f"Save as version {form.version + 1}",
        "never_read": tie.references_read_at is None,
        "read_url": reverse("read_references", args=[slug, tie.pk]),
    }
    if table is None:
        accounts = _accounts(tie, form, lists) | {"policies_url": reverse("approval_policies", args=[slug])}
        return context | {"accounts": accounts, "lists": lists.all(), "can_save": can_edit}
    return context | _table(tie, asked, form, table, lists, can_edit)


def _entities(current: Connection, slug: str, asked: Asked) -> list[dict[str, Any]]:
    ties = list(selectors.connections().order_by("entity__name"))
    if len(ties) < 2:
        return []
    return [
        {
            "name": tie.entity.name,
            "url": f"{reverse('mapping', args=[slug, tie.entity_id])}?part={asked.part}",
            "current": tie == current,
        }
        for tie in ties
    ]


def _parts(tie: Connection, asked: Asked) -> list[dict[str, Any]]:
    broken = mapped.broken_by_slot(tie)
    return [
        {
            "label": part.label,
            "url": f"{asked.address}?part={part}",
            "current": part is asked.part,
            "broken": sum(broken.get(slot, 0) for slot in part.slots),
        }
        for part in Part
    ]


# --- fields ----------------------------------------------------------------------------------------------------------


def _accounts(tie: Connection, form: MappingForm, lists: TargetLists) -> dict[str, Any]:
    fields = [
        _field(MappingKey(slot), tie, form, lists) | {"label": plain.label, "help": plain.help, "blank": plain.blank}
        for slot, plain in PLAIN.items()
    ]
    shown = form.switches_shown
    policies = [{"value": one.value, "label": one.label, "chosen": one is shown.closed_periods} for one in ClosedPolicy]
    return {
        "fields": fields,
        "create_vendors": shown.create_vendors,
        "policies": policies,
        "gates": [
            _gate("charge_gate", "Card charges", CHARGE_GATES, shown.charge_gate),
            _gate("bill_gate", "Bills and reimbursements", BILL_GATES, shown.bill_gate),
        ],
        "closed_to": tie.company.closed_to,
    }


def _gate(name: str, label: str, gates: Mapping[Gate, str], chosen: Gate) -> dict[str, Any]:
    options = [{"value": gate.value, "label": words, "chosen": gate is chosen} for gate, words in gates.items()]
    return {"name": name, "label": label, "options": options}


def _field(key: MappingKey, tie: Connection, form: MappingForm, lists: TargetLists) -> dict[str, Any]:
    chosen = lists.of(Aim(key.slot, key.dimension))
    return {
        "name": name_of(key),
        "value": form.text(key),
        "list": chosen.id,
        "search_url": chosen.search_url,
        "error": form.errors.get(name_of(key), "") or _problem(form.standing.get(key), form.text(key), tie),
    }


def _problem(stood: Standing | None, text: str, tie: Connection) -> str:
    """What is wrong with what stands, for as long as the field says it."""
    if stood is None or not stood.broken or text != stood.label:
        return ""
    if not stood.ours:
        return f"{stood.label} is not of {tie.company.name}. Choose another."
    return f"{stood.label} is inactive in {platform().short_label}. Choose another, or make it active there."


# --- rows ------------------------------------------------------------------------------------------------------------


def _table(
    tie: Connection, asked: Asked, form: MappingForm, table: Table, lists: TargetLists, can_edit: bool
) -> dict[str, Any]:
    sentence = _no_table(tie, table)
    if sentence:
        return {"no_table": sentence, "can_save": False}
    page = table.page().get_page(asked.page)
    rows = table.posted() or list(page.object_list)
    shown = [_row(row, tie, form, table, lists) for row in rows]
    heads = {noun_of(aim, tie): aim for aim in table.aims.values()}
    context = {
        "heads": list(heads),
        "noun": table.part.noun,
        "nouns": table.part.nouns,
        "movement": table.part.movement,
        "currency": tie.entity.currency,
        "days": DAYS,
        "rows": shown,
        "search": asked.words,
        "filters": _filters(asked),
        "clear_url": asked.url(words=""),
        "shows": _shows(asked, table),
        "groups": _groups(asked, table),
        "matching": _matching(asked, table, rows),
        "match_url": asked.url(matching=True, show=SUGGESTED, words=""),
        "can_match": can_edit and not asked.matching and any(row.is_open for row in table.rows),
        "pager": _pager(asked, page),
    }
    return {
        "table": context,
        "lead": _lead(tie, table),
        "lists": lists.all(),
        "can_save": can_edit and bool(rows),
    }


def _no_table(tie: Connection, table: Table) -> str:
    if not table.aims:
        return (
            f"{tie.company.name} tracks nothing in {platform().short_label} that {table.part.nouns} could go to, such "
            "as classes or locations. Once it does, read the lists again in Connections."
        )
    return "" if table.rows else table.part.none


def _row(row: Row, tie: Connection, form: MappingForm, table: Table, lists: TargetLists) -> dict[str, Any]:
    return {
        "name": row.source.name,
        "note": row.source.note,
        "count": row.spend.count,
        "money": money_shown(Money(row.spend.minor, tie.entity.currency)),
        "cells": [_cell(row, aim, tie, form, table, lists) for aim in table.aims.values()],
    }


def _cell(row: Row, aim: Aim, tie: Connection, form: MappingForm, table: Table, lists: TargetLists) -> dict[str, Any]:
    key = table.key(row, aim)
    noun = noun_of(aim, tie)
    field = _field(key, tie, form, lists) | {"noun": noun, "blank": table.part.blank}
    field["label"] = f"{noun} for {table.part.noun} {row.source.name}" + (
        f", {row.source.note}" if row.source.note else ""
    )
    match = table.matches.get(key)
    if match and (key not in form.texts or form.texts[key] == match.label):
        field |= {"value": match.label, "suggested": True}
    return field


def _filters(asked: Asked) -> list[tuple[str, Any]]:
    """What a search keeps."""
    kept = [("part", asked.part.value), ("show", asked.show), ("group", asked.group)]
    return [(name, value) for name, value in [*kept, ("match", "name" if asked.matching else "")] if value]


def _shows(asked: Asked, table: Table) -> list[dict[str, Any]]:
    words = {"": "All", OPEN: "Without a target", BROKEN: "Inactive target", SUGGESTED: "Suggested"}
    counts = {show: len(table.shown(show)) for show in words}
    return [
        {"word": word, "count": counts[show], "url": asked.url(show=show), "current": asked.show == show}
        for show, word in words.items()
        if show in ("", OPEN, asked.show) or (counts[show] and (show != SUGGESTED or asked.matching))
    ]


def _groups(asked: Asked, table: Table) -> list[dict[str, Any]]:
    if table.part.slot is not MappingSlot.TAG:
        return []
    groups = mapped.tag_groups()
    if len(groups) < 2:
        return []
    every = [{"word": "All groups", "url": asked.url(group=None), "current": asked.group is None}]
    return every + [{"word": name, "url": asked.url(group=id), "current": asked.group == id} for id, name in groups]


def _matching(asked: Asked, table: Table, rows: list[Row]) -> dict[str, Any] | None:
    if not asked.matching:
        return None
    open_rows = sum(row.is_open for row in table.rows)
    found = len(table.matched)
    in_sight = len(table.matched & {row.source.id for row in rows})
    return {
        "found": found,
        "sentence": f"{found:,} of {open_rows:,} without a target matched; {open_rows - found:,} left.",
        "elsewhere": found - in_sight,
        "fingerprint": table.fingerprint,
        "leave_url": asked.url(matching=False, show=""),
    }


def _pager(asked: Asked, page: "Page[Row]") -> dict[str, Any]:
    return {
        "shown": len(page.object_list),
        "found": f"{page.paginator.count:,}",
        "only_page": page.paginator.num_pages == 1,
        "newer_url": asked.url(page=str(page.previous_page_number())) if page.has_previous() else "",
        "older_url": asked.url(page=str(page.next_page_number())) if page.has_next() else "",
    }


# --- how far it is ---------------------------------------------------------------------------------------------------


def _lead(tie: Connection, table: Table) -> dict[str, str]:
    """As money, where money tells it: the share of what was spent whose way is chosen."""
    if table.part.own:
        own = sum(not row.is_open for row in table.rows)
        of = f"{own:,} of {counted(len(table.rows), table.part.noun)}"
        have = "has an account of its own" if own == 1 else "have accounts of their own"
        return {"share": of, "sentence": f"{have}. {table.part.rest}"}
    spent = total(table.rows)
    left = total(row for row in table.rows if row.is_open)
    if not spent:
        return {}
    rest = f"; {_text(left, tie)} is not" if left else ""
    unnamed = table.spend.get(None)
    nameless = f" {_text(unnamed.minor, tie)} {table.part.unnamed}" if unnamed and table.part.unnamed else ""
    return {
        # Rounded down, so that everything is mapped where it says so.
        "share": f"{100 * (spent - left) // spent}%",
        "sentence": f"of the charges of the last {DAYS} days with a {table.part.noun} is mapped{rest}.{nameless}",
    }


def _text(minor: int, tie: Connection) -> str:
    return money_text(Money(minor, tie.entity.currency))

"""Versions, newest first: who, when, why, and what each changed."""

from collections.abc import Iterator
from typing import Any

from django.urls import reverse

from integrations import mapped, selectors
from integrations.mapping.gates import BILL_GATES, CHARGE_GATES
from integrations.mapping.slots import MappingKey, MappingSlot
from integrations.models import ConfigurationVersion, Connection, MappingEntry
from integrations.services.mapping import Switches
from integrations.sync.gather import dimensions_of
from integrations.web.mapping.asked import Asked
from integrations.web.mapping.parts import PLAIN

VERSIONS = 5
CHANGES = 8


def history(tie: Connection, asked: Asked, latest: int, slug: str) -> dict[str, Any]:
    rows = selectors.versions(tie.entity_id)
    if asked.before:
        rows = rows.filter(number__lt=asked.before)
    # One more than is shown: the switches of a version are told against the one before.
    found = list(rows[: VERSIONS + 1])
    shown = found[:VERSIONS]
    changes = mapped.changes(tie.entity_id, [version.number for version in shown], CHANGES)
    befores = {version.number: Switches.of(version) for version in found}
    return {
        "versions": [_version(one, changes, befores, tie) for one in shown],
        "newest": latest,
        "newer_url": asked.url(page=asked.page) if asked.before else "",
        "older_url": asked.url(page=asked.page, before=shown[-1].number) if len(found) > len(shown) else "",
        "revert_url": reverse("revert_mapping", args=[slug, tie.entity_id]),
    }


def _version(
    version: ConfigurationVersion, changes: mapped.Changes, befores: dict[int, Switches], tie: Connection
) -> dict[str, Any]:
    number = version.number
    lines = _lines(changes.rows, number, {one.key: one.label for one in dimensions_of(tie)})
    return {
        "number": number,
        "who": str(version.made_by or "somebody who left"),
        "at": version.made_at,
        "why": version.reason,
        "changes": lines[:CHANGES],
        "more": changes.totals.get(number, 0) - len(lines[:CHANGES]),
        "switched": list(_switched(Switches.of(version), befores.get(number - 1, Switches()))),
    }


def _switched(now: Switches, before: Switches) -> Iterator[str]:
    if now.create_vendors is not before.create_vendors:
        yield "Missing vendors are made" if now.create_vendors else "Missing vendors are not made"
    if now.closed_periods is not before.closed_periods:
        yield f"What is dated in a closed period: {now.closed_periods.label.lower()}"
    if now.charge_gate is not before.charge_gate:
        yield f"Charges go to the books: {CHARGE_GATES[now.charge_gate].lower()}"
    if now.bill_gate is not before.bill_gate:
        yield f"Bills go to the books: {BILL_GATES[now.bill_gate].lower()}"


def _lines(rows: list[MappingEntry], number: int, dimensions: dict[str, str]) -> list[dict[str, str]]:
    """A line that ended and began with the same version was changed from one target to the other."""
    lines: dict[MappingKey, dict[str, str]] = {}
    for row in rows:
        if number not in (row.since, row.until):
            continue
        line = lines.setdefault(mapped.key_of(row), {"what": _what(row, dimensions), "old": "", "new": ""})
        line["new" if row.since == number else "old"] = mapped.label_of(row.target)
    return [line for _, line in sorted(lines.items(), key=lambda one: _order(one[0]))]


def _order(key: MappingKey) -> tuple[str, int, str]:
    return key.slot.value, key.source or 0, key.dimension


def _what(row: MappingEntry, dimensions: dict[str, str]) -> str:
    slot = MappingSlot(row.slot)
    if slot in PLAIN:
        return PLAIN[slot].label
    of = f", {dimensions.get(row.dimension, row.dimension)}" if row.dimension else ""
    return f"{slot.label} {row.source}{of}"

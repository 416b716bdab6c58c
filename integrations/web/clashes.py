"""Both sides changed the same: what we last wrote, what we want and what stands there, side by side, and a choice."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from integrations import selectors, services
from integrations.models import Clash, SyncJob
from integrations.providers.documents import Side, SideLine
from integrations.providers.registry import platform
from integrations.sync.differences import side_from
from integrations.sync.merging import LINES, in_words, word
from integrations.web.again import ring, send_again, ties_of
from ledger.access import Action
from ledger.models import SourceDocument
from ledger.pages import page_of
from ledger.web.doors import PageRequest, organisation_page

# What a field refers to, where it is not called so.
REFERS_TO = dict.fromkeys(("account", "paid_from", "from_account", "to_account"), "account")


@dataclass(frozen=True, slots=True)
class _Names:
    """Theirs by field and id, as they stood in the object; ours as they were last read."""

    theirs: Mapping[str, str]
    ours: Mapping[tuple[str, str], str]

    def of(self, field: str, value: str) -> str:
        return self.ours.get((REFERS_TO.get(field, field), value)) or self.theirs.get(f"{field}:{value}", value)


# Of a line, what a person reads, in this order.
ON_A_LINE = ("account", "item", "class", "description")


@require_POST
@organisation_page(Action.RETRY)
def choose_side(request: PageRequest, public_id: UUID) -> HttpResponse:
    document = get_object_or_404(SourceDocument, public_id=public_id)
    jobs = SyncJob.objects.filter(document=document)
    side = request.POST.get("side", "")
    if side == "ours":
        send_again(request, jobs)
    elif side == "theirs":
        kept = services.keep_theirs(jobs, request.user)
        label = platform().short_label
        told = f"It stays as it stands in {label}." if kept else "It was decided already, or is being sent."
        messages.success(request, told)
    elif side == "leave":
        left = services.leave(jobs, request.user)
        messages.success(request, "It stays in the books." if left else "Nothing was waiting for that.")
        ring(request, ties_of(jobs))
    else:
        messages.warning(request, "Choose a side. Nothing was changed.")
    return redirect(page_of(request.access.organisation.slug, document))


def clash_shown(slug: str, document: SourceDocument, *, may_choose: bool) -> dict[str, Any] | None:
    clash = selectors.clash_of(document)
    if clash is None:
        return None
    sides = [side_from(stored) for stored in (clash.base, clash.ours, clash.theirs)]
    names = _Names(clash.names, selectors.names_of(document, _ids(sides)))
    return {
        "over": in_words(clash.fields),
        "rows": list(_rows(clash, sides, names)),
        "url": reverse("choose_side", args=[slug, document.public_id]) if may_choose else "",
        "later_url": reverse("failed", args=[slug]),
    }


def _ids(sides: list[Side]) -> set[str]:
    held = [fields for side in sides for fields in (side.fields, *(line.fields for line in side.lines))]
    return {value for fields in held for value in fields.values() if value.isdigit()}


def _rows(clash: Clash, sides: list[Side], names: _Names) -> Iterator[dict[str, Any]]:
    for name in dict.fromkeys(name for side in sides for name in side.fields):
        texts = [_field(name, side.fields.get(name, ""), names) for side in sides]
        if len(set(texts)) > 1:
            yield {"label": word(name).capitalize(), "cells": [[text] for text in texts], "both": name in clash.fields}
    texts_of_lines = [[_line(line, names) for line in side.lines] for side in sides]
    if any(texts != texts_of_lines[0] for texts in texts_of_lines):
        on_lines = any(name not in sides[0].fields for name in clash.fields)
        yield {"label": LINES.capitalize(), "cells": texts_of_lines, "both": on_lines}


def _field(name: str, value: str, names: _Names) -> str:
    if name == "credit":
        return "Refund" if value else "Charge"
    if name == "dated" and value:
        return f"{date.fromisoformat(value):%-d %b %Y}"
    return value if name in ("amount", "number", "note", "description") else names.of(name, value)


def _line(line: SideLine, names: _Names) -> str:
    told = [_field(name, value, names) for name in ON_A_LINE if (value := line.fields.get(name))]
    return f"{', '.join(told)}: {line.fields.get('amount', '')}"

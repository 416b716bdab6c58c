"""Bringing a file: small answers before large ones are read."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from ledger.access import Action
from ledger.imports.errors import Unreadable
from ledger.models import Entity, ImportKind
from ledger.services.imports import TooLarge, begin_import
from ledger.services.imports.files import too_large
from ledger.web.bodies import announced, drain
from ledger.web.doors import PageRequest, organisation_page

LARGEST = 100 * 1024 * 1024
# What the form needs around the file.
AROUND = 1024 * 1024
NOTHING: Mapping[str, Any] = MappingProxyType({})


# The token is looked at below: to find it in the form, all of the form would be read first.
@csrf_exempt
@organisation_page(Action.IMPORT, one_transaction=False)
def new_import(request: PageRequest) -> HttpResponse:
    if announced(request) > LARGEST + AROUND:
        drain(request)
        return _form(request, {"file": too_large(LARGEST)}, status=413)
    return _checked(request)


@csrf_protect
def _checked(request: PageRequest) -> HttpResponse:
    return _receive(request) if request.method == "POST" else _form(request, {})


def _receive(request: PageRequest) -> HttpResponse:
    file, kind = request.FILES.get("file"), _kind(request)
    with transaction.atomic():
        entity = _entity(request)
    errors = {}
    if file is None:
        errors["file"] = "Choose a file."
    if entity is None and kind is ImportKind.TRANSACTIONS:
        errors["entity"] = "Choose whose cards these are."
    if errors or file is None:
        return _form(request, errors, request.POST, status=422)
    try:
        job = begin_import(
            kind=kind,
            entity=entity if kind is ImportKind.TRANSACTIONS else None,
            file=file,
            name=file.name or "",
            by=str(request.user),
            person=request.user,
            largest=LARGEST,
        )
    except Unreadable as problem:
        status = 413 if isinstance(problem, TooLarge) else 422
        return _form(request, {"file": str(problem)}, request.POST, status)
    return redirect("import", request.access.organisation.slug, job.public_id)


def _kind(request: PageRequest) -> ImportKind:
    return ImportKind.VENDORS if request.POST.get("kind") == ImportKind.VENDORS else ImportKind.TRANSACTIONS


def _entity(request: PageRequest) -> Entity | None:
    chosen = request.POST.get("entity", "")
    is_number = chosen.isascii() and chosen.isdigit() and len(chosen) < 19
    return Entity.objects.filter(pk=int(chosen)).first() if is_number else None


def _form(
    request: PageRequest, errors: Mapping[str, str], posted: Mapping[str, Any] = NOTHING, status: int = 200
) -> HttpResponse:
    with transaction.atomic():
        page = _context(request, errors, posted)
        return render(request, "ledger/imports/new.html", {"page": page}, status=status)


def _context(request: PageRequest, errors: Mapping[str, str], posted: Mapping[str, Any]) -> dict[str, Any]:
    entities = list(Entity.objects.order_by("name"))
    chosen = posted.get("entity") or (str(entities[0].pk) if len(entities) == 1 else "")
    return {
        "kinds": [
            {"value": kind.value, "label": kind.label, "chosen": kind == posted.get("kind", ImportKind.TRANSACTIONS)}
            for kind in ImportKind
        ],
        "entity": {
            "name": "entity",
            "value": chosen,
            "options": [{"label": "", "options": [{"value": str(one.pk), "label": one.name} for one in entities]}],
            "error": errors.get("entity", ""),
            "help": "Dates are days in its time zone. Vendors belong to the whole organisation.",
        },
        "error": errors.get("file", ""),
        "largest_bytes": str(LARGEST),
        "too_large": too_large(LARGEST),
        "largest": f"{LARGEST // (1024 * 1024)} MB",
        "imports_url": reverse("imports", args=[request.access.organisation.slug]),
    }

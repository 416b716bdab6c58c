"""What waits in the tray, to which documents each may belong, and hanging it there."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_POST

from ledger.access import Action
from ledger.domain.documents import DocumentKind
from ledger.domain.matching import Match
from ledger.domain.money import Money
from ledger.domain.receipts import Unfit
from ledger.models import Arrival, Receipt, SourceDocument, Way
from ledger.selectors.receipts import in_tray
from ledger.services import inboxes
from ledger.services.receipts import keep
from ledger.services.tray import Source, Taken, hang, suggestions, take_in
from ledger.storage import StorageTrouble
from ledger.web.clock import zone_of
from ledger.web.documents.files import preview_url
from ledger.web.doors import PageRequest, organisation_page
from ledger.web.posted import uuid_in
from ledger.web.tray.choices import Named, found_by, named
from ledger.web.uploads import files_in, is_too_large
from ledger.words import counted, listed, money_shown

ROWS = 20
CHOSEN = "{person} said so."


@organisation_page(Action.ADD_RECEIPTS)
def tray(request: PageRequest) -> HttpResponse:
    """`find` with `for` looks for the document of one of them by words."""
    slug, after = request.access.organisation.slug, request.GET.get("after", "")
    rows = in_tray()
    number = rows.count()
    if after.isascii() and after.isdigit() and len(after) < 19:
        rows = rows.filter(pk__lt=int(after))
    found = list(rows[: ROWS + 1])
    shown = found[:ROWS]
    page = {
        "lead": f"{counted(number, 'receipt')} {'waits' if number == 1 else 'wait'} for a charge or a bill."
        if number
        else "Nothing waits: each receipt hangs where it belongs.",
        "items": _items(slug, shown, _asked(request)),
        "address": inboxes.address(),
        "add_url": reverse("add_to_tray", args=[slug]),
        "more_url": f"?after={shown[-1].pk}" if len(found) > ROWS else "",
    }
    with timezone.override(zone_of(None)):
        return render(request, "ledger/tray/page.html", {"page": page})


def _asked(request: PageRequest) -> tuple[str, str]:
    words = " ".join(request.GET.get("find", "").replace("\0", "").split())[:100]
    return request.GET.get("for", ""), words


def _items(slug: str, rows: Sequence[Arrival], asked: tuple[str, str]) -> list[dict[str, Any]]:
    matches, (wanted, words) = suggestions(rows), asked
    searched = found_by(words) if words else []
    known = named({match.document for found in matches.values() for match in found} | set(searched))
    return [
        {
            "id": row.receipt.public_id,
            "name": row.receipt.file_name,
            "url": reverse("receipt_file", args=[slug, row.receipt.public_id]),
            "preview_url": preview_url(slug, row.receipt),
            "came": _came(row),
            "doubt": "" if row.vouched else "Nobody vouches for the sender, so it is hung by hand only.",
            "unreadable": row.unreadable,
            "at": row.arrived_at,
            "offers": list(_offers(matches[row.pk], searched if str(row.receipt.public_id) == wanted else [], known)),
            "words": words if str(row.receipt.public_id) == wanted else "",
            "hang_url": reverse("hang_receipt", args=[slug, row.receipt.public_id]),
            "remove_url": reverse("remove_receipt", args=[slug, row.receipt.public_id]),
        }
        for row in rows
    ]


def _came(row: Arrival) -> str:
    subject = f": {row.subject}" if row.subject else ""
    return f"{Way(row.came_by).label}, {row.sender}{subject}"


def _offers(found: Sequence[Match], searched: Iterable[int], known: Mapping[int, Named]) -> Iterator[dict[str, Any]]:
    """Those whose words agree first, then what was looked for."""
    whys = {match.document: match.why for match in found}
    for number in dict.fromkeys([*whys, *searched]):
        if number in known:
            one = known[number]
            yield {
                "id": one.document.public_id,
                "name": one.name,
                "kind": DocumentKind(one.document.kind).word,
                "dated": one.document.dated,
                "money": money_shown(Money(one.document.amount_minor, one.document.currency)),
                "why": whys.get(number, ""),
            }


# The token is looked at below: to find it in the form, all of the form would be read first.
@csrf_exempt
@require_POST
@organisation_page(Action.ADD_RECEIPTS, one_transaction=False)
def add_to_tray(request: PageRequest) -> HttpResponse:
    """POST `files`, several if need be; each hangs itself where it surely belongs, or waits."""
    return redirect("tray", request.access.organisation.slug) if is_too_large(request) else _checked(request)


@csrf_protect
def _checked(request: PageRequest) -> HttpResponse:
    _take(request, files_in(request))
    return redirect("tray", request.access.organisation.slug)


def _take(request: PageRequest, files: Sequence[UploadedFile]) -> None:
    source = Source(Way.UPLOAD, str(request.user), vouched=True)
    became: dict[str, list[str]] = {}
    for file in files:
        try:
            taken = take_in(keep(file, file.name or ""), source)
            became.setdefault(_became(taken), []).append(taken.receipt.file_name)
        except (Unfit, StorageTrouble) as problem:
            messages.error(request, f"{file.name}: {problem}")
    for what, names in became.items():
        messages.success(request, f"{what}: {listed(names)}.")


def _became(taken: Taken) -> str:
    if not taken.is_new:
        return "Here already"
    return "Hung where it belongs" if taken.receipt.document_id else "In the tray until you say where it belongs"


@require_POST
@organisation_page(Action.ADD_RECEIPTS)
def hang_receipt(request: PageRequest, public_id: UUID) -> HttpResponse:
    """POST `document`, its public id."""
    slug = request.access.organisation.slug
    receipt = get_object_or_404(Receipt, public_id=public_id)
    document = get_object_or_404(SourceDocument, public_id=uuid_in(request.POST.get("document", "")))
    try:
        hang(receipt=receipt, document=document, actor=str(request.user), why=CHOSEN.format(person=request.user))
    except Unfit as problem:
        messages.error(request, str(problem))
        return redirect("tray", slug)
    messages.success(request, f"{receipt.file_name} hangs at {_name(document)} now, and goes to the books with it.")
    return redirect("tray", slug)


def _name(document: SourceDocument) -> str:
    rows = named([document.pk])
    return rows[document.pk].name if document.pk in rows else DocumentKind(document.kind).word

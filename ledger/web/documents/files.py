"""Receipts on the page of a document: added, shown and taken away by a person."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_POST

from integrations import selectors as sync
from integrations.models import ReceiptState
from integrations.words import StateShown
from ledger.access import Action
from ledger.domain.receipts import PICTURES, FileType, Unfit
from ledger.models import Arrival, Receipt, SourceDocument
from ledger.pages import page_of
from ledger.pictures import Unopened
from ledger.selectors.receipts import receipts_at
from ledger.services.previews import preview_of
from ledger.services.receipts import add_receipt, keep, remove_receipt
from ledger.storage import NotStored, StorageTrouble, storage
from ledger.web.doors import PageRequest, organisation_page
from ledger.web.posted import uuid_in
from ledger.web.uploads import MOST_AT_ONCE, files_in, is_too_large
from ledger.words import counted

# Shown by the browser itself; whatever else it is, it is kept on the disk of whoever asks.
SHOWN_INLINE = (FileType.PDF, FileType.JPEG, FileType.PNG, FileType.GIF)
PREVIEWED = (FileType.PDF, *PICTURES)
# A receipt never becomes another file, so its preview is the same for good.
FOR_GOOD = "private, max-age=31536000, immutable"
STATES = {
    ReceiptState.DONE: StateShown("books", "In the books"),
    ReceiptState.UNKNOWN: StateShown("checking", "Checking"),
    ReceiptState.NEEDS_ATTENTION: StateShown("person", "Needs a person"),
}
ON_ITS_WAY = StateShown("way", "On its way")
NOT_BEGUN = StateShown("none", "Follows its document")


def receipts_shown(slug: str, document: SourceDocument, *, may_change: bool) -> dict[str, Any]:
    """For templates/ledger/documents/_receipts.html."""
    receipts = list(receipts_at([document.pk]))
    ways = dict(Arrival.objects.filter(receipt__in=receipts).values_list("receipt", "why"))
    standings = sync.receipt_standings([receipt.pk for receipt in receipts])
    states = {
        number: NOT_BEGUN if one.state is ReceiptState.EARLY else STATES.get(one.state, ON_ITS_WAY)
        for number, one in standings.items()
    }
    there = sum(one.state is ReceiptState.DONE for one in standings.values())
    return {
        "items": [
            {
                "name": receipt.file_name,
                "size": filesizeformat(receipt.size),
                "state": states.get(receipt.pk, NOT_BEGUN),
                "why": ways.get(receipt.pk, ""),
                "url": reverse("receipt_file", args=[slug, receipt.public_id]),
                "preview_url": preview_url(slug, receipt),
                "id": receipt.public_id,
                "remove_url": reverse("remove_receipt", args=[slug, receipt.public_id]) if may_change else "",
            }
            for receipt in receipts
        ],
        "told": f"{there}/{len(receipts)} in the books" if receipts else "",
        "add_url": reverse("add_receipts", args=[slug, document.public_id]) if may_change else "",
        "most": MOST_AT_ONCE,
    }


def preview_url(slug: str, receipt: Receipt) -> str:
    return reverse("receipt_preview", args=[slug, receipt.public_id]) if receipt.content_type in PREVIEWED else ""


# The token is looked at below: to find it in the form, all of the form would be read first.
@csrf_exempt
@require_POST
@organisation_page(Action.ADD_RECEIPTS, one_transaction=False)
def add_receipts(request: PageRequest, public_id: UUID) -> HttpResponse:
    """POST `files`, several if need be."""
    if is_too_large(request):
        return _back(request, _document(public_id))
    return _checked(request, public_id)


@csrf_protect
def _checked(request: PageRequest, public_id: UUID) -> HttpResponse:
    document = _document(public_id)
    replaces = _replaced(document, request.POST.get("replaces", ""))
    if files := files_in(request):
        for level, sentence in _added(request, document, files, replaces):
            messages.add_message(request, level, sentence)
    return _back(request, document)


def _added(
    request: PageRequest, document: SourceDocument, files: list[UploadedFile], replaces: Receipt | None
) -> Iterator[tuple[int, str]]:
    new, refused = 0, 0
    for file in files:
        try:
            kept = keep(file, file.name or "")
            added = add_receipt(document_id=document.pk, kept=kept, actor=str(request.user), replaces=replaces)
            new += added.is_new
        except (Unfit, StorageTrouble) as problem:
            refused += 1
            yield messages.ERROR, f"{file.name}: {problem}"
    if new:
        yield messages.SUCCESS, f"{counted(new, 'receipt')} added, and on the way to the books with the document."
    elif not refused:
        yield messages.INFO, "That hangs there already."


@organisation_page(Action.SEE_TRANSACTIONS, one_transaction=False)
def receipt_file(request: PageRequest, public_id: UUID) -> HttpResponseBase:
    with transaction.atomic():
        receipt = get_object_or_404(Receipt, public_id=public_id, removed_at__isnull=True)
    try:
        content = storage().open(receipt.storage_key)
    except NotStored as lost:
        raise Http404 from lost
    except StorageTrouble as trouble:
        return HttpResponse(str(trouble), status=503, content_type="text/plain")
    inline = receipt.content_type in SHOWN_INLINE
    return FileResponse(
        content, as_attachment=not inline, filename=receipt.file_name, content_type=receipt.content_type
    )


@organisation_page(Action.SEE_TRANSACTIONS, one_transaction=False)
def receipt_preview(request: PageRequest, public_id: UUID) -> HttpResponseBase:
    with transaction.atomic():
        receipt = get_object_or_404(Receipt, public_id=public_id, removed_at__isnull=True)
    try:
        picture = preview_of(receipt)
    except StorageTrouble as trouble:
        return HttpResponse(str(trouble), status=503, content_type="text/plain")
    except Unopened as closed:
        raise Http404 from closed
    return HttpResponse(picture, content_type="image/jpeg", headers={"Cache-Control": FOR_GOOD})


@require_POST
@organisation_page(Action.ADD_RECEIPTS)
def take_receipt_away(request: PageRequest, public_id: UUID) -> HttpResponse:
    receipt = get_object_or_404(Receipt.objects.select_related("document"), public_id=public_id)
    remove_receipt(receipt=receipt, actor=str(request.user))
    where = ", in the books too" if receipt.document else ""
    messages.success(request, f"{receipt.file_name} taken away{where}.")
    if receipt.document is None:
        return redirect("tray", request.access.organisation.slug)
    return _back(request, receipt.document)


@transaction.atomic
def _replaced(document: SourceDocument, name: str) -> Receipt | None:
    """Of this document, or none."""
    known = uuid_in(name)
    here = Receipt.objects.filter(document=document, removed_at__isnull=True)
    return here.filter(public_id=known).first() if known else None


@transaction.atomic
def _document(public_id: UUID) -> SourceDocument:
    return get_object_or_404(SourceDocument, public_id=public_id)


def _back(request: PageRequest, document: SourceDocument) -> HttpResponse:
    return redirect(page_of(request.access.organisation.slug, document))

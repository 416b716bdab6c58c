"""What the platform holds for one transaction at this moment, beside what we wrote."""

from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from integrations import services
from integrations.providers.documents import Standing
from integrations.providers.errors import ProviderError
from ledger.access import Action
from ledger.domain.money import Money
from ledger.models import SourceDocument
from ledger.pages import page_of
from ledger.web.doors import PageRequest, organisation_page
from ledger.words import money_shown


@organisation_page(Action.SEE_TRANSACTIONS, one_transaction=False)
def transaction_there(request: PageRequest, public_id: UUID) -> HttpResponse:
    slug = request.access.organisation.slug
    with transaction.atomic():
        document = get_object_or_404(SourceDocument, public_id=public_id)
    page: dict[str, Any] = {"back_url": page_of(slug, document), "trouble": "", "there": None}
    try:
        found = services.look_there(document, request.user)
        page |= {"there": _shown(found, document) if found else None}
    except services.NotPosted:
        return redirect(page["back_url"])
    except services.RemovedThere:
        # The page around it tells this, and what can be done.
        return _look_again(request, page["back_url"])
    except ProviderError as trouble:
        page["trouble"] = str(trouble)
    with transaction.atomic():
        part = "_there.html" if request.headers.get("HX-Request") else "there.html"
        return render(request, f"ledger/documents/{part}", {"page": page})


def _look_again(request: PageRequest, address: str) -> HttpResponse:
    return HttpResponse(headers={"HX-Refresh": "true"}) if request.headers.get("HX-Request") else redirect(address)


def _shown(found: Standing, document: SourceDocument) -> dict[str, Any]:
    total = int(found.total.scaleb(Money(0, document.currency).exponent))
    return {
        "facts": [
            ("Date", f"{date.fromisoformat(found.dated):%-d %b %Y}"),
            ("Paid from", found.paid_from),
            ("Vendor", found.vendor),
            ("Number", found.number),
            ("Note", found.note),
        ],
        "lines": [
            {
                "account": line.account,
                "under": ", ".join(filter(None, (*line.values, line.description))),
                "amount": line.amount,
            }
            for line in found.lines
        ],
        "total": money_shown(Money(total, document.currency)),
        "same": total == document.amount_minor and found.dated == document.dated.isoformat(),
    }

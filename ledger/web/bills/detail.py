"""One bill: its lines, what is open of it, who approved it, its payments, and its way to the books."""

from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone

from integrations import selectors as sync
from ledger.access import Action
from ledger.domain.documents import DocumentKind, Stage
from ledger.domain.money import Money
from ledger.models import Bill, BillPayment, DocumentLine
from ledger.models.bills import settled_of
from ledger.pages import page_of
from ledger.selectors.bills import bills_with_parts, payments_of
from ledger.selectors.payables import same_number
from ledger.web.bills.listing import due_note
from ledger.web.bills.paying import pay_form
from ledger.web.documents.approval import approval_text
from ledger.web.documents.standing import shown_state
from ledger.web.documents.trail import trail
from ledger.web.documents.way import way_of
from ledger.web.doors import PageRequest, organisation_page
from ledger.words import day_text, listed, money_shown


@organisation_page(Action.SEE_TRANSACTIONS)
def bill_detail(request: PageRequest, public_id: UUID) -> HttpResponse:
    row = get_object_or_404(bills_with_parts(), document__public_id=public_id)
    with timezone.override(ZoneInfo(row.document.entity.time_zone)):
        return render(request, "ledger/bills/detail.html", {"page": _context(request, row)})


def _context(request: PageRequest, row: Bill) -> dict[str, Any]:
    slug, document, today = request.access.organisation.slug, row.document, timezone.localdate()
    state = sync.sync_states([document.pk]).get(document.pk)
    rest = document.amount_minor - settled_of([row.pk]).get(row.pk, 0)
    is_open = document.stage == Stage.CLEARED and rest != 0
    return {
        **way_of(request, document, state),
        "title": _title(row),
        "cleared": document.stage == Stage.CLEARED,
        "chips": ["void"] if document.stage == Stage.REVERSED else [],
        "memo": row.memo,
        "money": money_shown(Money(document.amount_minor, document.currency)),
        "currency": document.currency,
        "open": money_shown(Money(rest, document.currency)),
        "late": is_open and row.due_on is not None and row.due_on < today,
        "heads": list(_heads(row, today, is_open=is_open)),
        "lines": [_line(line, row) for line in document.lines.all()],
        "facts": [{"label": label, "value": value} for label, value in _facts(row) if value],
        "payments": _payments(slug, row),
        "twins": _twins(slug, row),
        "trail": trail(document),
        **(_deeds(slug, row, rest) if request.access.allows(Action.RECORD_BILLS) else {}),
    }


def _deeds(slug: str, row: Bill, rest: int) -> dict[str, Any]:
    stage, untouched = row.document.stage, rest == row.document.amount_minor
    return {
        "edit_url": _url("edit_bill", slug, row) if stage != Stage.REVERSED else "",
        "submit_url": _url("submit_bill", slug, row) if stage == Stage.PENDING else "",
        "void_url": _url("void_bill", slug, row) if stage != Stage.REVERSED and untouched else "",
        "pay": pay_form(slug, row, rest) if stage == Stage.CLEARED and rest > 0 else None,
    }


def _url(name: str, slug: str, row: Bill) -> str:
    return reverse(name, args=[slug, row.document.public_id])


def _title(row: Bill) -> str:
    word = DocumentKind(row.document.kind).word
    return f"{row.vendor.name}, {word} {row.number}" if row.number else f"{row.vendor.name}, {word}"


def _heads(row: Bill, today: date, *, is_open: bool) -> Iterator[dict[str, str]]:
    yield {"label": "Date", "value": day_text(row.document.dated)}
    if row.due_on:
        waits = due_note(row.due_on, today) if is_open else ""
        note = ", ".join(filter(None, (waits, row.terms)))
        yield {"label": "Due", "value": day_text(row.due_on), "note": note}
    yield {"label": "Vendor’s number", "value": row.number or "none"}


def _line(line: DocumentLine, row: Bill) -> dict[str, Any]:
    uses = [use for use in row.document.tag_uses.all() if use.line_id == line.pk]
    words = [line.department.name] if line.department else []
    return {
        "what": line.memo,
        "category": line.category.name if line.category else "",
        "under": ", ".join([*words, *(f"{use.group.name}: {use.tag.name}" for use in uses)]),
        "money": money_shown(Money(line.amount_minor, row.document.currency)),
    }


def _facts(row: Bill) -> Iterator[tuple[str, str]]:
    yield "Approved by", approval_text(row)
    yield from sorted(row.custom.items())
    yield "Number at the sender", row.document.external_id


def _payments(slug: str, row: Bill) -> list[dict[str, Any]]:
    """Oldest first, with what each gives to this bill."""
    rows = payments_of([row.document_id]).select_related("document__entity", "bank_account", "card")
    payments = list(rows.prefetch_related("settlements").order_by("document__dated", "document_id"))
    states = sync.sync_states([payment.document_id for payment in payments])
    connected = sync.connected_entities()
    return [
        {
            "date": payment.document.dated,
            "url": page_of(slug, payment.document),
            "word": _payment_word(payment),
            "under": _source(payment),
            "state": shown_state(payment.document, states.get(payment.document_id), connected),
            "money": money_shown(Money(_part_of(payment, row), row.document.currency)),
        }
        for payment in payments
    ]


def _payment_word(payment: BillPayment) -> str:
    if payment.document.stage == Stage.REVERSED:
        return "Void payment"
    if payment.document.stage == Stage.PENDING:
        return "Scheduled payment"
    return "Payment" if payment.document.amount_minor else "Credit used"


def _source(payment: BillPayment) -> str:
    source = payment.bank_account.name if payment.bank_account else ""
    source = f"card {payment.card}" if payment.card else source
    return ", ".join(filter(None, (source, payment.number)))


def _part_of(payment: BillPayment, row: Bill) -> int:
    return sum(part.amount_minor for part in payment.settlements.all() if part.bill_id == row.pk)


def _twins(slug: str, row: Bill) -> dict[str, Any] | None:
    """Others with this number, before anything is sent twice."""
    twins = list(same_number(row.vendor_id, row.number, but=row.pk)[:3])
    if not twins or row.document.stage == Stage.REVERSED:
        return None
    told = listed([day_text(twin.document.dated) for twin in twins])
    return {
        "sentence": f"{row.vendor.name} has another bill with this number, of {told}.",
        "url": page_of(slug, twins[0].document),
    }

"""Paying a bill from its page, the page of a payment, and making a payment void."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from integrations import selectors as sync
from ledger.access import Action
from ledger.domain.bills import IncomingPayment, IncomingSettlement
from ledger.domain.documents import DocumentKind, Stage
from ledger.domain.money import Money, NotMoney, parse_amount
from ledger.models import BankAccount, Bill, BillPayment, Card
from ledger.models.bills import LONGEST_NUMBER
from ledger.pages import page_of
from ledger.selectors.bills import bills_with_parts, payments_with_parts
from ledger.selectors.payables import open_credits
from ledger.services.bills import payment_as_told, record_payments
from ledger.services.results import Recorded, sentences
from ledger.web.bills.once import ONCE, name_of, sent_before
from ledger.web.documents.trail import trail
from ledger.web.documents.way import way_of
from ledger.web.doors import PageRequest, organisation_page
from ledger.web.posted import uuid_in
from ledger.words import day_text, money_shown, money_text

MOST_CREDITS = 20


def pay_form(slug: str, row: Bill, rest: int) -> dict[str, Any]:
    """What the page of a bill asks about a payment, filled in for all that is open."""
    document = row.document
    return {
        "url": reverse("pay_bill", args=[slug, document.public_id]),
        "amount": str(Money(rest, document.currency).amount),
        "currency": document.currency,
        "today": timezone.localdate(),
        "once": uuid4(),
        "sources": [
            *((f"bank:{one.external_id}", one.name) for one in BankAccount.objects.filter(entity=document.entity)),
            *((f"card:{one.external_id}", f"Card {one}") for one in Card.objects.filter(entity=document.entity)),
        ],
        "credits": [
            {
                "name": f"credit:{one.document.external_id}",
                "label": f"Credit {one.number or day_text(one.document.dated)}",
                "left": money_text(Money(-one.rest, document.currency)),  # type: ignore[attr-defined]
            }
            for one in open_credits(row)[:MOST_CREDITS]
        ],
    }


@require_POST
@organisation_page(Action.RECORD_BILLS)
def pay_bill(request: PageRequest, public_id: UUID) -> HttpResponse:
    """POST `amount` (what leaves the bank), `dated`, `source`, `number`, and `credit:<id>` for each that is used."""
    row = get_object_or_404(bills_with_parts(), document__public_id=public_id)
    back = redirect(page_of(request.access.organisation.slug, row.document))
    once = uuid_in(request.POST.get("once", ""))
    if sent_before(once):
        messages.info(request, ONCE)
        return back
    try:
        payment = _asked(_told(request), row, once)
    except (NotMoney, _NoDay) as problem:
        messages.error(request, str(problem))
        return back
    [recorded] = record_payments(incoming=[payment], actor=str(request.user))
    _tell(request, recorded, payment)
    return back


class _NoDay(ValueError):
    """Nobody can tell when the money leaves."""


def _told(request: PageRequest) -> dict[str, str]:
    """What a database could not hold is left out."""
    return {name.replace("\0", ""): str(text).replace("\0", "").strip() for name, text in request.POST.items()}


def _asked(told: Mapping[str, str], row: Bill, once: UUID | None) -> IncomingPayment:
    currency = row.document.currency
    used = {
        name.removeprefix("credit:"): parse_amount(text.replace(",", ""), currency)
        for name, text in told.items()
        if name.startswith("credit:") and text
    }
    paid = parse_amount((told.get("amount") or "0").replace(",", ""), currency)
    whole = Money(paid.minor + sum(money.minor for money in used.values()), currency)
    source, _, number = told.get("source", "").partition(":")
    return IncomingPayment(
        external_id=name_of(once),
        dated=_day(told.get("dated", "")),
        settles=(
            IncomingSettlement(row.document.external_id, whole),
            *(IncomingSettlement(name, Money(-money.minor, currency)) for name, money in used.items()),
        ),
        bank_account=number if source == "bank" and paid.minor else "",
        card=number if source == "card" and paid.minor else "",
        number=" ".join(told.get("number", "").split())[:LONGEST_NUMBER],
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as unreadable:
        raise _NoDay("Say on which day the money leaves.") from unreadable


def _tell(request: PageRequest, recorded: Recorded, payment: IncomingPayment) -> None:
    if recorded.errors:
        for sentence in sentences(recorded.errors):
            messages.error(request, sentence)
        return
    paid = money_text(Money(payment.minor, payment.settles[0].money.currency))
    messages.success(request, f"{paid} recorded; it closes the bill in the books." if payment.minor else "Credit used.")


@organisation_page(Action.SEE_TRANSACTIONS)
def payment_detail(request: PageRequest, public_id: UUID) -> HttpResponse:
    row = get_object_or_404(payments_with_parts(), document__public_id=public_id)
    with timezone.override(ZoneInfo(row.document.entity.time_zone)):
        return render(request, "ledger/bills/payment.html", {"page": _context(request, row)})


def _context(request: PageRequest, row: BillPayment) -> dict[str, Any]:
    slug, document = request.access.organisation.slug, row.document
    state = sync.sync_states([document.pk]).get(document.pk)
    may_void = request.access.allows(Action.RECORD_BILLS) and document.stage != Stage.REVERSED
    return {
        **way_of(request, document, state),
        "vendor": row.vendor.name,
        "chips": ["void"] if document.stage == Stage.REVERSED else [],
        "memo": row.memo,
        "money": money_shown(Money(-document.amount_minor, document.currency)),
        "date": document.dated,
        "parts": [
            {
                "name": part.bill.number or day_text(part.bill.document.dated),
                "word": DocumentKind(part.bill.document.kind).word.capitalize(),
                "url": page_of(slug, part.bill.document),
                "money": money_shown(Money(part.amount_minor, document.currency)),
            }
            for part in row.settlements.all()
        ],
        "facts": [
            {"label": label, "value": value}
            for label, value in (
                ("Paid from", _source(row)),
                ("Number", row.number),
                ("Number at the sender", document.external_id),
            )
            if value
        ],
        "trail": trail(document),
        "void_url": reverse("void_payment", args=[slug, document.public_id]) if may_void else "",
    }


def _source(row: BillPayment) -> str:
    if not row.document.amount_minor:
        return ""
    if row.card:
        return f"Card {row.card}"
    return row.bank_account.name if row.bank_account else "The bank account that is mapped"


@require_POST
@organisation_page(Action.RECORD_BILLS)
def void_payment(request: PageRequest, public_id: UUID) -> HttpResponse:
    """Void, or returned by the bank: its bills are open again."""
    row = get_object_or_404(payments_with_parts(), document__public_id=public_id)
    [recorded] = record_payments(
        incoming=[replace(payment_as_told(row), stage=Stage.REVERSED)], actor=str(request.user)
    )
    for sentence in sentences(recorded.errors):
        messages.error(request, sentence)
    if not recorded.errors:
        messages.success(request, "The payment is void; its bills are open again, and the books will say so.")
    return redirect(page_of(request.access.organisation.slug, row.document))

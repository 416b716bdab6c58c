"""Making a bill, changing it, submitting a draft, and making a bill void."""

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.db import transaction
from django.forms import BaseFormSet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from ledger.access import Action
from ledger.domain.bills import IncomingBill
from ledger.domain.documents import Stage
from ledger.models import Bill, Entity, Vendor
from ledger.models.directory import VENDORS
from ledger.pages import page_of
from ledger.selectors.bills import bills_with_parts
from ledger.selectors.payables import same_number
from ledger.services.bills import bill_as_told, record_bills
from ledger.services.directory import enter
from ledger.services.results import Errors, Recorded, sentences
from ledger.web.bills.form import FIRST_LINES, BillForm, LineForm, bill_of, initial_of, lines_form, parts_of
from ledger.web.bills.once import ONCE, sent_before
from ledger.web.doors import PageRequest, organisation_page
from ledger.words import day_text

VENDORS_OFFERED = 500


@organisation_page(Action.RECORD_BILLS)
def new_bill(request: PageRequest) -> HttpResponse:
    if request.method == "POST":
        return _posted(request, None)
    header = BillForm(initial={"dated": _today(), "once": uuid4()})
    return _shown(request, header, lines_form(extra=FIRST_LINES), None)


@organisation_page(Action.RECORD_BILLS)
def edit_bill(request: PageRequest, public_id: UUID) -> HttpResponse:
    row = get_object_or_404(bills_with_parts(), document__public_id=public_id)
    if request.method == "POST":
        return _posted(request, row)
    header, lines = initial_of(row)
    return _shown(request, BillForm(initial=header), lines_form(initial=lines, extra=1), row)


def _today() -> date:
    """Where the first of the entities is, which the form begins with."""
    entity = Entity.objects.order_by("name").first()
    return timezone.localdate(timezone=ZoneInfo(entity.time_zone)) if entity else timezone.localdate()


def _posted(request: PageRequest, row: Bill | None) -> HttpResponse:
    """`do` is open or draft; anything else adds a line and saves nothing."""
    do, header, lines = request.POST.get("do", ""), BillForm(request.POST), lines_form(request.POST)
    if do not in ("open", "draft"):
        return _shown(request, header, _with_one_more(request, lines), row)
    stage = Stage.PENDING if do == "draft" else Stage.CLEARED
    if not (header.is_valid() and lines.is_valid()):
        return _shown(request, header, lines, row, status=422)
    if row is None and (known := sent_before(header.cleaned_data["once"])):
        messages.info(request, ONCE)
        return redirect(page_of(request.access.organisation.slug, known))
    parts = parts_of(header, lines, row)
    if not _knows_vendor(header) or _is_twin(header, row) or parts is None:
        return _shown(request, header, lines, row, status=422)
    bill = bill_of(header, parts, row, stage)
    [recorded] = record_bills(incoming=[bill], actor=str(request.user))
    if recorded.errors:
        _explain(header, recorded.errors)
        return _shown(request, header, lines, row, status=422)
    return _saved(request, recorded, bill)


def _saved(request: PageRequest, recorded: Recorded, bill: IncomingBill) -> HttpResponse:
    assert recorded.document is not None
    draft = bill.stage is Stage.PENDING
    messages.success(request, "Kept as a draft; it goes nowhere yet." if draft else "On its way to the books.")
    return redirect(page_of(request.access.organisation.slug, recorded.document))


def _knows_vendor(header: BillForm) -> bool:
    """Whether it is known, now or by a tick."""
    name = " ".join(header.cleaned_data["vendor"].split())
    known = Vendor.objects.filter(name_key=name.casefold()).first()
    if known is not None:
        header.cleaned_data["vendor"] = known.name
        return True
    if not header.cleaned_data["add_vendor"]:
        header.add_error("vendor", f"There is no vendor “{name}” yet. Choose one, or tick “Add this vendor”.")
        return False
    with transaction.atomic():
        [entered] = enter(noun=VENDORS, told=[dict.fromkeys(VENDORS.columns, "") | {"name": name}])
    for sentence in sentences(entered.errors):
        header.add_error("vendor", sentence)
    header.cleaned_data["vendor"] = name
    return not entered.errors


def _is_twin(header: BillForm, row: Bill | None) -> bool:
    """The vendor's number stands on another bill of theirs, and nobody said that this is another one."""
    told = header.cleaned_data
    if told["another"] or (row is not None and row.number == told["number"]):
        return False
    vendor = Vendor.objects.get(name_key=told["vendor"].casefold())
    twin = same_number(vendor.pk, told["number"], but=row.pk if row else None).first()
    if twin is None:
        return False
    header.add_error("number", f"{vendor.name} has a bill with this number, of {day_text(twin.document.dated)}.")
    return True


def _explain(header: BillForm, errors: Errors) -> None:
    for name, told in errors.items():
        for sentence in told:
            header.add_error(name if name in header.fields else None, sentence)


def _with_one_more(request: PageRequest, lines: "BaseFormSet[LineForm]") -> "BaseFormSet[LineForm]":
    more = request.POST.copy()
    more["line-TOTAL_FORMS"] = str(lines.total_form_count() + 1)
    return lines_form(more)


def _shown(
    request: PageRequest, header: BillForm, lines: "BaseFormSet[LineForm]", row: Bill | None, status: int = 200
) -> HttpResponse:
    return render(request, "ledger/bills/form.html", {"page": _context(request, header, lines, row)}, status=status)


def _context(
    request: PageRequest, header: BillForm, lines: "BaseFormSet[LineForm]", row: Bill | None
) -> dict[str, Any]:
    slug = request.access.organisation.slug
    said = header.data.get("number", "")
    return {
        "title": "Change the bill" if row else "New bill",
        "header": header,
        "lines": lines,
        "vendors": Vendor.objects.order_by("name").values_list("name", flat=True)[:VENDORS_OFFERED],
        "asks_vendor": "vendor" in header.errors,
        "asks_another": bool(said) and "number" in header.errors,
        "draft": row is None or row.document.stage == Stage.PENDING,
        "back_url": page_of(slug, row.document) if row else reverse("bills", args=[slug]),
    }


@require_POST
@organisation_page(Action.RECORD_BILLS)
def submit_bill(request: PageRequest, public_id: UUID) -> HttpResponse:
    return _to_stage(request, public_id, Stage.CLEARED, "On its way to the books.")


@require_POST
@organisation_page(Action.RECORD_BILLS)
def void_bill(request: PageRequest, public_id: UUID) -> HttpResponse:
    return _to_stage(request, public_id, Stage.REVERSED, "It is void, and goes out of the books.")


def _to_stage(request: PageRequest, public_id: UUID, stage: Stage, done: str) -> HttpResponse:
    row = get_object_or_404(bills_with_parts(), document__public_id=public_id)
    [recorded] = record_bills(incoming=[replace(bill_as_told(row), stage=stage)], actor=str(request.user))
    for sentence in sentences(recorded.errors):
        messages.error(request, sentence)
    if not recorded.errors:
        messages.success(request, done)
    return redirect(page_of(request.access.organisation.slug, row.document))

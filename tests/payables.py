"""Bills, credits and payments as an organisation's own systems tell them, in a few words."""

from dataclasses import replace
from datetime import date
from typing import Any

from django.db import transaction

from ledger.domain.bills import IncomingBill, IncomingPayment, IncomingSettlement
from ledger.domain.documents import DocumentKind
from ledger.domain.lines import IncomingLine
from ledger.domain.money import Money, parse_amount
from ledger.models import SourceDocument, Vendor
from ledger.services.bills import record_bills, record_payments
from ledger.services.results import Recorded
from ledger.tenancy.context import acting_for
from tests.cast import Tenant

DAY, DUE = date(2026, 11, 2), date(2026, 11, 16)
VENDOR = "Harbour Freight"


def usd(text: str, kind: DocumentKind = DocumentKind.BILL) -> Money:
    """Above zero as told; a credit is below."""
    money = parse_amount(text, "USD")
    return replace(money, minor=kind.sign * money.minor)


class Payables:
    def __init__(self, tenant: Tenant) -> None:
        self.tenant = tenant
        with acting_for(tenant.id), transaction.atomic():
            Vendor.objects.get_or_create(name_key=VENDOR.casefold(), defaults={"name": VENDOR})

    def incoming(self, name: str, *parts: str, kind: DocumentKind = DocumentKind.BILL, **values: Any) -> IncomingBill:
        lines = tuple(IncomingLine(usd(part, kind), self.tenant.category.name) for part in parts)
        told = {
            "entity": self.tenant.entity.name,
            "vendor": VENDOR,
            "dated": DAY,
            "due_on": None if kind is DocumentKind.VENDOR_CREDIT else DUE,
            "money": Money(sum(line.money.minor for line in lines), "USD"),
            "lines": lines,
            "kind": kind,
        }
        return IncomingBill(external_id=name, **{**told, **values})

    def incoming_payment(self, name: str, settles: dict[str, str], **values: Any) -> IncomingPayment:
        """By the bill's name its amount; one below zero is used of a credit."""
        parts = tuple(IncomingSettlement(bill, _signed(amount)) for bill, amount in settles.items())
        return IncomingPayment(external_id=name, **{"dated": DUE, "settles": parts, **values})

    def tell(self, *told: IncomingBill) -> list[Recorded]:
        with acting_for(self.tenant.id), transaction.atomic():
            return record_bills(incoming=told, actor="the test")

    def tell_payments(self, *told: IncomingPayment) -> list[Recorded]:
        with acting_for(self.tenant.id), transaction.atomic():
            return record_payments(incoming=told, actor="the test")

    def bill(self, name: str, *parts: str, kind: DocumentKind = DocumentKind.BILL, **values: Any) -> SourceDocument:
        return taken(self.tell(self.incoming(name, *parts, kind=kind, **values)))

    def pay(self, name: str, settles: dict[str, str], **values: Any) -> SourceDocument:
        return taken(self.tell_payments(self.incoming_payment(name, settles, **values)))


def taken(recorded: list[Recorded]) -> SourceDocument:
    [one] = recorded
    assert not one.errors, one.errors
    assert one.document is not None
    return one.document


def _signed(amount: str) -> Money:
    money = parse_amount(amount.removeprefix("-"), "USD")
    return Money(-money.minor, "USD") if amount.startswith("-") else money

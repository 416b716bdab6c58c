"""Bills and their payments as they come in, and what each becomes for the intake. Nothing is decided here."""

from typing import Any

from rest_framework.exceptions import ValidationError

from ledger.api.fields import (
    AmountField,
    CurrencyField,
    DayField,
    ExternalIdField,
    MomentField,
    PlainCharField,
    StrictSerializer,
    TextMapField,
    WordField,
    optional_text,
)
from ledger.api.incoming import MOST_CUSTOM_FIELDS, MOST_LINES, LineSerializer, line_in, money_in
from ledger.domain.bills import IncomingBill, IncomingPayment, IncomingSettlement
from ledger.domain.documents import BILLS, DocumentKind, Stage
from ledger.models.bills import LONGEST_NUMBER

BILL_KINDS = {kind.value: kind for kind in BILLS}
BILL_STAGES = {"draft": Stage.PENDING, "open": Stage.CLEARED, "void": Stage.REVERSED}
PAYMENT_STAGES = {"scheduled": Stage.PENDING, "made": Stage.CLEARED, "void": Stage.REVERSED}
MOST_BILLS = 200
# For the contract, which names what stands in several places.
BILL_KIND_CHOICES, BILL_STAGE_CHOICES, PAYMENT_STAGE_CHOICES = list(BILL_KINDS), list(BILL_STAGES), list(PAYMENT_STAGES)


class IncomingBillSerializer(StrictSerializer):
    """One bill, reimbursement or vendor's credit, whole: what is left out is empty from then on."""

    external_id = ExternalIdField(
        help_text="Your own name for it: up to 64 of A-Z a-z 0-9 . _ : -. The same again adds nothing; the same with "
        "other values changes it.",
    )
    kind = WordField(
        choices=list(BILL_KINDS),
        default=DocumentKind.BILL.value,
        help_text="A reimbursement is owed to a cardholder, who is its vendor; a vendor_credit is owed to you.",
    )
    stage = WordField(
        choices=list(BILL_STAGES),
        default="open",
        help_text="A draft is posted nowhere; what is void is taken out of the books again.",
    )
    entity = PlainCharField(max_length=200, help_text="Its name.")
    vendor = PlainCharField(max_length=200, help_text="The name of a known vendor.")
    number = optional_text(LONGEST_NUMBER, help_text="The vendor's own number of it.")
    dated = DayField(help_text="The day on the bill, such as 2026-11-16.")
    due_on = DayField(required=False, allow_null=True, default=None, help_text="Not for a credit.")
    terms = optional_text(40, help_text="In words, such as Net 30.")
    amount = AmountField(max_length=24, help_text='Decimal text, above zero for each kind, such as "6480.00".')
    currency = CurrencyField(help_text="ISO 4217, in capitals.")
    lines = LineSerializer(many=True, min_length=1, max_length=MOST_LINES)  # type: ignore[call-arg]
    memo = optional_text(1000)
    custom_fields = TextMapField(MOST_CUSTOM_FIELDS, 200, help_text="Your own fields: text by name.")
    approved_by = optional_text(200)
    approved_at = MomentField(required=False, allow_null=True, default=None)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        kind = BILL_KINDS[attrs.pop("kind")]
        currency = attrs.pop("currency")
        money = money_in("amount", attrs.pop("amount"), currency, kind)
        lines = tuple(line_in(number, line, currency, kind) for number, line in enumerate(attrs.pop("lines"), start=1))
        stage = BILL_STAGES[attrs.pop("stage")]
        return {**attrs, "kind": kind, "stage": stage, "money": money, "lines": lines, "custom": attrs["custom_fields"]}


class BillPartSerializer(StrictSerializer):
    """So much of a payment for this bill."""

    bill = ExternalIdField(help_text="Its external_id.")
    amount = AmountField(max_length=24, help_text="Above zero, and no more than is open.")


class CreditPartSerializer(StrictSerializer):
    """So much of this credit that is used up by the payment."""

    credit = ExternalIdField(help_text="Its external_id.")
    amount = AmountField(max_length=24, help_text="Above zero, and no more than is left of it.")


class IncomingPaymentSerializer(StrictSerializer):
    """One payment of bills of one vendor, whole. It comes to its bills less its credits."""

    external_id = ExternalIdField(help_text="Your own name for it, as with bills.")
    stage = WordField(
        choices=list(PAYMENT_STAGES),
        default="made",
        help_text="What is scheduled is posted once it is made; void, or returned by the bank, opens its bills again.",
    )
    dated = DayField(help_text="The day on which the money leaves.")
    bank_account = optional_text(64, help_text="Its external_id. Leave it out to use the one that is mapped.")
    card = optional_text(64, help_text="external_id of the card, if it was paid by card.")
    number = optional_text(LONGEST_NUMBER, help_text="Of the cheque or the transfer.")
    currency = CurrencyField(help_text="Of the bills.")
    bills = BillPartSerializer(many=True, min_length=1, max_length=MOST_BILLS)  # type: ignore[call-arg]
    credits = CreditPartSerializer(many=True, required=False, max_length=MOST_BILLS)  # type: ignore[call-arg]
    memo = optional_text(1000)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        currency = attrs.pop("currency")
        bills = [_part("bills", one["bill"], one, currency, DocumentKind.BILL) for one in attrs.pop("bills")]
        given = attrs.pop("credits", [])
        credits_used = [_part("credits", one["credit"], one, currency, DocumentKind.VENDOR_CREDIT) for one in given]
        stage = PAYMENT_STAGES[attrs.pop("stage")]
        return {**attrs, "stage": stage, "settles": (*bills, *credits_used)}


def bill_of(checked: dict[str, Any]) -> IncomingBill:
    return IncomingBill(**{name: checked[name] for name in IncomingBill.__dataclass_fields__})


def payment_of(checked: dict[str, Any]) -> IncomingPayment:
    return IncomingPayment(**{name: checked[name] for name in IncomingPayment.__dataclass_fields__})


def _part(field: str, name: str, given: dict[str, Any], currency: str, kind: DocumentKind) -> IncomingSettlement:
    try:
        return IncomingSettlement(name, money_in("amount", given["amount"], currency, kind))
    except ValidationError as problem:
        if "amount" not in problem.detail:
            raise
        raise ValidationError({field: [f"{name}: {sentence}" for sentence in problem.detail["amount"]]}) from problem  # type: ignore[call-overload]

"""Bills and their payments as the API shows them: all that was taken in, and where they stand on their way."""

from collections.abc import Sequence
from typing import Any

from rest_framework import serializers

from integrations.selectors import connected_entities, sync_states
from ledger.api.approvals import ApprovalSerializer, approval_shown
from ledger.api.incoming_bills import BILL_KINDS, BILL_STAGES, PAYMENT_STAGES
from ledger.api.shown import LineShownSerializer, SyncStateSerializer, amount_shown, lines_shown, sync_shown
from ledger.models import Bill, BillPayment, SourceDocument
from ledger.models.bills import settled_of
from ledger.selectors.approvals import NOT_ASKED, approved
from ledger.selectors.bills import bills_with_parts, payments_with_parts

BILL_STAGE_WORDS = {stage.value: word for word, stage in BILL_STAGES.items()}
PAYMENT_STAGE_WORDS = {stage.value: word for word, stage in PAYMENT_STAGES.items()}


class BillSerializer(serializers.Serializer[Any]):
    """A bill, a reimbursement or a credit, how much of it is open, and where it stands on its way to the books."""

    id = serializers.UUIDField()
    external_id = serializers.CharField()
    kind = serializers.ChoiceField(choices=list(BILL_KINDS))
    stage = serializers.ChoiceField(choices=list(BILL_STAGES))
    entity = serializers.CharField()
    vendor = serializers.CharField()
    number = serializers.CharField(allow_blank=True)
    dated = serializers.DateField()
    due_on = serializers.DateField(allow_null=True)
    terms = serializers.CharField(allow_blank=True)
    amount = serializers.CharField(help_text="Above zero; the kind says which way it goes.")
    open_amount = serializers.CharField(help_text="What no payment settles, made or scheduled.")
    currency = serializers.CharField()
    lines = LineShownSerializer(many=True)
    memo = serializers.CharField(allow_blank=True)
    custom_fields = serializers.DictField(child=serializers.CharField())
    approved_by = serializers.CharField(allow_blank=True)
    approved_at = serializers.DateTimeField(allow_null=True)
    approval = ApprovalSerializer()
    revision = serializers.IntegerField(help_text="1 as it was recorded; each change is the next.")
    recorded_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField(help_text="When its latest revision came in.")
    sync = SyncStateSerializer()


class BillSettledSerializer(serializers.Serializer[Any]):
    bill = serializers.CharField(help_text="Its external_id.")
    amount = serializers.CharField()


class CreditUsedSerializer(serializers.Serializer[Any]):
    credit = serializers.CharField(help_text="Its external_id.")
    amount = serializers.CharField()


class PaymentSerializer(serializers.Serializer[Any]):
    """A payment of bills, and where it stands on its way to the books."""

    id = serializers.UUIDField()
    external_id = serializers.CharField()
    stage = serializers.ChoiceField(choices=list(PAYMENT_STAGES))
    entity = serializers.CharField()
    vendor = serializers.CharField()
    dated = serializers.DateField()
    amount = serializers.CharField(help_text="Its bills less its credits.")
    currency = serializers.CharField()
    bank_account = serializers.CharField(allow_blank=True)
    card = serializers.CharField(allow_blank=True)
    number = serializers.CharField(allow_blank=True)
    bills = BillSettledSerializer(many=True)
    credits = CreditUsedSerializer(many=True)
    memo = serializers.CharField(allow_blank=True)
    revision = serializers.IntegerField()
    recorded_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    sync = SyncStateSerializer()


def bills_shown(documents: Sequence[int]) -> list[dict[str, Any]]:
    """In the order of the documents; a statement for each kind of thing in them, whatever their number."""
    rows = {row.document_id: row for row in bills_with_parts().filter(document__in=documents)}
    settled = settled_of([row.pk for row in rows.values()])
    states, connected, said = sync_states(documents), connected_entities(), approved(documents)
    return [
        {
            **_bill(rows[number], settled.get(rows[number].pk, 0)),
            "approval": approval_shown(said.get(number, NOT_ASKED)),
            "sync": sync_shown(rows[number].document, states.get(number), connected),
        }
        for number in documents
    ]


def payments_shown(documents: Sequence[int]) -> list[dict[str, Any]]:
    rows = {row.document_id: row for row in payments_with_parts().filter(document__in=documents)}
    states, connected = sync_states(documents), connected_entities()
    return [
        {**_payment(rows[number]), "sync": sync_shown(rows[number].document, states.get(number), connected)}
        for number in documents
    ]


def _bill(row: Bill, settled: int) -> dict[str, Any]:
    document = row.document
    return {
        **_document(document),
        "kind": document.kind,
        "stage": BILL_STAGE_WORDS[document.stage],
        "vendor": row.vendor.name,
        "number": row.number,
        "due_on": row.due_on,
        "terms": row.terms,
        "open_amount": amount_shown(document.amount_minor - settled, document.currency),
        "lines": lines_shown(document),
        "memo": row.memo,
        "custom_fields": row.custom,
        "approved_by": row.approved_by,
        "approved_at": row.approved_at,
    }


def _payment(row: BillPayment) -> dict[str, Any]:
    document = row.document
    told = [
        (part.bill.document.external_id, amount_shown(part.amount_minor, document.currency), part.amount_minor)
        for part in row.settlements.all()
    ]
    return {
        **_document(document),
        "stage": PAYMENT_STAGE_WORDS[document.stage],
        "vendor": row.vendor.name,
        "bank_account": row.bank_account.external_id if row.bank_account else "",
        "card": row.card.external_id if row.card else "",
        "number": row.number,
        "bills": [{"bill": name, "amount": amount} for name, amount, minor in told if minor > 0],
        "credits": [{"credit": name, "amount": amount} for name, amount, minor in told if minor < 0],
        "memo": row.memo,
    }


def _document(document: SourceDocument) -> dict[str, Any]:
    return {
        "id": document.public_id,
        "external_id": document.external_id,
        "entity": document.entity.name,
        "dated": document.dated,
        "amount": amount_shown(document.amount_minor, document.currency),
        "currency": document.currency,
        "revision": document.revision,
        "recorded_at": document.recorded_at,
        "updated_at": document.updated_at,
    }

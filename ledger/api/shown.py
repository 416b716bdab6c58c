"""A card transaction as the API shows it: all that was taken in, and where it stands on its way to the books."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from rest_framework import serializers

from integrations.mapping.reasons import Reason, ReasonCode
from integrations.models import JobState
from integrations.selectors import SyncState, connected_entities, sync_states
from ledger.api.approvals import ApprovalSerializer, approval_shown
from ledger.api.incoming import KINDS
from ledger.domain.documents import Stage
from ledger.domain.money import Money
from ledger.models import CardTransaction, SourceDocument, TagUse
from ledger.selectors.approvals import NOT_ASKED, approved
from ledger.selectors.transactions import whole_transactions

NOT_BEGUN = "none"
SYNC_STATES = [*JobState.values, NOT_BEGUN]
KIND_WORDS = {kind.value: word for word, kind in KINDS.items()}


class ReasonSerializer(serializers.Serializer[Any]):
    code = serializers.ChoiceField(choices=[code.value for code in ReasonCode])
    sentence = serializers.CharField()


class SyncStateSerializer(serializers.Serializer[Any]):
    state = serializers.ChoiceField(
        choices=SYNC_STATES,
        help_text="waiting and running: on its way. unknown: sent, and being looked up. held: the set-up lacks "
        "something. needs_attention: a person must act. done: in the books. excluded: not to be posted. none: not "
        "begun, since it is pending, its entity is not connected, or it has only just come in.",
    )
    reasons = ReasonSerializer(many=True, help_text="Why it is held or excluded, needs a person, or has not begun.")
    external_id = serializers.CharField(allow_null=True, help_text="The document's id in the books.")
    mark = serializers.CharField(allow_null=True, help_text="The document's number in the books.")
    posted_at = serializers.DateTimeField(allow_null=True)
    configuration_version = serializers.IntegerField(
        allow_null=True, help_text="The version of the mapping that coded it last."
    )
    why = serializers.DictField(child=serializers.CharField(), help_text="A sentence for each value of the coding.")


class LineShownSerializer(serializers.Serializer[Any]):
    amount = serializers.CharField()
    category = serializers.CharField(allow_blank=True)
    department = serializers.CharField(allow_blank=True)
    memo = serializers.CharField(allow_blank=True)
    tags = serializers.DictField(child=serializers.CharField())


class RefundSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    external_id = serializers.CharField()
    amount = serializers.CharField()
    stage = serializers.ChoiceField(choices=[stage.value for stage in Stage])


class TransactionSerializer(serializers.Serializer[Any]):
    """A card transaction, and where it stands on its way to the books."""

    id = serializers.UUIDField()
    external_id = serializers.CharField()
    kind = serializers.ChoiceField(choices=list(KINDS))
    stage = serializers.ChoiceField(choices=[stage.value for stage in Stage])
    entity = serializers.CharField()
    card = serializers.CharField()
    amount = serializers.CharField(help_text="Above zero; the kind says which way it goes.")
    currency = serializers.CharField()
    original_amount = serializers.CharField(allow_blank=True)
    original_currency = serializers.CharField(allow_blank=True)
    dated = serializers.DateField(help_text="The day of the posting, in the entity's time zone.")
    merchant_name = serializers.CharField()
    merchant_category_code = serializers.CharField(allow_blank=True)
    merchant_city = serializers.CharField(allow_blank=True)
    merchant_country = serializers.CharField(allow_blank=True)
    authorised_at = serializers.DateTimeField(allow_null=True)
    cleared_at = serializers.DateTimeField(allow_null=True)
    refund_of = serializers.CharField(allow_blank=True, help_text="external_id of the charge that it refunds.")
    refund_of_id = serializers.UUIDField(allow_null=True, help_text="That charge's id, once it is here.")
    refunds = RefundSerializer(many=True, help_text="What refunds this charge.")
    bank_account = serializers.CharField(allow_blank=True)
    vendor = serializers.CharField(allow_blank=True)
    category = serializers.CharField(allow_blank=True)
    department = serializers.CharField(allow_blank=True)
    memo = serializers.CharField(allow_blank=True)
    tags = serializers.DictField(child=serializers.CharField(), help_text="Tag by tag group.")
    custom_fields = serializers.DictField(child=serializers.CharField())
    lines = LineShownSerializer(many=True)
    approved_by = serializers.CharField(allow_blank=True)
    approved_at = serializers.DateTimeField(allow_null=True)
    approval = ApprovalSerializer()
    revision = serializers.IntegerField(help_text="1 as it was recorded; each change is the next.")
    recorded_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField(help_text="When its latest revision came in.")
    sync = SyncStateSerializer()


def transactions_shown(documents: Sequence[int]) -> list[dict[str, Any]]:
    """In the order of the documents; a statement for each kind of thing in them, whatever their number."""
    states, connected, said = sync_states(documents), connected_entities(), approved(documents)
    return [
        {
            **_told(row),
            **_recorded(row),
            "approval": approval_shown(said.get(row.document_id, NOT_ASKED)),
            "sync": sync_shown(row.document, states.get(row.document_id), connected),
        }
        for row in whole_transactions(documents)
    ]


def _told(row: CardTransaction) -> dict[str, Any]:
    """As it was sent, under the names under which it is sent."""
    document, uses = row.document, list(row.document.tag_uses.all())
    return {
        "external_id": document.external_id,
        "kind": KIND_WORDS[document.kind],
        "stage": document.stage,
        "card": row.card.external_id,
        "amount": amount_shown(document.amount_minor, document.currency),
        "currency": document.currency,
        "original_amount": amount_shown(row.original_minor, row.original_currency),
        "original_currency": row.original_currency,
        "merchant_name": row.merchant_name,
        "merchant_category_code": row.merchant_category_code,
        "merchant_city": row.merchant_city,
        "merchant_country": row.merchant_country,
        "authorised_at": row.authorised_at,
        "cleared_at": row.cleared_at,
        "refund_of": row.refund_of_external_id,
        "bank_account": row.bank_account.external_id if row.bank_account else "",
        "vendor": _name(row.vendor),
        "category": _name(row.category),
        "department": _name(row.department),
        "memo": row.memo,
        "tags": _tags(uses, None),
        "custom_fields": row.custom,
        "lines": lines_shown(document),
        "approved_by": row.approved_by,
        "approved_at": row.approved_at,
    }


def lines_shown(document: SourceDocument) -> list[dict[str, Any]]:
    uses = list(document.tag_uses.all())
    return [
        {
            "amount": amount_shown(line.amount_minor, document.currency),
            "category": _name(line.category),
            "department": _name(line.department),
            "memo": line.memo,
            "tags": _tags(uses, line.pk),
        }
        for line in document.lines.all()
    ]


def _recorded(row: CardTransaction) -> dict[str, Any]:
    document, charge = row.document, row.refund_of
    return {
        "id": document.public_id,
        "entity": document.entity.name,
        "dated": document.dated,
        "refund_of_id": charge.document.public_id if charge else None,
        "refunds": [
            {
                "id": refund.document.public_id,
                "external_id": refund.document.external_id,
                "amount": amount_shown(refund.document.amount_minor, refund.document.currency),
                "stage": refund.document.stage,
            }
            for refund in row.refunds.all()
        ],
        "revision": document.revision,
        "recorded_at": document.recorded_at,
        "updated_at": document.updated_at,
    }


def amount_shown(minor: int | None, currency: str) -> str:
    return "" if minor is None else str(Money(abs(minor), currency).amount)


def _name(row: Any) -> str:
    return row.name if row else ""


def _tags(uses: Iterable[TagUse], line: int | None) -> dict[str, str]:
    return {use.group.name: use.tag.name for use in uses if use.line_id == line}


def sync_shown(document: SourceDocument, state: SyncState | None, connected: Collection[int]) -> dict[str, Any]:
    coding = state.coding if state else {}
    return {
        "state": state.state if state else NOT_BEGUN,
        "reasons": [
            {"code": reason.code, "sentence": reason.sentence} for reason in _reasons(document, state, connected)
        ],
        "external_id": state.external_id if state else None,
        "mark": state.mark if state else None,
        "posted_at": state.posted_at if state else None,
        "configuration_version": coding.get("version"),
        "why": coding.get("why", {}),
    }


def _reasons(document: SourceDocument, state: SyncState | None, connected: Collection[int]) -> tuple[Reason, ...]:
    if state:
        return state.reasons
    if document.stage == Stage.PENDING or document.entity_id in connected:
        return ()
    return (Reason(ReasonCode.NOT_CONNECTED, document.entity.name),)

"""What can be asked of the list of card transactions."""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from rest_framework.exceptions import ValidationError

from integrations.models import JobState, SyncJob
from integrations.selectors import jobs_seen_in
from ledger.api.cursors import PageSerializer
from ledger.api.fields import (
    AmountField,
    CurrencyField,
    DayField,
    ExternalIdField,
    MomentField,
    PlainCharField,
    WordField,
)
from ledger.api.incoming import KINDS
from ledger.api.shown import NOT_BEGUN, SYNC_STATES
from ledger.domain.documents import Stage
from ledger.domain.money import NotMoney, UnknownCurrency, parse_amount
from ledger.models import SourceDocument
from ledger.selectors.filters import Wanted, card_documents
from ledger.selectors.walks import Walk

NEWEST_FIRST = Walk(("dated", "id"), backwards=True)
# Whoever asks for what changed walks in the order of the changes: what changes meanwhile comes at the end.
AS_CHANGED = Walk(("updated_at", "id"))


class FilterSerializer(PageSerializer):
    updated_since = MomentField(
        required=False,
        help_text="Recorded or changed then or later, with the offset from UTC. Given this, the list runs from the "
        "oldest change to the newest; otherwise from the newest day to the oldest.",
    )
    recorded_since = MomentField(required=False)
    dated_from = DayField(required=False)
    dated_to = DayField(required=False, help_text="That day included.")
    external_id = ExternalIdField(required=False)
    entity = PlainCharField(required=False, max_length=200, help_text="Its name.")
    card = PlainCharField(required=False, max_length=64, help_text="Its external_id.")
    kind = WordField(required=False, choices=list(KINDS))
    stage = WordField(required=False, choices=[stage.value for stage in Stage])
    category = PlainCharField(required=False, max_length=100, help_text="Of the whole, or of one of its lines.")
    department = PlainCharField(required=False, max_length=100, help_text="Of the whole, or of one of its lines.")
    sync = WordField(required=False, choices=SYNC_STATES, help_text="Its state on the way to the books.")
    currency = CurrencyField(required=False)
    amount_from = AmountField(required=False, max_length=24, help_text="Needs the currency.")
    amount_to = AmountField(required=False, max_length=24, help_text="That amount included; needs the currency.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        amounts = {name: _minor(name, attrs) for name in ("amount_from", "amount_to") if name in attrs}
        return {**attrs, **amounts}


def _minor(name: str, asked: dict[str, Any]) -> int:
    if "currency" not in asked:
        raise ValidationError({name: ["Say the currency too."]})
    try:
        minor = parse_amount(asked[name], asked["currency"]).minor
    except UnknownCurrency as problem:
        raise ValidationError({"currency": [str(problem)]}) from problem
    except NotMoney as problem:
        raise ValidationError({name: [str(problem)]}) from problem
    if minor < 0:
        raise ValidationError({name: ["An amount is above zero; the kind says which way it goes."]})
    return minor


def walk_of(asked: dict[str, Any]) -> Walk:
    return AS_CHANGED if "updated_since" in asked else NEWEST_FIRST


def documents_of(asked: dict[str, Any]) -> QuerySet[SourceDocument]:
    values = {name: asked[name] for name in Wanted.__dataclass_fields__ if name in asked}
    if "kind" in values:
        values["kind"] = KINDS[values["kind"]]
    rows = card_documents(Wanted(**values))
    return rows.filter(_standing(asked["sync"])) if "sync" in asked else rows


def _standing(state: str) -> Q:
    jobs = SyncJob.objects.all() if state == NOT_BEGUN else jobs_seen_in([JobState(state)])
    found = Q(Exists(jobs.filter(document=OuterRef("pk"))))
    return ~found if state == NOT_BEGUN else found

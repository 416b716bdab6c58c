"""POST /api/v1/card-transactions: the issuer's door. Nothing is decided here; shapes are checked and handed on."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import Http404
from drf_spectacular.utils import OpenApiResponse, PolymorphicProxySerializer, extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from integrations.selectors import sync_states
from ledger.api.incoming import EXTERNAL_ID, IncomingSerializer
from ledger.api.schema import ErrorAnswer
from ledger.domain.money import Money
from ledger.models import CardTransaction, Scope
from ledger.selectors.transactions import card_transactions
from ledger.services.api_keys import Caller
from ledger.services.intake import Recorded, Result, record_transactions
from ledger.tenancy.context import acting_for

LARGEST_LIST = 1000


class ResultSerializer(serializers.Serializer[Recorded]):
    """What became of one charge."""

    external_id = serializers.CharField(allow_blank=True)
    result = serializers.ChoiceField(choices=[result.value for result in Result])
    id = serializers.UUIDField(allow_null=True)
    errors = serializers.DictField(  # type: ignore[assignment]  # the word that callers know
        child=serializers.ListField(child=serializers.CharField())
    )


class ResultListSerializer(serializers.Serializer[Any]):
    created = serializers.IntegerField()
    existing = serializers.IntegerField()
    changed = serializers.IntegerField()
    refused = serializers.IntegerField()
    results = ResultSerializer(many=True)


class SyncStateSerializer(serializers.Serializer[Any]):
    state = serializers.CharField(help_text="waiting, running, unknown, held, needs_attention, done or none.")
    reasons = serializers.ListField(child=serializers.CharField())
    external_id = serializers.CharField(allow_null=True, help_text="The document's id in the books.")
    mark = serializers.CharField(allow_null=True, help_text="The document's number in the books.")


class TransactionSerializer(serializers.Serializer[CardTransaction]):
    id = serializers.UUIDField()
    external_id = serializers.CharField()
    card = serializers.CharField()
    amount = serializers.CharField()
    currency = serializers.CharField()
    dated = serializers.DateField()
    merchant_name = serializers.CharField()
    category = serializers.CharField(allow_blank=True)
    department = serializers.CharField(allow_blank=True)
    memo = serializers.CharField(allow_blank=True)
    sync = SyncStateSerializer()


ONE_OR_MANY = PolymorphicProxySerializer(
    component_name="TransactionOrTransactions",
    serializers=[IncomingSerializer, IncomingSerializer(many=True)],
    resource_type_field_name=None,
    many=False,
)
ERRORS = {
    400: OpenApiResponse(ErrorAnswer, "Some values cannot be accepted."),
    401: OpenApiResponse(ErrorAnswer, "No API key, or one that is not known."),
    403: OpenApiResponse(ErrorAnswer, "The API key lacks the scope."),
}


class CardTransactionsView(APIView):
    scopes = {"POST": Scope.WRITE_TRANSACTIONS}

    @extend_schema(
        operation_id="record_card_transactions",
        request=ONE_OR_MANY,
        responses={
            200: OpenApiResponse(ResultListSerializer, "Nothing new: every charge was recorded before."),
            201: OpenApiResponse(ResultListSerializer, "At least one charge is new, and none was refused."),
            207: OpenApiResponse(ResultListSerializer, "A list of which some charges were refused, each with errors."),
            413: OpenApiResponse(ErrorAnswer, f"More than {LARGEST_LIST} charges, or more than 5 MB."),
            415: OpenApiResponse(ErrorAnswer, "Something else than JSON."),
            **ERRORS,
        },
    )
    def post(self, request: Request) -> Response:
        """Record one charge, or a list of up to 1,000. One bad item does not hold up the others."""
        items, one = _items(request.data)
        forms = [IncomingSerializer(data=item) for item in items]
        good = [form.incoming() for form in forms if form.is_valid()]
        caller = request.user
        assert isinstance(caller, Caller)
        with acting_for(caller.tenant):
            recorded = iter(record_transactions(incoming=good, actor=f"API key “{caller.name}”"))
        results = [_shown(next(recorded)) if not form.errors else _malformed(form) for form in forms]
        if one and results[0]["result"] == Result.REFUSED:
            raise ValidationError(results[0]["errors"])
        return _answer(results)


class CardTransactionView(APIView):
    scopes = {"GET": Scope.READ_TRANSACTIONS}

    @extend_schema(
        operation_id="read_card_transaction",
        responses={200: TransactionSerializer, 404: OpenApiResponse(ErrorAnswer, "Not yours, or not there."), **ERRORS},
    )
    def get(self, request: Request, public_id: UUID) -> Response:
        """One charge, and where it stands on its way to the books."""
        caller = request.user
        assert isinstance(caller, Caller)
        with acting_for(caller.tenant), transaction.atomic():
            found = card_transactions().filter(document__public_id=public_id).first()
            if found is None:
                raise Http404
            return Response(_transaction(found))


def _items(data: Any) -> tuple[list[Any], bool]:
    if isinstance(data, dict):
        return [data], True
    if not isinstance(data, list) or not data:
        raise ValidationError({"": ["Send one charge as an object, or several as a list."]})
    if len(data) > LARGEST_LIST:
        raise TooMany
    return data, False


class TooMany(serializers.ValidationError):
    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_code = "too_many"

    def __init__(self) -> None:
        super().__init__({"": [f"At most {LARGEST_LIST} charges at once."]})


def _shown(recorded: Recorded) -> dict[str, Any]:
    return {
        "external_id": recorded.external_id,
        "result": recorded.result,
        "id": recorded.document.public_id if recorded.document else None,
        "errors": recorded.errors,
    }


def _malformed(form: IncomingSerializer) -> dict[str, Any]:
    given = form.initial_data if isinstance(form.initial_data, dict) else {}
    external_id = given.get("external_id")
    return {
        # Echoed only where it is a name that we take: anything else may not even be text that can be sent.
        "external_id": external_id if isinstance(external_id, str) and EXTERNAL_ID.fullmatch(external_id) else "",
        "result": Result.REFUSED,
        "id": None,
        "errors": form.errors,
    }


def _answer(results: list[dict[str, Any]]) -> Response:
    counts = {result: sum(1 for shown in results if shown["result"] == result) for result in Result}
    code: int = status.HTTP_201_CREATED if counts[Result.CREATED] else status.HTTP_200_OK
    if counts[Result.REFUSED]:
        code = status.HTTP_207_MULTI_STATUS
    return Response({**{str(name): count for name, count in counts.items()}, "results": results}, status=code)


def _transaction(row: CardTransaction) -> dict[str, Any]:
    document = row.document
    state = sync_states([document.pk]).get(document.pk)
    return {
        "id": document.public_id,
        "external_id": document.external_id,
        "card": row.card.external_id,
        "amount": str(Money(document.amount_minor, document.currency).amount),
        "currency": document.currency,
        "dated": document.dated,
        "merchant_name": row.merchant_name,
        "category": row.category.name if row.category else "",
        "department": row.department.name if row.department else "",
        "memo": row.memo,
        "sync": {
            "state": state.state if state else "none",
            "reasons": [reason.sentence for reason in state.reasons] if state else [],
            "external_id": state.external_id if state else None,
            "mark": state.mark if state else None,
        },
    }

"""/api/v1/card-transactions: the issuer's door, and everybody's window. Nothing is decided here."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import Http404
from drf_spectacular.utils import OpenApiResponse, PolymorphicProxySerializer, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from ledger.api.cursors import NextSerializer, asked, cursor_of, position_of
from ledger.api.door import Door
from ledger.api.fields import ExternalIdField
from ledger.api.filters import FilterSerializer, documents_of, walk_of
from ledger.api.incoming import IncomingSerializer, incoming_of
from ledger.api.lists import CountsSerializer, ResultSerializer, answers, take
from ledger.api.schema import ErrorAnswer
from ledger.api.shown import TransactionSerializer, transactions_shown
from ledger.models import Scope, SourceDocument
from ledger.models.documents import CARD_KINDS
from ledger.services.intake import record_transactions
from ledger.services.results import Recorded
from ledger.tenancy.context import acting_for


class RecordedSerializer(ResultSerializer):
    """What became of one transaction."""

    external_id = serializers.CharField(allow_blank=True)
    id = serializers.UUIDField(allow_null=True)


class RecordedListSerializer(CountsSerializer):
    results = RecordedSerializer(many=True)


class TransactionPageSerializer(NextSerializer):
    results = TransactionSerializer(many=True)


ONE_OR_MANY = PolymorphicProxySerializer(
    component_name="TransactionOrList",
    serializers=[IncomingSerializer, IncomingSerializer(many=True)],
    resource_type_field_name=None,
    many=False,
)


class CardTransactionsView(Door):
    scopes = {"GET": Scope.READ_TRANSACTIONS, "POST": Scope.WRITE_TRANSACTIONS}

    @extend_schema(
        operation_id="list_card_transactions",
        parameters=[FilterSerializer],
        responses={200: OpenApiResponse(TransactionPageSerializer, "A page of them.")},
    )
    def get(self, request: Request) -> Response:
        """Transactions with their state on the way to the books, a page at a time.

        Filters are joined by “and”. Rows that come in while you turn pages are neither skipped nor repeated. To keep
        up with what changes, ask for `updated_since` the latest `updated_at` that you know, a minute less; what you
        know already comes again and does no harm.
        """
        wanted = asked(FilterSerializer, request.query_params)
        walk = walk_of(wanted)
        after = position_of(wanted.get("cursor"), walk)
        with self.reading():
            rows, end = walk.page(documents_of(wanted), wanted["page_size"], after)
            shown = transactions_shown([row.pk for row in rows])
        return Response({"next_cursor": cursor_of(end), "results": shown})

    @extend_schema(
        operation_id="record_card_transactions",
        request=ONE_OR_MANY,
        responses=answers(RecordedListSerializer),
    )
    def post(self, request: Request) -> Response:
        """Record one transaction, or a list of up to 1,000. One bad item does not hold up the others.

        Idempotent by `external_id`: the same again is `existing` and adds nothing, so after a broken line send it
        again; other values under a known `external_id` change it. Each message tells the whole transaction: what it
        leaves out is empty from then on. A message of an earlier stage than the one on record came late, and changes
        nothing.
        """
        return take(request.data, IncomingSerializer, self._record, named)

    def _record(self, checked: list[Any]) -> Sequence[Recorded]:
        with acting_for(self.caller.tenant):
            return record_transactions(incoming=[incoming_of(values) for values in checked], actor=self.actor)


class CardTransactionView(Door):
    scopes = {"GET": Scope.READ_TRANSACTIONS}

    @extend_schema(
        operation_id="read_card_transaction",
        responses={200: TransactionSerializer, 404: OpenApiResponse(ErrorAnswer, "Not yours, or not there.")},
    )
    def get(self, request: Request, public_id: UUID) -> Response:
        """One transaction: all that was taken in, and where it stands on its way to the books."""
        with self.reading():
            document = SourceDocument.objects.filter(public_id=public_id, kind__in=CARD_KINDS).first()
            if document is None:
                raise Http404
            [shown] = transactions_shown([document.pk])
        return Response(shown)


def named(outcome: Any, given: Any) -> dict[str, Any]:
    if isinstance(outcome, Recorded):
        document = outcome.document
        return {"external_id": outcome.external_id, "id": document.public_id if document else None}
    told = given.get("external_id") if isinstance(given, dict) else None
    # Echoed only where it is a name that we take: anything else may not even be text that can be sent.
    known = isinstance(told, str) and ExternalIdField.pattern.fullmatch(told)
    return {"external_id": told if known else "", "id": None}

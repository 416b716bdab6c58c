"""/api/v1/bills and /api/v1/bill-payments: taken in one by one or up to 1,000 at once, and shown. Nothing is decided
here."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import OpenApiResponse, PolymorphicProxySerializer, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from ledger.api.cursors import NextSerializer, PageSerializer, asked, cursor_of, position_of
from ledger.api.door import Door
from ledger.api.fields import ExternalIdField, MomentField, PlainCharField, WordField
from ledger.api.filters import AS_CHANGED, NEWEST_FIRST
from ledger.api.incoming_bills import (
    BILL_KINDS,
    BILL_STAGES,
    PAYMENT_STAGES,
    IncomingBillSerializer,
    IncomingPaymentSerializer,
    bill_of,
    payment_of,
)
from ledger.api.lists import answers, take
from ledger.api.schema import ErrorAnswer
from ledger.api.shown_bills import BillSerializer, PaymentSerializer, bills_shown, payments_shown
from ledger.api.transactions import RecordedListSerializer, named
from ledger.domain.documents import DocumentKind, Stage
from ledger.models import Bill, BillPayment, Scope, SourceDocument
from ledger.models.documents import BILL_KINDS as KINDS_OF_BILLS
from ledger.services.bills import record_bills, record_payments
from ledger.services.results import Recorded
from ledger.tenancy.context import acting_for

NOT_THERE = OpenApiResponse(ErrorAnswer, "Not yours, or not there.")


class BillFilterSerializer(PageSerializer):
    updated_since = MomentField(required=False, help_text="As with card transactions.")
    external_id = ExternalIdField(required=False)
    entity = PlainCharField(required=False, max_length=200, help_text="Its name.")
    vendor = PlainCharField(required=False, max_length=200, help_text="Its name.")
    kind = WordField(required=False, choices=list(BILL_KINDS))
    stage = WordField(required=False, choices=list(BILL_STAGES))


class PaymentFilterSerializer(PageSerializer):
    updated_since = MomentField(required=False, help_text="As with card transactions.")
    external_id = ExternalIdField(required=False)
    entity = PlainCharField(required=False, max_length=200, help_text="Its name.")
    vendor = PlainCharField(required=False, max_length=200, help_text="Its name.")
    stage = WordField(required=False, choices=list(PAYMENT_STAGES))


class BillPageSerializer(NextSerializer):
    results = BillSerializer(many=True)


class PaymentPageSerializer(NextSerializer):
    results = PaymentSerializer(many=True)


def _one_or_many(name: str, form: Any) -> PolymorphicProxySerializer:
    return PolymorphicProxySerializer(
        component_name=name, serializers=[form, form(many=True)], resource_type_field_name=None, many=False
    )


class BillsView(Door):
    scopes = {"GET": Scope.READ_BILLS, "POST": Scope.WRITE_BILLS}

    @extend_schema(
        operation_id="list_bills",
        parameters=[BillFilterSerializer],
        responses={200: OpenApiResponse(BillPageSerializer, "A page of them.")},
    )
    def get(self, request: Request) -> Response:
        """Bills, reimbursements and vendor credits with what is open of each and their state on the way to the books,
        a page at a time."""
        wanted = asked(BillFilterSerializer, request.query_params)
        with self.reading():
            rows = _documents(wanted, KINDS_OF_BILLS, Bill.objects.all(), BILL_STAGES)
            return _page(wanted, rows, bills_shown)

    @extend_schema(
        operation_id="record_bills",
        request=_one_or_many("BillOrList", IncomingBillSerializer),
        responses=answers(RecordedListSerializer),
    )
    def post(self, request: Request) -> Response:
        """Record one bill, or a list of up to 1,000. One bad item does not hold up the others.

        Idempotent by `external_id`, and each message tells the whole bill, as with card transactions. Its vendor is a
        known one (`/api/v1/vendors`). What a payment has settled cannot be taken away from it.
        """
        return take(request.data, IncomingBillSerializer, self._record, named)

    def _record(self, checked: list[Any]) -> Sequence[Recorded]:
        with acting_for(self.caller.tenant):
            return record_bills(incoming=[bill_of(values) for values in checked], actor=self.actor)


class BillView(Door):
    scopes = {"GET": Scope.READ_BILLS}

    @extend_schema(operation_id="read_bill", responses={200: BillSerializer, 404: NOT_THERE})
    def get(self, request: Request, public_id: UUID) -> Response:
        """One bill: all that was taken in, what is open of it, and where it stands on its way to the books."""
        with self.reading():
            [shown] = bills_shown([_found(public_id, KINDS_OF_BILLS)])
        return Response(shown)


class PaymentsView(Door):
    scopes = {"GET": Scope.READ_BILLS, "POST": Scope.WRITE_BILLS}

    @extend_schema(
        operation_id="list_bill_payments",
        parameters=[PaymentFilterSerializer],
        responses={200: OpenApiResponse(PaymentPageSerializer, "A page of them.")},
    )
    def get(self, request: Request) -> Response:
        """Payments with what they settle and their state on the way to the books, a page at a time."""
        wanted = asked(PaymentFilterSerializer, request.query_params)
        with self.reading():
            rows = _documents(wanted, [DocumentKind.BILL_PAYMENT], BillPayment.objects.all(), PAYMENT_STAGES)
            return _page(wanted, rows, payments_shown)

    @extend_schema(
        operation_id="record_bill_payments",
        request=_one_or_many("BillPaymentOrList", IncomingPaymentSerializer),
        responses=answers(RecordedListSerializer),
    )
    def post(self, request: Request) -> Response:
        """Record one payment of bills, or a list of up to 1,000, taken in their order.

        Idempotent by `external_id`. A payment settles bills of one vendor, one entity and one currency, in part or in
        full, and never more than is open. To say that it is void or was returned by the bank, tell it again with
        `stage` void: its bills are open again.
        """
        return take(request.data, IncomingPaymentSerializer, self._record, named)

    def _record(self, checked: list[Any]) -> Sequence[Recorded]:
        with acting_for(self.caller.tenant):
            return record_payments(incoming=[payment_of(values) for values in checked], actor=self.actor)


class PaymentView(Door):
    scopes = {"GET": Scope.READ_BILLS}

    @extend_schema(operation_id="read_bill_payment", responses={200: PaymentSerializer, 404: NOT_THERE})
    def get(self, request: Request, public_id: UUID) -> Response:
        """One payment: what it settles, and where it stands on its way to the books."""
        with self.reading():
            [shown] = payments_shown([_found(public_id, [DocumentKind.BILL_PAYMENT])])
        return Response(shown)


def _found(public_id: UUID, kinds: Sequence[str]) -> int:
    document = SourceDocument.objects.filter(public_id=public_id, kind__in=kinds).first()
    if document is None:
        raise Http404
    return document.pk


def _documents(
    wanted: dict[str, Any], kinds: Sequence[str], parts: QuerySet[Any], stages: dict[str, Stage]
) -> QuerySet[SourceDocument]:
    rows = SourceDocument.objects.filter(kind__in=[wanted["kind"]] if "kind" in wanted else kinds)
    if "stage" in wanted:
        rows = rows.filter(stage=stages[wanted["stage"]])
    if "updated_since" in wanted:
        rows = rows.filter(updated_at__gte=wanted["updated_since"])
    if "entity" in wanted:
        rows = rows.filter(entity__name=wanted["entity"])
    if "external_id" in wanted:
        rows = rows.filter(external_id=wanted["external_id"])
    if "vendor" in wanted:
        named_so = parts.filter(vendor__name_key=wanted["vendor"].casefold())
        rows = rows.filter(pk__in=named_so.values("document"))
    return rows


def _page(wanted: dict[str, Any], rows: QuerySet[SourceDocument], shown: Any) -> Response:
    walk = AS_CHANGED if "updated_since" in wanted else NEWEST_FIRST
    found, end = walk.page(rows, wanted["page_size"], position_of(wanted.get("cursor"), walk))
    return Response({"next_cursor": cursor_of(end), "results": shown([row.pk for row in found])})

"""/api/v1/card-transactions/{external_id}/receipts: the files that prove a transaction."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import Http404
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from integrations.models import ReceiptState
from integrations.selectors import ReceiptStanding, receipt_standings
from ledger.api.door import Door
from ledger.api.errors import TooBig
from ledger.api.fields import StrictSerializer
from ledger.api.schema import ErrorAnswer
from ledger.api.shown import ReasonSerializer
from ledger.domain.receipts import LARGEST, FileType, Unfit
from ledger.models import Receipt, Scope, SourceDocument
from ledger.selectors.receipts import card_document, receipts_at
from ledger.services.receipts import Kept, add_receipt, keep, remove_receipt
from ledger.storage import StorageTrouble
from ledger.tenancy.context import acting_for

# What stands around the file in a form.
ENVELOPE = 64 * 1024
NOT_BEGUN = "none"
NOT_FOUND = {404: OpenApiResponse(ErrorAnswer, "Not yours, or not there.")}


class TooBigAFile(TooBig):
    default_detail = f"The file is larger than {LARGEST // 1024 // 1024} MB."


class StorageAway(APIException):
    status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    default_code = "storage"
    default_detail = "The file could not be stored just now. Nothing was recorded; send it again."


class FileSerializer(StrictSerializer):
    """One file, as a form sends it."""

    file = serializers.FileField(help_text=f"Up to {LARGEST // 1024 // 1024} MB. What it is, its content says.")
    replaces = serializers.UUIDField(required=False, help_text="The id of the receipt that it takes the place of.")


class ReceiptSerializer(serializers.Serializer[Any]):
    """A receipt, and where it stands on its way to the books."""

    id = serializers.UUIDField()
    file_name = serializers.CharField()
    content_type = serializers.ChoiceField(choices=[kind.value for kind in FileType])
    size = serializers.IntegerField(help_text="In bytes.")
    sha256 = serializers.CharField()
    recorded_at = serializers.DateTimeField()
    state = serializers.ChoiceField(
        choices=[*ReceiptState.values, NOT_BEGUN],
        help_text="early: it waits for its transaction to be posted. waiting and running: on its way. unknown: sent, "
        "and being looked up. needs_attention: a person must act. done: it hangs at the transaction in the books. "
        "none: not begun.",
    )
    reasons = ReasonSerializer(many=True, help_text="Why it needs a person.")
    attached_at = serializers.DateTimeField(allow_null=True)


class ReceiptListSerializer(serializers.Serializer[Any]):
    results = ReceiptSerializer(many=True)


class ReceiptDoor(Door):
    http_method_names = [*Door.http_method_names, "delete"]

    def document(self, external_id: str) -> SourceDocument:
        document = card_document(external_id)
        if document is None:
            raise Http404
        return document


class ReceiptsView(ReceiptDoor):
    scopes = {"GET": Scope.READ_TRANSACTIONS, "POST": Scope.WRITE_TRANSACTIONS}
    parser_classes = [MultiPartParser]

    @extend_schema(
        operation_id="list_receipts",
        responses={
            200: OpenApiResponse(ReceiptListSerializer, "Those that hang there now, oldest first."),
            **NOT_FOUND,
        },
    )
    def get(self, request: Request, external_id: str) -> Response:
        """The receipts of a transaction, and where each stands on its way to the books."""
        with self.reading():
            shown = _shown(receipts_at([self.document(external_id).pk]))
        return Response({"results": shown})

    @extend_schema(
        operation_id="add_receipt",
        request=FileSerializer,
        responses={
            200: OpenApiResponse(ReceiptSerializer, "This very file hangs there already."),
            201: OpenApiResponse(ReceiptSerializer, "It hangs there now."),
            503: OpenApiResponse(ErrorAnswer, "The storage does not answer; send it again."),
            **NOT_FOUND,
        },
    )
    def post(self, request: Request, external_id: str) -> Response:
        """Hang one file at a transaction: PDF, JPEG, PNG, GIF, TIFF, RTF, DOCX, XLSX, ODS, XML, CSV or text.

        Idempotent by the content of the file: the same again adds nothing. It may come before or after the
        transaction is posted, and goes to the books behind it. With `replaces` it takes the place of another.
        """
        _refuse_too_big(request)
        with acting_for(self.caller.tenant):
            document, replaced, file = self._asked(request, external_id)
            try:
                added = add_receipt(
                    document_id=document.pk,
                    kept=_kept(file),
                    actor=self.actor,
                    replaces=replaced,
                )
            except Unfit as problem:
                raise ValidationError({"file": [str(problem)]}) from problem
        with self.reading():
            [shown] = _shown([added.receipt])
        return Response(shown, status=status.HTTP_201_CREATED if added.is_new else status.HTTP_200_OK)

    @transaction.atomic
    def _asked(self, request: Request, external_id: str) -> tuple[SourceDocument, Receipt | None, UploadedFile]:
        document = self.document(external_id)
        form = FileSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        replaced = _replaced(document, form.validated_data.get("replaces"))
        return document, replaced, form.validated_data["file"]


class ReceiptView(ReceiptDoor):
    scopes = {"DELETE": Scope.WRITE_TRANSACTIONS}

    @extend_schema(
        operation_id="remove_receipt",
        responses={204: OpenApiResponse(description="It hangs there no more."), **NOT_FOUND},
    )
    def delete(self, request: Request, external_id: str, public_id: UUID) -> Response:
        """Take a receipt away, in the books too, unless somebody changed it there. Doing it again changes nothing."""
        with acting_for(self.caller.tenant), transaction.atomic():
            receipt = _receipt(self.document(external_id), public_id)
            remove_receipt(receipt=receipt, actor=self.actor)
        return Response(status=status.HTTP_204_NO_CONTENT)


def _refuse_too_big(request: Request) -> None:
    """By what is announced, before it is read."""
    told = request.META.get("CONTENT_LENGTH") or "0"
    if told.isdecimal() and int(told) > LARGEST + ENVELOPE:
        raise TooBigAFile


def _kept(file: UploadedFile) -> Kept:
    if (file.size or 0) > LARGEST:
        raise TooBigAFile
    try:
        return keep(file, file.name or "")
    except StorageTrouble as trouble:
        raise StorageAway from trouble


def _replaced(document: SourceDocument, public_id: UUID | None) -> Receipt | None:
    if public_id is None:
        return None
    receipt = Receipt.objects.filter(document=document, public_id=public_id).first()
    if receipt is None:
        raise ValidationError({"replaces": ["This transaction has no such receipt."]})
    return receipt


def _receipt(document: SourceDocument, public_id: UUID) -> Receipt:
    receipt = Receipt.objects.select_related("document").filter(document=document, public_id=public_id).first()
    if receipt is None:
        raise Http404
    return receipt


def _shown(receipts: Iterable[Receipt]) -> list[dict[str, Any]]:
    rows = list(receipts)
    standings = receipt_standings([row.pk for row in rows])
    return [_one(row, standings.get(row.pk)) for row in rows]


def _one(row: Receipt, standing: ReceiptStanding | None) -> dict[str, Any]:
    return {
        "id": row.public_id,
        "file_name": row.file_name,
        "content_type": row.content_type,
        "size": row.size,
        "sha256": row.sha256,
        "recorded_at": row.recorded_at,
        "state": standing.state if standing else NOT_BEGUN,
        "reasons": [
            {"code": reason.code, "sentence": reason.sentence} for reason in (standing.reasons if standing else ())
        ],
        "attached_at": standing.attached_at if standing else None,
    }

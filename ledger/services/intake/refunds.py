"""A refund finds the charge that it names, whichever comes first or both at one instant, and then follows it."""

from collections.abc import Sequence

from django.db import connection
from django.db.models import OuterRef, Subquery

from ledger.domain.documents import DocumentKind
from ledger.domain.transactions import IncomingTransaction
from ledger.models import CardTransaction, SourceDocument
from ledger.services.telling import next_revision
from ledger.tenancy.context import required_tenant

# The first of the two numbers of an advisory lock; the second is the organisation's.
LOCKED = 1_193_046


def await_each_other(incoming: Sequence[IncomingTransaction]) -> None:
    """Charges are recorded side by side, and so are refunds of charges that are known. A refund whose charge is not
    here yet lets those finish that are being recorded, for one of them may be it, and keeps others waiting meanwhile.

    Taken before any row is locked: two that hold rows of each other would never end.
    """
    charges = {one.external_id for one in incoming if one.kind is DocumentKind.CHARGE}
    named = {one.refund_of for one in incoming if one.refund_of} - charges
    if named and named - _on_record(named):
        _lock("pg_advisory_xact_lock")
    elif charges:
        _lock("pg_advisory_xact_lock_shared")


def _on_record(names: set[str]) -> set[str]:
    charges = SourceDocument.objects.filter(external_id__in=names, kind=DocumentKind.CHARGE)
    return set(charges.values_list("external_id", flat=True))


def _lock(function: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s, %s)", [LOCKED, required_tenant() % 2**31])


def tie_refunds(told: Sequence[IncomingTransaction]) -> list[SourceDocument]:
    """To the charges that they name. Returns those that were here before: for them it is a change, since a refund may
    have its category of its charge."""
    charges = {one.external_id for one in told if one.kind is DocumentKind.CHARGE}
    wanted = charges | {one.refund_of for one in told if one.refund_of}
    named = CardTransaction.objects.filter(
        document__external_id=OuterRef("refund_of_external_id"), document__kind=DocumentKind.CHARGE
    )
    untied = CardTransaction.objects.filter(refund_of__isnull=True, refund_of_external_id__in=wanted)
    waiting = list(untied.exclude(refund_of_external_id="").values_list("pk", "document__external_id"))
    if not waiting:
        return []
    rows = CardTransaction.objects.filter(pk__in=[pk for pk, _ in waiting])
    rows.update(refund_of=Subquery(named.values("pk")[:1]))
    late = {external_id for _, external_id in waiting} - {one.external_id for one in told}
    tied = rows.filter(refund_of__isnull=False, document__external_id__in=late)
    return next_revision(SourceDocument.objects.filter(pk__in=tied.values("document"))) if late else []


def follow_charges(charges: Sequence[int]) -> list[SourceDocument]:
    """The refunds of these transactions that have their category of them, told on as the next revision."""
    if not charges:
        return []
    rows = CardTransaction.objects.filter(refund_of__in=charges, category__isnull=True)
    return next_revision(SourceDocument.objects.filter(pk__in=rows.values("document")))

"""Send again what was held or refused, receipts too; code again what stands in the books."""

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from integrations.mapping.reasons import ABOUT_CLOSING, ReasonCode
from integrations.models import (
    Act,
    Company,
    Decision,
    ExternalLink,
    JobState,
    ReceiptAttempt,
    ReceiptJob,
    ReceiptState,
    Stance,
    SyncAttempt,
    SyncEnvelope,
    SyncJob,
)
from integrations.models.sync import STUCK_STATES
from integrations.selectors import in_doubt, with_any_reason, with_reason
from integrations.services import choosing, undoing
from integrations.services.interventions import remember, remember_receipts
from integrations.sync import queue, receipt_jobs
from integrations.sync.retry import MOST_SENDINGS
from ledger.models import SourceDocument, User
from ledger.services.telling import tell_again
from ledger.tenancy.sets import update_rows

# What the trail says changed.
ANEW = "to be coded anew"
OVER_OTHER_MONEY = "to be written over other money"


@transaction.atomic
def send_again(jobs: QuerySet[SyncJob], person: User) -> int:
    """Send held and refused documents on their way again, and refused receipts of these documents. Returns how many.

    One whose outcome is unknown is looked up first. If it is still not there, its own envelope is repeated, for that a
    person asks renews the trust in the key; or, where repeating did not help, it is planned anew. What somebody changed
    in the books is written over: to ask for that is the person's decision. Where books were closed they may be open by
    now, so that the company is asked first. What was undone comes back.
    """
    # First, since what is sent again may not match the question any more.
    receipts = send_receipts_again(ReceiptJob.objects.filter(receipt__document__in=jobs.values("document")), person)
    closed_out = jobs.filter(with_any_reason(ABOUT_CLOSING), state__in=STUCK_STATES)
    Company.objects.filter(pk__in=closed_out.values("connection__company")).update(doubted=True)
    removed = jobs.filter(with_reason(ReasonCode.GONE)).values("document")
    ExternalLink.objects.filter(document__in=removed, stance=Stance.GONE).delete()
    choosing.overrule(jobs, person)
    back = undoing.bring_back(jobs, person)
    _tell_what_shows_other_money(jobs, person)
    parked = jobs.filter(in_doubt(), state=JobState.NEEDS_ATTENTION)
    now = timezone.now()
    ids = list(parked.select_for_update(no_key=True).order_by("id").values_list("pk", flat=True))
    _trust_anew(SyncAttempt.objects.filter(job__in=ids, settled_at__isnull=True), now)
    SyncJob.objects.filter(pk__in=ids).update(state=JobState.UNKNOWN, reasons=[], due_at=now, rung_at=now)
    waiting = jobs.filter(state__in=STUCK_STATES).exclude(pk__in=ids)
    ids += waiting.filter(~in_doubt()).select_for_update(no_key=True).order_by("id").values_list("pk", flat=True)
    remember(Act.SENT_AGAIN, ids, person)
    queue.wake(SyncJob.objects.filter(pk__in=ids))
    return len(ids) + back + receipts


def _tell_what_shows_other_money(jobs: QuerySet[SyncJob], person: User) -> None:
    """In a revision of its own, by which what corrects it is told from what stands there. What takes a document back is
    made once more instead."""
    otherwise = jobs.filter(with_reason(ReasonCode.OTHER_AMOUNT), state=JobState.NEEDS_ATTENTION)
    locked = list(otherwise.exclude(decision=Decision.UNDO).select_for_update(no_key=True).order_by("id"))
    documents = SourceDocument.objects.filter(pk__in=[job.document_id for job in locked])
    told = {document.pk: document for document in tell_again(documents, actor=str(person), why=OVER_OTHER_MONEY)}
    for job in locked:
        # Whoever claims it before the event is absorbed writes this revision.
        job.wanted_revision = told[job.document_id].revision
    update_rows(locked, ["wanted_revision"])


@transaction.atomic
def send_receipts_again(receipts: QuerySet[ReceiptJob], person: User) -> int:
    """Likewise, whatever becomes of their documents. Returns how many."""
    stuck = receipts.filter(state=ReceiptState.NEEDS_ATTENTION).select_for_update(of=("self",), no_key=True)
    ids = list(stuck.order_by("id").values_list("pk", flat=True))
    _trust_anew(ReceiptAttempt.objects.filter(job__in=ids, settled_at__isnull=True), timezone.now())
    remember_receipts(Act.RECEIPT_SENT_AGAIN, ids, person)
    return receipt_jobs.wake(ReceiptJob.objects.filter(pk__in=ids))


def _trust_anew(open_ones: QuerySet[SyncAttempt] | QuerySet[ReceiptAttempt], now: datetime) -> None:
    envelopes = SyncEnvelope.objects.filter(pk__in=open_ones.values("envelope"))
    envelopes.update(trusted_since=now)
    envelopes.filter(sendings__gte=MOST_SENDINGS).update(given_up_at=now)


@transaction.atomic
def code_again(jobs: QuerySet[SyncJob], person: User) -> int:
    """Tell what stands in the books once more, so that it is coded by the mapping of today. Where that says otherwise,
    the document there is changed; where it says the same, nothing is sent. Returns how many are told.
    """
    posted = ExternalLink.objects.filter(connection=OuterRef("connection"), document=OuterRef("document"))
    resting = jobs.filter(Exists(posted), state=JobState.DONE)
    documents = SourceDocument.objects.filter(pk__in=resting.values("document"))
    return len(tell_again(documents, actor=str(person), why=ANEW))

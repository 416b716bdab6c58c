"""Both sides changed the same: a person says whose word stands."""

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from integrations.mapping.reasons import ReasonCode
from integrations.models import Act, Clash, Compromise, Decision, ExternalLink, JobState, SyncJob
from integrations.selectors import in_doubt, with_reason
from integrations.services.interventions import remember
from integrations.sync.queue import bring_to_rest, save
from ledger.models import User


def overrule(jobs: QuerySet[SyncJob], person: User) -> int:
    """Ours over what somebody changed there, whatever stands there by then. Called by whoever sends them again."""
    changed = jobs.filter(with_reason(ReasonCode.CHANGED_THERE), state=JobState.NEEDS_ATTENTION)
    ids = list(changed.select_for_update(no_key=True).order_by("id").values_list("pk", flat=True))
    mine = SyncJob.objects.filter(pk__in=ids)
    ExternalLink.objects.filter(document__in=mine.values("document")).update(external_version="")
    mine.update(decision=Decision.OURS, decided_why=str(person))
    remember(Act.OVERRULED, ids, person)
    return len(ids)


@transaction.atomic
def keep_theirs(jobs: QuerySet[SyncJob], person: User) -> int:
    """What stands there is linked as it stands, and nothing is sent. A later change of the source is compared with what
    we wanted now. Returns how many; what was not compared yet is left alone."""
    open_ones = jobs.filter(with_reason(ReasonCode.CHANGED_THERE), ~in_doubt(), state=JobState.NEEDS_ATTENTION)
    locked = {job.pk: job for job in open_ones.select_for_update(no_key=True).order_by("id")}
    clashes = list(Clash.objects.filter(job__in=locked))
    for clash in clashes:
        _keep(locked[clash.job_id], clash)
    kept = [locked[clash.job_id] for clash in clashes]
    save(kept)
    remember(Act.KEPT_THEIRS, [job.pk for job in kept], person)
    return len(kept)


def _keep(job: SyncJob, clash: Clash) -> None:
    links = ExternalLink.objects.filter(connection=job.connection_id, document=job.document_id)
    links.update(external_version=clash.external_version, revision=clash.revision, fingerprint=clash.fingerprint)
    Compromise.objects.update_or_create(
        connection_id=job.connection_id,
        document_id=job.document_id,
        defaults={"ours": clash.ours, "kept": clash.fields, "agreed_at": timezone.now()},
    )
    bring_to_rest(job, (), revision=clash.revision)

"""Wish, intention, fact: SyncJob, SyncEnvelope with its SyncAttempts, ExternalLink (docs/engine.md)."""

from django.db import models
from django.db.models import Q

from integrations.mapping.periods import PeriodChoice
from integrations.models.connections import Connection
from integrations.models.runs import SyncRun
from integrations.providers.documents import Action
from ledger.models import SourceDocument
from ledger.tenancy.constraints import TenantForeignKey
from ledger.tenancy.models import TenantModel


class JobState(models.TextChoices):
    WAITING = "waiting", "On its way"
    RUNNING = "running", "On its way"
    UNKNOWN = "unknown", "Checking"
    HELD = "held", "Held"
    NEEDS_ATTENTION = "needs_attention", "Needs a person"
    DONE = "done", "In the books"
    EXCLUDED = "excluded", "Excluded"


MOVING_STATES = [JobState.WAITING, JobState.RUNNING, JobState.UNKNOWN]
# It will not reach the books until someone acts.
STUCK_STATES = [JobState.HELD, JobState.NEEDS_ATTENTION]
STATES_WITH_REASON = [*STUCK_STATES, JobState.EXCLUDED]


class Decision(models.TextChoices):
    """What a person decided about a document: to keep it out of the books, or to take it out; or, where somebody
    changed it there, to write ours over that."""

    NONE = "", "None"
    HOLD = "hold", "Hold"
    EXCLUDE = "exclude", "Exclude"
    UNDO = "undo", "Undo"
    OURS = "ours", "Ours"


DECISIONS = [decision for decision in Decision if decision is not Decision.NONE]


class SyncJob(TenantModel):
    """The wish that a source document stand in the books of one connection: one row per pair, for good.

    A change folds into the row by raising wanted_revision. If it comes while the job runs, settling sees that what
    was pushed is not what is wanted, and the job waits again.
    """

    connection = models.ForeignKey(
        Connection, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    document = models.ForeignKey(
        SourceDocument, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    state = models.CharField(max_length=20, choices=JobState.choices, default=JobState.WAITING)
    wanted_revision = models.PositiveIntegerField()
    settled_revision = models.PositiveIntegerField(default=0, help_text="The revision that the state speaks of.")
    reasons = models.JSONField(default=list, help_text="Why it is held or needs a person: of mapping.reasons.")
    coding = models.JSONField(default=dict, help_text="What stands there with its reasons, or shall: mapping.entry.")
    rung_at = models.DateTimeField(help_text="When the wish was last expressed; under a minute old it is fresh.")
    due_at = models.DateTimeField(help_text="Not before this time.")
    tries = models.PositiveIntegerField(default=0, help_text="Sent in vain since the wish was expressed.")
    fence = models.BigIntegerField(default=0, help_text="The lane holder that claimed it.")
    decision = models.CharField(max_length=10, choices=Decision.choices, blank=True, default=Decision.NONE)
    decided_why = models.CharField(max_length=500, blank=True, help_text="Who decided it, and why, in words.")
    period_choice = models.CharField(
        max_length=20,
        choices=[(choice.value, choice.value) for choice in PeriodChoice],
        blank=True,
        default=PeriodChoice.NONE.value,
        help_text="What a person chose to do about the closed period in which it is dated.",
    )
    # The money as of wanted_revision: a trigger copies it from the document whenever the wish is expressed, so that
    # a state and its money stand in one row and running totals of both need no lock on the document.
    told_minor = models.BigIntegerField(null=True, editable=False, help_text="None while it is pending: no money yet.")
    told_currency = models.CharField(max_length=3, null=True, editable=False)
    told_dated = models.DateField(null=True, editable=False)

    class Meta:
        constraints = [
            *TenantModel.Meta.constraints,
            TenantForeignKey(field="connection", name="integrations_syncjob_connection_fk"),
            TenantForeignKey(field="document", name="integrations_syncjob_document_fk"),
            models.UniqueConstraint(fields=["tenant", "connection", "document"], name="integrations_syncjob_one"),
            models.CheckConstraint(condition=Q(state__in=JobState.values), name="integrations_syncjob_known_state"),
            models.CheckConstraint(
                condition=Q(decision=Decision.NONE, decided_why="") | Q(Q(decision__in=DECISIONS), ~Q(decided_why="")),
                name="integrations_syncjob_decided_why",
            ),
            models.CheckConstraint(
                condition=Q(period_choice__in=[choice.value for choice in PeriodChoice]),
                name="integrations_syncjob_known_period_choice",
            ),
            models.CheckConstraint(
                condition=Q(Q(state__in=STATES_WITH_REASON), ~Q(reasons=[]))
                | Q(~Q(state__in=STATES_WITH_REASON), Q(reasons=[])),
                name="integrations_syncjob_reason_iff_asked",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "document"], name="integrations_syncjob_document"),
            models.Index(fields=["tenant", "connection", "state"], name="integrations_syncjob_state"),
            # Read by sync/queue.claim, and by lookup.connections_with_work before a tenant is known.
            models.Index(
                fields=["tenant", "connection", "due_at"],
                name="integrations_syncjob_open",
                condition=Q(state__in=MOVING_STATES),
            ),
        ]


class SyncEnvelope(TenantModel):
    """One HTTP write, stored before it is sent: the platform's idempotency key and, in its attempts, the very bodies.

    It is open until every attempt in it has a known outcome, and is only ever sent again as it stands.
    """

    connection = models.ForeignKey(
        Connection, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    run = models.ForeignKey(
        SyncRun, on_delete=models.CASCADE, null=True, related_name="+", db_constraint=False, db_index=False
    )
    batched = models.BooleanField()
    request_id = models.CharField(max_length=36)
    fence = models.BigIntegerField()
    opened_at = models.DateTimeField()
    trusted_since = models.DateTimeField(help_text="Replays are trusted from then on; a person's decision renews it.")
    sent_at = models.DateTimeField(help_text="Last handed to the network; the platform may work on it for a while.")
    sendings = models.PositiveIntegerField(default=1)
    given_up_at = models.DateTimeField(null=True, help_text="A person asked to plan anew what is not found.")
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            *TenantModel.Meta.constraints,
            TenantForeignKey(field="connection", name="integrations_syncenvelope_connection_fk"),
            TenantForeignKey(field="run", name="integrations_syncenvelope_run_fk"),
            models.UniqueConstraint(
                fields=["tenant", "connection", "request_id"], name="integrations_syncenvelope_request_id"
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "connection", "id"],
                name="integrations_syncenvelope_open",
                condition=Q(closed_at__isnull=True),
            ),
            models.Index(fields=["tenant", "run"], name="integrations_syncenvelope_run"),
            # The last thing that was sent, of each connection.
            models.Index(fields=["tenant", "connection", "-id"], name="integrations_syncenvelope_last"),
        ]


_ACTIONS = [(action.value, action.value) for action in Action]


class SyncAttempt(TenantModel):
    """One document within an envelope, and what became of it."""

    envelope = models.ForeignKey(
        SyncEnvelope, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    job = models.ForeignKey(SyncJob, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False)
    item = models.CharField(max_length=10, help_text="Its name inside the envelope: QuickBooks' bId.")
    revision = models.PositiveIntegerField()
    action = models.CharField(max_length=10, choices=_ACTIONS, default=Action.CREATE.value)
    kind = models.CharField(max_length=40, blank=True, help_text="The platform's word for the object.")
    mark = models.CharField(max_length=21, help_text="Our durable mark in the books: QuickBooks' DocNumber.")
    body = models.TextField(help_text="Exactly what is sent.")
    fingerprint = models.CharField(max_length=64)
    configuration = models.PositiveIntegerField(help_text="The configuration version that coded it.")
    merged = models.JSONField(null=True, help_text="What it leaves of somebody's there: sync.comparing.")
    coding = models.JSONField(default=dict, help_text="Of a change: what stands there from then on, if it is taken.")
    remark = models.CharField(max_length=300, blank=True, help_text="What is out of the ordinary about it: day, rate.")
    outcome = models.CharField(max_length=20, blank=True, help_text="documents.OutcomeKind; empty while it is open.")
    code = models.CharField(max_length=40, blank=True, help_text="The platform's own code, where it gave one.")
    answer = models.CharField(max_length=1000, blank=True, help_text="The platform's own words.")
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            *TenantModel.Meta.constraints,
            TenantForeignKey(field="envelope", name="integrations_syncattempt_envelope_fk"),
            TenantForeignKey(field="job", name="integrations_syncattempt_job_fk"),
            models.UniqueConstraint(fields=["tenant", "envelope", "item"], name="integrations_syncattempt_item"),
            models.CheckConstraint(
                condition=Q(action__in=[action.value for action in Action]),
                name="integrations_syncattempt_known_action",
            ),
            # A second attempt of a job while the first one's fate is open could put it into the books twice.
            models.UniqueConstraint(
                fields=["tenant", "job"], condition=Q(settled_at__isnull=True), name="integrations_syncattempt_one_open"
            ),
            models.CheckConstraint(
                condition=Q(settled_at__isnull=True, outcome="") | (Q(settled_at__isnull=False) & ~Q(outcome="")),
                name="integrations_syncattempt_settled_iff_outcome",
            ),
        ]
        indexes = [models.Index(fields=["tenant", "job"], name="integrations_syncattempt_job")]


class Stance(models.TextChoices):
    """How an object of ours stands there, as far as we were told."""

    AS_POSTED = "as_posted", "As posted"
    EDITED = "edited", "Changed there"
    VOIDED = "voided", "Voided there"
    GONE = "gone", "Removed there"


class ExternalLink(TenantModel):
    """The fact: this source document stands in the books as that object, in that version.

    What somebody did to it there since is marked, with both sides as they stood when it was noticed; the version stays
    the one that we wrote, so that a change of ours meets theirs and never writes over it unseen.
    """

    connection = models.ForeignKey(
        Connection, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    document = models.ForeignKey(
        SourceDocument, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    external_kind = models.CharField(max_length=40)
    external_id = models.CharField(max_length=64)
    external_version = models.CharField(max_length=40, help_text="QuickBooks' SyncToken.")
    mark = models.CharField(max_length=21)
    revision = models.PositiveIntegerField()
    fingerprint = models.CharField(max_length=64)
    configuration = models.PositiveIntegerField()
    posted_at = models.DateTimeField()
    changed_at = models.DateTimeField(null=True, help_text="As we know it, by the platform's clock.")
    stance = models.CharField(max_length=10, choices=Stance.choices, default=Stance.AS_POSTED)
    ours = models.JSONField(null=True, help_text="What we last wrote: documents.Standing.")
    theirs = models.JSONField(null=True, help_text="What stands there instead: documents.Standing.")
    noticed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            *TenantModel.Meta.constraints,
            models.CheckConstraint(
                condition=Q(stance=Stance.AS_POSTED, ours__isnull=True, theirs__isnull=True, noticed_at__isnull=True)
                | Q(stance__in=[Stance.EDITED, Stance.VOIDED], theirs__isnull=False, noticed_at__isnull=False)
                | Q(stance=Stance.GONE, theirs__isnull=True, noticed_at__isnull=False),
                name="integrations_externallink_both_sides",
            ),
            TenantForeignKey(field="connection", name="integrations_externallink_connection_fk"),
            TenantForeignKey(field="document", name="integrations_externallink_document_fk"),
            models.UniqueConstraint(fields=["tenant", "connection", "document"], name="integrations_externallink_one"),
            models.UniqueConstraint(
                fields=["tenant", "connection", "external_kind", "external_id"],
                name="integrations_externallink_external_id",
            ),
        ]
        indexes = [
            # What somebody touched there: few among very many.
            models.Index(
                fields=["tenant", "noticed_at"],
                name="integrations_link_noticed",
                condition=Q(noticed_at__isnull=False),
            )
        ]

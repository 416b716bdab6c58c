"""Files of rows that are brought in: the file, how it is read, how far it was read, and which rows were refused."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from ledger.models.tenants import Entity, User
from ledger.tenancy.constraints import TenantForeignKey
from ledger.tenancy.models import TenantModel


class ImportKind(models.TextChoices):
    TRANSACTIONS = "transactions", "Card transactions"
    VENDORS = "vendors", "Vendors"


class ImportState(models.TextChoices):
    UPLOADED = "uploaded", "Columns to choose"
    READY = "ready", "Waiting for its turn"
    RUNNING = "running", "Being read"
    DONE = "done", "Done"
    STOPPED = "stopped", "Stopped"
    FAILED = "failed", "Broken off"


UNDER_WAY = [ImportState.READY.value, ImportState.RUNNING.value]


class Import(TenantModel):
    """One file. Its place moves in the transaction that records the rows before it: a kill loses and doubles none."""

    kind = models.CharField(max_length=20, choices=ImportKind.choices)
    state = models.CharField(max_length=10, choices=ImportState.choices, default=ImportState.UPLOADED)
    public_id = models.UUIDField(default=uuid.uuid4, editable=False)
    entity = models.ForeignKey(
        Entity, on_delete=models.PROTECT, null=True, related_name="+", db_constraint=False, db_index=False
    )
    file_name = models.CharField(max_length=255)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    is_stored = models.BooleanField(help_text="Whether any worker can go on; else only who has the file at hand.")
    person = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    by = models.CharField(max_length=200, help_text="Who brought it, in words.")

    layout = models.JSONField(help_text="ledger.imports.layouts.Layout")
    suggestion = models.JSONField(help_text="ledger.imports.suggestions.Suggestion")
    matching = models.JSONField(null=True, help_text="ledger.imports.matching.Matching, once it was chosen.")
    make_missing = models.BooleanField(default=False)
    sums = models.JSONField(default=dict, help_text="By currency and result: rows, and their sum in minor units.")
    made = models.JSONField(default=dict, help_text="Of what it named first: how many, and the first few. By word.")

    # Where the next row begins (ledger.imports.rows.Position).
    offset = models.BigIntegerField()
    line = models.BigIntegerField()
    rows = models.BigIntegerField(default=0)
    new = models.BigIntegerField(default=0)
    known = models.BigIntegerField(default=0)
    changed = models.BigIntegerField(default=0)
    refused = models.BigIntegerField(default=0)
    tries = models.PositiveSmallIntegerField(default=0, help_text="Since it last got on.")
    problem = models.CharField(max_length=500, blank=True, help_text="Why it ended before the file did.")

    uploaded_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    touched_at = models.DateTimeField(null=True, help_text="When it was last seen to move.")
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            *TenantModel.Meta.constraints,
            TenantForeignKey(field="entity", name="ledger_import_entity_fk"),
            models.UniqueConstraint(fields=["tenant", "public_id"], name="ledger_import_public_id"),
            models.CheckConstraint(condition=Q(kind__in=ImportKind.values), name="ledger_import_known_kind"),
            models.CheckConstraint(condition=Q(state__in=ImportState.values), name="ledger_import_known_state"),
            models.CheckConstraint(
                condition=Q(kind=ImportKind.VENDORS) | Q(entity__isnull=False), name="ledger_import_for_an_entity"
            ),
            models.CheckConstraint(
                condition=Q(state=ImportState.UPLOADED) | Q(matching__isnull=False), name="ledger_import_was_matched"
            ),
            models.CheckConstraint(
                condition=Q(rows=F("new") + F("known") + F("changed") + F("refused")),
                name="ledger_import_every_row_counted_once",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[ImportState.STOPPED, ImportState.FAILED]) ^ Q(problem=""),
                name="ledger_import_says_why",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "-id"], name="ledger_import_latest"),
            models.Index(fields=["tenant", "sha256"], name="ledger_import_same_file"),
            # Read by lookup.imports_with_work before a tenant is known.
            models.Index(
                fields=["touched_at"], name="ledger_import_under_way", condition=Q(state__in=UNDER_WAY, is_stored=True)
            ),
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def is_under_way(self) -> bool:
        return self.state in UNDER_WAY


class ImportChunk(TenantModel):
    """A piece of the file, for as long as it is needed: the web and the workers need not share a disk."""

    of = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="chunks", db_constraint=False, db_index=False)
    number = models.PositiveIntegerField()
    data = models.BinaryField()

    class Meta:
        constraints = [
            *TenantModel.Meta.constraints,
            TenantForeignKey(field="of", name="ledger_importchunk_of_fk"),
            models.UniqueConstraint(fields=["tenant", "of", "number"], name="ledger_importchunk_number"),
        ]


class ImportRefusal(TenantModel):
    """A row that was not taken, as it stood in the file, and every reason."""

    of = models.ForeignKey(
        Import, on_delete=models.CASCADE, related_name="refusals", db_constraint=False, db_index=False
    )
    line = models.BigIntegerField()
    cells = models.JSONField()
    sentences = ArrayField(models.TextField())
    causes = ArrayField(models.TextField(), help_text="The sentences without the row's own values, to be counted by.")
    row_id = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            *TenantModel.Meta.constraints,
            TenantForeignKey(field="of", name="ledger_importrefusal_of_fk"),
            models.UniqueConstraint(fields=["tenant", "of", "line"], name="ledger_importrefusal_once"),
        ]


class ImportSeen(TenantModel):
    """What one slice of a file without ids added to ledger.imports.identity.Occurrences, until the file is read."""

    of = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="seen", db_constraint=False, db_index=False)
    rows = models.BigIntegerField(help_text="How many rows had been read before.")
    packed = models.BinaryField()

    class Meta:
        constraints = [
            *TenantModel.Meta.constraints,
            TenantForeignKey(field="of", name="ledger_importseen_of_fk"),
            models.UniqueConstraint(fields=["tenant", "of", "rows"], name="ledger_importseen_once"),
        ]

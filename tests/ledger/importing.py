"""Somebody at Larkfield (or next door) who imports files, without pages: what the service is asked in their name."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from io import BytesIO
from typing import Any

from django.db import transaction

from ledger.imports.fields import Field
from ledger.imports.layouts import Layout
from ledger.imports.matching import Matching
from ledger.imports.refusals import refused_csv
from ledger.imports.suggestions import Suggestion
from ledger.models import CardTransaction, Import, ImportKind, ImportState, LedgerEvent, SourceDocument
from ledger.selectors.imports import causes, refused_rows
from ledger.services.imports import Session, begin_import, keep_choice, start
from ledger.tenancy.context import acting_for
from tests.cast import Tenant

HEADER = "id,date,merchant,amount,currency,card,category"

# Chosen by hand: where most values are wrong nothing is guessed.
CHOSEN: dict[Field, str | None] = {
    Field.EXTERNAL_ID: "id",
    Field.DATE: "date",
    Field.MERCHANT: "merchant",
    Field.AMOUNT: "amount",
    Field.CURRENCY: "currency",
    Field.CARD: "card",
    Field.CATEGORY: "category",
}


def lines(count: int, header: str = HEADER) -> str:
    """So many charges of ten dollars on Larkfield's card, without anything missing."""
    rows = [f"c-{number},2026-03-02,Staples,10.00,USD,card-4471,Software" for number in range(1, count + 1)]
    return "\n".join([header, *rows]) + "\n"


class Importer:
    def __init__(self, tenant: Tenant) -> None:
        self.tenant = tenant

    @contextmanager
    def open(self) -> Iterator[None]:
        with acting_for(self.tenant.id), transaction.atomic():
            yield

    def bring(self, file: str | bytes, kind: ImportKind = ImportKind.TRANSACTIONS, **more: Any) -> Import:
        raw = file.encode() if isinstance(file, str) else file
        with self.open():
            entity = self.tenant.entity if kind is ImportKind.TRANSACTIONS else None
            return begin_import(kind=kind, entity=entity, file=BytesIO(raw), name="cards.csv", by="Priya Raman", **more)

    def ready(self, file: str | bytes, *, make_missing: bool = False, **more: Any) -> Import:
        """Uploaded, with the columns as guessed but for `columns` and `matching`, and started."""
        columns, changes = more.pop("columns", {}), more.pop("matching", {})
        job = self.bring(file, **more)
        guessed = Suggestion.from_json(job.suggestion).matching
        chosen = {**guessed.columns, **self._places(job, columns)}
        matching = replace(
            guessed, columns={name: place for name, place in chosen.items() if place is not None}, **changes
        )
        with self.open():
            keep_choice(job, matching, make_missing=make_missing)
            assert start(job)
        return job

    def read(self, job: Import, slices: int | None = None) -> Import:
        """As a worker does; `slices` of it, or all."""
        with acting_for(self.tenant.id):
            session = Session(job.pk)
            assert session.begin()
            while slices is None or slices > 0:
                now = session.advance()
                if now is None or not now.is_under_way:
                    break
                slices = None if slices is None else slices - 1
        return self.now(job)

    def take(self, file: str | bytes, **more: Any) -> Import:
        return self.read(self.ready(file, **more))

    def now(self, job: Import) -> Import:
        with self.open():
            return Import.objects.select_related("entity").get(pk=job.pk)

    def matching(self, job: Import) -> Matching:
        return Matching.from_json(self.now(job).matching)

    def causes(self, job: Import) -> list[tuple[str, int, int]]:
        with self.open():
            return [(cause.sentence, cause.rows, cause.line) for cause in causes(job)]

    def refused_file(self, job: Import) -> str:
        with self.open():
            return b"".join(refused_csv(Layout.from_json(job.layout), refused_rows(job))).decode()

    def recorded(self) -> tuple[int, int, int]:
        with self.open():
            return SourceDocument.objects.count(), CardTransaction.objects.count(), LedgerEvent.objects.count()

    def transactions(self) -> list[CardTransaction]:
        with self.open():
            related = ("document", "card", "category", "department")
            return list(CardTransaction.objects.select_related(*related).order_by("document__external_id"))

    def _places(self, job: Import, columns: dict[Field, str | None]) -> dict[Field, int | None]:
        names = Layout.from_json(job.layout).columns
        return {field: None if name is None else names.index(name) for field, name in columns.items()}


def counts(job: Import) -> tuple[int, int, int, int]:
    return job.new, job.known, job.changed, job.refused


def ended_well(job: Import) -> bool:
    return job.state == ImportState.DONE and job.rows == sum(counts(job))


def external_ids(transactions: Sequence[CardTransaction]) -> list[str]:
    return [one.document.external_id for one in transactions]

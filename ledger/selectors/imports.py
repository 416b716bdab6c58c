"""What can be asked about imports."""

from collections.abc import Iterator

from django.db.models import Count, Func, Min, QuerySet, TextField

from ledger.imports.causes import Cause
from ledger.imports.refusals import RefusedRow
from ledger.models import Import, ImportRefusal


class Unnested(Func):
    function = "unnest"
    set_returning = True
    output_field = TextField()


def imports() -> QuerySet[Import]:
    """The latest first."""
    return Import.objects.select_related("entity").defer("layout", "suggestion", "matching").order_by("-id")


def causes(job: Import) -> list[Cause]:
    """The commonest first. A row with several reasons is counted for each."""
    found = (
        ImportRefusal.objects.filter(of=job.pk)
        .annotate(cause=Unnested("causes"))
        .values("cause")
        .annotate(rows=Count("pk"), first=Min("line"))
        .order_by("-rows", "first")
    )
    return [Cause(row["cause"], row["rows"], row["first"]) for row in found]


def refused_rows(job: Import, after: int = 0, most: int | None = None) -> Iterator[RefusedRow]:
    """In the order of the file, from the line after."""
    rows = ImportRefusal.objects.filter(of=job.pk, line__gt=after).order_by("line")[:most]
    for row in rows:
        yield RefusedRow(row.line, tuple(row.cells), tuple(row.sentences), row.row_id)

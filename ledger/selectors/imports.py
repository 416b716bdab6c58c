"""What can be asked about imports."""

from collections.abc import Iterator

from django.db.models import Count, Func, IntegerField, Min, QuerySet, TextField

from ledger.imports.causes import Cause, cause_of
from ledger.imports.refusals import RefusedRow
from ledger.models import Import, ImportRefusal

# Nobody reads more reasons than these.
MOST_EXAMPLES = 50


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
    rows = list(found)
    sentences = dict(_sentences(job, [row["first"] for row in rows[:MOST_EXAMPLES]]))
    return [
        Cause(row["cause"], row["rows"], row["first"], _example(row["cause"], sentences.get(row["first"], [])))
        for row in rows
    ]


def _sentences(job: Import, lines: list[int]) -> QuerySet[ImportRefusal, tuple[int, list[str]]]:
    return ImportRefusal.objects.filter(of=job.pk, line__in=lines).values_list("line", "sentences")


def _example(cause: str, sentences: list[str]) -> str:
    return next((sentence for sentence in sentences if cause_of(sentence) == cause), cause)


def refused_rows(job: Import, after: int = 0, most: int | None = None) -> Iterator[RefusedRow]:
    """In the order of the file, from the line after."""
    rows = ImportRefusal.objects.filter(of=job.pk, line__gt=after).order_by("line")[:most]
    for row in rows:
        yield RefusedRow(row.line, tuple(row.cells), tuple(row.sentences), row.row_id)


def has_wide_rows(job: Import, width: int) -> bool:
    """Whether a refused row has more cells than the header."""
    cells = Func("cells", function="jsonb_array_length", output_field=IntegerField())
    return ImportRefusal.objects.filter(of=job.pk).annotate(cells_in_it=cells).filter(cells_in_it__gt=width).exists()

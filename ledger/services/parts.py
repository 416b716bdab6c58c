"""The lines and tags of a document: from what came in to rows, and from rows back to what can be compared."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Prefetch, Q

from ledger.domain.bills import IncomingBill
from ledger.domain.lines import IncomingLine
from ledger.domain.transactions import IncomingTransaction
from ledger.models import DocumentLine, SourceDocument, Tag, TagUse
from ledger.services.names import Names

Told = IncomingTransaction | IncomingBill

# As plain lists: a manager and a query set for each row would take as long as all the rest.
STORED_LINES, STORED_USES = "stored_lines", "stored_tag_uses"
PARTS = (
    Prefetch("document__lines", to_attr=STORED_LINES),
    Prefetch("document__tag_uses", to_attr=STORED_USES),
)


@dataclass(frozen=True, slots=True)
class Part:
    """A line, or, without one, the whole: what of it is stored beside the transaction's own row."""

    minor: int
    category: int | None
    department: int | None
    memo: str
    tags: frozenset[int]


def parts_of(one: Told, names: Names) -> list[Part]:
    """The header's tags first, then the lines."""
    header = Part(0, None, None, "", frozenset(tag.pk for tag in names.tags_of(one.tags)))
    return [header, *(_part(line.money.minor, line, names) for line in one.lines)]


def stored_parts(document: SourceDocument) -> list[Part]:
    """The same of a document that was read with PARTS."""
    tags: dict[int | None, set[int]] = {}
    for use in getattr(document, STORED_USES):
        tags.setdefault(use.line_id, set()).add(use.tag_id)
    header = Part(0, None, None, "", frozenset(tags.get(None, ())))
    lines = sorted(getattr(document, STORED_LINES), key=lambda line: line.position)
    return [header, *(_stored_line(line, tags.get(line.pk, set())) for line in lines)]


def write_parts(wanted: Sequence[tuple[SourceDocument, Told]], names: Names) -> None:
    """Lines and tags of documents that have none yet."""
    lines = [line for document, one in wanted for line in _lines(document, one, names)]
    DocumentLine.objects.bulk_create(lines)
    of: dict[int, list[DocumentLine]] = {}
    for line in lines:
        of.setdefault(line.document_id, []).append(line)
    uses = [use for document, one in wanted for use in _uses(document, one, of.get(document.pk, []), names)]
    TagUse.objects.bulk_create(uses)


def _part(minor: int, given: IncomingLine, names: Names) -> Part:
    tags = frozenset(tag.pk for tag in names.tags_of(given.tags))
    category, department = names.categories.get(given.category), names.departments.get(given.department)
    return Part(minor, category.pk if category else None, department.pk if department else None, given.memo, tags)


def _stored_line(line: DocumentLine, tags: Iterable[int]) -> Part:
    return Part(line.amount_minor, line.category_id, line.department_id, line.memo, frozenset(tags))


def _lines(document: SourceDocument, one: Told, names: Names) -> list[DocumentLine]:
    return [
        DocumentLine(
            document=document,
            position=position,
            amount_minor=line.money.minor,
            category=names.categories.get(line.category),
            department=names.departments.get(line.department),
            memo=line.memo,
        )
        for position, line in enumerate(one.lines, start=1)
    ]


def _uses(document: SourceDocument, one: Told, lines: Sequence[DocumentLine], names: Names) -> list[TagUse]:
    uses = [_use(document, None, tag) for tag in names.tags_of(one.tags)]
    for line, given in zip(lines, one.lines, strict=True):
        uses += [_use(document, line, tag) for tag in names.tags_of(given.tags)]
    return uses


def _use(document: SourceDocument, line: DocumentLine | None, tag: Tag) -> TagUse:
    return TagUse(document=document, line=line, tag=tag, group_id=tag.group_id)


def remove_parts(*, tags_of: Sequence[int], lines_of: Sequence[int]) -> None:
    """The tags of these whole documents, and the lines of those with their tags."""
    of_lines = Q(document__in=lines_of, line__isnull=False)
    TagUse.objects.filter(Q(document__in=tags_of, line__isnull=True) | of_lines).delete()
    DocumentLine.objects.filter(document__in=lines_of).delete()

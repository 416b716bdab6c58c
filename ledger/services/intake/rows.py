"""From what came in to rows, and from rows back to what can be compared with what comes next."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch

from ledger.domain.transactions import IncomingLine, IncomingTransaction, posting_day
from ledger.models import CardTransaction, SourceDocument, SplitLine, Tag, TagUse
from ledger.services.intake.names import Names

# What of a document may change after it was recorded; a change of any of them is a new revision.
DOCUMENT_FIELDS = ["stage", "amount_minor", "currency", "dated"]
TRANSACTION_FIELDS = [
    *("card", "merchant_name", "merchant_category_code", "merchant_city", "merchant_country"),
    *("authorised_at", "cleared_at", "original_minor", "original_currency", "refund_of_external_id", "bank_account"),
    *("vendor", "category", "department", "memo", "custom", "approved_by", "approved_at"),
]
# Where the column has another name than what is told.
COLUMNS = {"original": ("original_minor", "original_currency"), "refund_of": ("refund_of_external_id",)}
# As plain lists: a manager and a query set for each row would take as long as all the rest.
STORED_LINES, STORED_USES = "stored_lines", "stored_tag_uses"
PARTS = (Prefetch("lines", to_attr=STORED_LINES), Prefetch("tag_uses", to_attr=STORED_USES))


@dataclass(frozen=True, slots=True)
class Part:
    """A line, or, without one, the whole: what of it is stored beside the transaction's own row."""

    minor: int
    category: int | None
    department: int | None
    memo: str
    tags: frozenset[int]


def new_document(one: IncomingTransaction, names: Names) -> SourceDocument:
    card = names.cards[one.card]
    return SourceDocument(
        entity_id=card.entity_id, kind=one.kind, external_id=one.external_id, **document_values(one, names)
    )


def document_values(one: IncomingTransaction, names: Names) -> dict[str, Any]:
    return {
        "stage": one.stage,
        "amount_minor": one.money.minor,
        "currency": one.money.currency,
        "dated": posting_day(one.moment, names.cards[one.card].entity.time_zone),
    }


def transaction_values(one: IncomingTransaction, names: Names) -> dict[str, Any]:
    return {
        "card": names.cards[one.card],
        "merchant_name": one.merchant_name,
        "merchant_category_code": one.merchant_category_code,
        "merchant_city": one.merchant_city,
        "merchant_country": one.merchant_country,
        "authorised_at": one.authorised_at,
        "cleared_at": one.cleared_at,
        "original_minor": one.original.minor if one.original else None,
        "original_currency": one.original.currency if one.original else "",
        "refund_of_external_id": one.refund_of,
        "bank_account": names.bank_accounts.get(one.bank_account),
        "vendor": names.vendor(one.vendor),
        "category": names.categories.get(one.category),
        "department": names.departments.get(one.department),
        "memo": one.memo,
        "custom": dict(one.custom),
        "approved_by": one.approved_by,
        "approved_at": one.approved_at,
    }


def columns_of(name: str) -> tuple[str, ...]:
    return COLUMNS.get(name, (name,))


def parts_of(one: IncomingTransaction, names: Names) -> list[Part]:
    """The header's tags first, then the lines."""
    return [_part(None, one, names), *(_part(line.money.minor, line, names) for line in one.lines)]


def stored_parts(row: CardTransaction) -> list[Part]:
    """The same of a row that was read with its PARTS."""
    tags: dict[int | None, set[int]] = {}
    for use in getattr(row, STORED_USES):
        tags.setdefault(use.line_id, set()).add(use.tag_id)
    header = Part(0, None, None, "", frozenset(tags.get(None, ())))
    lines = sorted(getattr(row, STORED_LINES), key=lambda line: line.position)
    return [header, *(_stored_line(line, tags.get(line.pk, set())) for line in lines)]


def write_parts(wanted: Sequence[tuple[CardTransaction, IncomingTransaction]], names: Names) -> None:
    """Lines and tags of transactions that have none yet."""
    lines = [line for row, one in wanted for line in _lines(row, one, names)]
    SplitLine.objects.bulk_create(lines)
    of: dict[int, list[SplitLine]] = {}
    for line in lines:
        of.setdefault(line.transaction_id, []).append(line)
    uses = [use for row, one in wanted for use in _uses(row, one, of.get(row.pk, []), names)]
    TagUse.objects.bulk_create(uses)


def _part(minor: int | None, given: IncomingTransaction | IncomingLine, names: Names) -> Part:
    tags = frozenset(tag.pk for tag in names.tags_of(given.tags))
    if minor is None:
        return Part(0, None, None, "", tags)
    category, department = names.categories.get(given.category), names.departments.get(given.department)
    return Part(minor, category.pk if category else None, department.pk if department else None, given.memo, tags)


def _stored_line(line: SplitLine, tags: Iterable[int]) -> Part:
    return Part(line.amount_minor, line.category_id, line.department_id, line.memo, frozenset(tags))


def _lines(row: CardTransaction, one: IncomingTransaction, names: Names) -> list[SplitLine]:
    return [
        SplitLine(
            transaction=row,
            position=position,
            amount_minor=line.money.minor,
            category=names.categories.get(line.category),
            department=names.departments.get(line.department),
            memo=line.memo,
        )
        for position, line in enumerate(one.lines, start=1)
    ]


def _uses(row: CardTransaction, one: IncomingTransaction, lines: Sequence[SplitLine], names: Names) -> list[TagUse]:
    uses = [_use(row, None, tag) for tag in names.tags_of(one.tags)]
    for line, given in zip(lines, one.lines, strict=True):
        uses += [_use(row, line, tag) for tag in names.tags_of(given.tags)]
    return uses


def _use(row: CardTransaction, line: SplitLine | None, tag: Tag) -> TagUse:
    return TagUse(transaction=row, line=line, tag=tag, group_id=tag.group_id)

"""A row of the ledger as the values that rules and planner read."""

from collections.abc import Iterable

from integrations.mapping.rules import Approval, LineFacts, Term, TransactionFacts
from integrations.sync.marks import mark_of
from ledger.domain.money import Money
from ledger.domain.transactions import DocumentKind, Stage, posting_day
from ledger.models import BankAccount, CardTransaction, Category, Department, SplitLine, TagUse, Vendor


def facts_of(row: CardTransaction) -> TransactionFacts:
    """Of a row whose parts were prefetched (ledger.selectors.transactions.with_parts)."""
    document = row.document
    return TransactionFacts(
        document_id=document.pk,
        revision=document.revision,
        mark=mark_of(document.public_id),
        kind=DocumentKind(document.kind),
        stage=Stage(document.stage),
        dated=document.dated,
        money=Money(document.amount_minor, document.currency),
        merchant=row.merchant_name,
        card=Term(row.card_id, str(row.card)),
        holder=row.card.holder,
        lines=lines_of(row),
        vendor=_term(row.vendor),
        bank_account=_term(row.bank_account),
        original=None if row.original_minor is None else Money(row.original_minor, row.original_currency),
        refund_of=mark_of(row.refund_of.document.public_id) if row.refund_of else "",
        approval=_approval(row) if row.approved_by else None,
    )


def _approval(row: CardTransaction) -> Approval:
    at = row.approved_at
    return Approval(row.approved_by, posting_day(at, row.document.entity.time_zone) if at else None)


def lines_of(row: CardTransaction) -> tuple[LineFacts, ...]:
    """What was not split is one line. A line without a category, department or tags of its own has those of the whole;
    a refund without a category has that of its charge."""
    uses = list(row.tag_uses.all())
    whole = _tags(use for use in uses if use.line_id is None)
    category = row.category or (row.refund_of.category if row.refund_of else None)
    header = LineFacts(
        Money(row.document.amount_minor, row.document.currency),
        _term(category),
        _term(row.department),
        tuple(whole.values()),
        row.memo,
    )
    lines = [
        _line(line, header, whole | _tags(use for use in uses if use.line_id == line.pk)) for line in row.lines.all()
    ]
    return tuple(lines) or (header,)


def _line(line: SplitLine, header: LineFacts, tags: dict[int, Term]) -> LineFacts:
    return LineFacts(
        Money(line.amount_minor, header.money.currency),
        _term(line.category) or header.category,
        _term(line.department) or header.department,
        tuple(tags.values()),
        line.memo or header.memo,
    )


def _tags(uses: Iterable[TagUse]) -> dict[int, Term]:
    """By group: the line's own tag stands over the whole's."""
    return {use.group_id: Term(use.tag_id, use.tag.name) for use in uses}


def _term(row: Category | Department | Vendor | BankAccount | None) -> Term | None:
    return Term(row.pk, row.name) if row else None

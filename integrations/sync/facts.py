"""Rows of the ledger as the values that rules and planner read."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from integrations.mapping.facts import (
    Approval,
    Asked,
    BillFacts,
    Facts,
    LineFacts,
    PaymentFacts,
    Settled,
    Term,
    TransactionFacts,
)
from integrations.sync.marks import mark_of
from ledger.domain.approvals import Standing
from ledger.domain.documents import DocumentKind, Stage, posting_day
from ledger.domain.money import Money
from ledger.models import (
    BankAccount,
    Bill,
    BillPayment,
    CardTransaction,
    Category,
    Department,
    DocumentLine,
    SourceDocument,
    TagUse,
    Vendor,
)
from ledger.selectors.approvals import NOT_ASKED, Approved, approved
from ledger.selectors.bills import bill_name, bills_with_parts, paid_bills, payments_with_parts
from ledger.selectors.transactions import by_document
from ledger.words import listed


def facts_of(documents: Sequence[int]) -> dict[int, Facts]:
    """By document, of any kind; a few statements for each kind that there is among them."""
    told: dict[int, Facts] = {}
    said = approved(documents)
    told |= {
        document: _of_transaction(row, said.get(document, NOT_ASKED))
        for document, row in by_document(documents).items()
    }
    if others := [document for document in documents if document not in told]:
        paid = paid_bills(others)
        bills = bills_with_parts().filter(document__in=others)
        told |= {row.document_id: _of_bill(row, said.get(row.document_id, NOT_ASKED), paid) for row in bills}
        told |= {row.document_id: _of_payment(row) for row in payments_with_parts().filter(document__in=others)}
    return told


def _of_transaction(row: CardTransaction, said: Approved) -> TransactionFacts:
    return TransactionFacts(
        **_common(row.document),
        merchant=row.merchant_name,
        card=Term(row.card_id, str(row.card)),
        holder=row.card.holder,
        lines=_lines(row.document, _whole(row)),
        vendor=_term(row.vendor),
        bank_account=_term(row.bank_account),
        original=None if row.original_minor is None else Money(row.original_minor, row.original_currency),
        refund_of=mark_of(row.refund_of.document.public_id) if row.refund_of else "",
        approval=_approval(row, said),
        asked=_asked(said),
    )


def _of_bill(row: Bill, said: Approved, paid: Collection[int]) -> BillFacts:
    return BillFacts(
        **_common(row.document),
        vendor=Term(row.vendor_id, row.vendor.name),
        number=row.number,
        due_on=row.due_on,
        memo=row.memo,
        lines=_lines(row.document, LineFacts(_money(row.document))),
        paid=row.document_id in paid,
        approval=_approval(row, said),
        asked=_asked(said),
    )


def _of_payment(row: BillPayment) -> PaymentFacts:
    currency = row.document.currency
    return PaymentFacts(
        **_common(row.document),
        vendor=Term(row.vendor_id, row.vendor.name),
        settles=tuple(
            Settled(part.bill.document_id, bill_name(part.bill), Money(part.amount_minor, currency))
            for part in row.settlements.all()
        ),
        bank_account=_term(row.bank_account),
        card=Term(row.card.pk, str(row.card)) if row.card else None,
        number=row.number,
        memo=row.memo,
    )


def _common(document: SourceDocument) -> dict[str, Any]:
    return {
        "document_id": document.pk,
        "revision": document.revision,
        "mark": mark_of(document.public_id),
        "kind": DocumentKind(document.kind),
        "stage": Stage(document.stage),
        "dated": document.dated,
        "money": _money(document),
    }


def _money(document: SourceDocument) -> Money:
    return Money(document.amount_minor, document.currency)


def _approval(row: CardTransaction | Bill, said: Approved) -> Approval | None:
    """Who was asked here and said yes, or, where nobody was, whom the sender names."""
    by, at = (listed(list(said.said_by)), said.said_at) if said.standing is Standing.APPROVED else _told(row)
    if not by:
        return None
    return Approval(by, posting_day(at, row.document.entity.time_zone) if at else None)


def _told(row: CardTransaction | Bill) -> tuple[str, datetime | None]:
    return row.approved_by, row.approved_at


def _asked(said: Approved) -> Asked:
    if said.standing is Standing.DECLINED:
        return Asked(said.standing, f"{said.said_by[0]}: {said.note}" if said.note else f"{said.said_by[0]}.")
    return Asked(said.standing, said.waits_for)


def _whole(row: CardTransaction) -> LineFacts:
    """What the lines of a transaction have by default; a refund without a category has that of its charge."""
    category = row.category or (row.refund_of.category if row.refund_of else None)
    return LineFacts(_money(row.document), _term(category), _term(row.department), (), row.memo)


def _lines(document: SourceDocument, whole: LineFacts) -> tuple[LineFacts, ...]:
    """What was not split is one line. A line without a category, department or tags of its own has those of the
    whole."""
    uses = list(document.tag_uses.all())
    tags = _tags(use for use in uses if use.line_id is None)
    lines = [
        _line(line, whole, tags | _tags(use for use in uses if use.line_id == line.pk)) for line in document.lines.all()
    ]
    return tuple(lines) or (replace(whole, tags=tuple(tags.values())),)


def _line(line: DocumentLine, whole: LineFacts, tags: dict[int, Term]) -> LineFacts:
    return LineFacts(
        Money(line.amount_minor, whole.money.currency),
        _term(line.category) or whole.category,
        _term(line.department) or whole.department,
        tuple(tags.values()),
        line.memo or whole.memo,
    )


def _tags(uses: Iterable[TagUse]) -> dict[int, Term]:
    """By group: the line's own tag stands over the whole's."""
    return {use.group_id: Term(use.tag_id, use.tag.name) for use in uses}


def _term(row: Category | Department | Vendor | BankAccount | None) -> Term | None:
    return Term(row.pk, row.name) if row else None

"""What is on record, as it would come in to say just that: where one value of it shall be another."""

from ledger.domain.bills import IncomingBill, IncomingPayment, IncomingSettlement
from ledger.domain.documents import DocumentKind, Stage
from ledger.domain.lines import IncomingLine
from ledger.domain.money import Money
from ledger.models import Bill, BillPayment


def bill_as_told(row: Bill) -> IncomingBill:
    """Of a row with its parts (ledger.selectors.bills)."""
    document = row.document
    return IncomingBill(
        external_id=document.external_id,
        entity=document.entity.name,
        vendor=row.vendor.name,
        money=Money(document.amount_minor, document.currency),
        dated=document.dated,
        lines=_lines(row),
        kind=DocumentKind(document.kind),
        stage=Stage(document.stage),
        due_on=row.due_on,
        number=row.number,
        terms=row.terms,
        memo=row.memo,
        custom=row.custom,
        approved_by=row.approved_by,
        approved_at=row.approved_at,
    )


def _lines(row: Bill) -> tuple[IncomingLine, ...]:
    uses = list(row.document.tag_uses.all())
    return tuple(
        IncomingLine(
            Money(line.amount_minor, row.document.currency),
            line.category.name if line.category else "",
            line.department.name if line.department else "",
            line.memo,
            {use.group.name: use.tag.name for use in uses if use.line_id == line.pk},
        )
        for line in row.document.lines.all()
    )


def payment_as_told(row: BillPayment) -> IncomingPayment:
    """Of a row with its parts (ledger.selectors.bills)."""
    document = row.document
    return IncomingPayment(
        external_id=document.external_id,
        dated=document.dated,
        settles=tuple(
            IncomingSettlement(part.bill.document.external_id, Money(part.amount_minor, document.currency))
            for part in row.settlements.all()
        ),
        stage=Stage(document.stage),
        bank_account=row.bank_account.external_id if row.bank_account else "",
        card=row.card.external_id if row.card else "",
        number=row.number,
        memo=row.memo,
    )

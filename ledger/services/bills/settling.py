"""What a payment may settle: how much of each bill is open, and what stands against it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils import timezone

from ledger.domain.bills import IncomingPayment, Problem, impossible_payment
from ledger.domain.documents import DocumentKind, Stage
from ledger.domain.money import Money
from ledger.models import BankAccount, Bill, BillPayment, Card
from ledger.models.bills import settled_of
from ledger.models.documents import BILL_KINDS
from ledger.services.names import bank_accounts_named, cards_named
from ledger.words import money_text


@dataclass(slots=True)
class Known:
    """What a list of payments is about. `open` is how much of each bill is not settled yet, in its own sign; it falls
    while the list is taken in."""

    bills: dict[str, Bill]
    open: dict[str, int]
    payments: dict[str, BillPayment]
    bank_accounts: dict[str, BankAccount]
    cards: dict[str, Card]

    def reopen(self, row: BillPayment | None, sign: int = 1) -> None:
        """What a known payment settles is open to what it is told to be instead."""
        if row is None or row.document.stage == Stage.REVERSED:
            return
        for part in row.settlements.all():
            name = part.bill.document.external_id
            if name in self.open:
                self.open[name] += sign * part.amount_minor

    def settle_again(self, row: BillPayment | None) -> None:
        self.reopen(row, -1)

    def take(self, one: IncomingPayment) -> None:
        if one.stage is not Stage.REVERSED:
            for part in one.settles:
                self.open[part.bill] -= part.money.minor


def read(incoming: Sequence[IncomingPayment]) -> Known:
    names = {one.external_id for one in incoming}
    rows = BillPayment.objects.filter(document__external_id__in=names, document__kind=DocumentKind.BILL_PAYMENT)
    rows = rows.select_related("document", "vendor", "bank_account", "card")
    wanted = {part.bill for one in incoming for part in one.settles}
    told = Bill.objects.filter(document__external_id__in=wanted, document__kind__in=BILL_KINDS)
    bills = {bill.document.external_id: bill for bill in told.select_related("document__entity", "vendor")}
    settled = settled_of([bill.pk for bill in bills.values()])
    return Known(
        bills=bills,
        open={name: bill.document.amount_minor - settled.get(bill.pk, 0) for name, bill in bills.items()},
        payments={row.document.external_id: row for row in rows.prefetch_related("settlements__bill__document")},
        bank_accounts=bank_accounts_named(one.bank_account for one in incoming),
        cards=cards_named(one.card for one in incoming),
    )


def problems(one: IncomingPayment, row: BillPayment | None, known: Known) -> Iterator[Problem]:
    yield from impossible_payment(one, timezone.now().date())
    if one.stage is Stage.REVERSED and row is None:
        yield "stage", "Only a payment that is on record can be made void."
    if row is not None:
        yield from _forbidden_change(one, row)
    if one.bank_account and one.bank_account not in known.bank_accounts:
        yield "bank_account", f"There is no bank account “{one.bank_account}”."
    if one.card and one.card not in known.cards:
        yield "card", f"There is no card “{one.card}”."
    unknown = [part.bill for part in one.settles if part.bill not in known.bills]
    for name in unknown:
        yield "bills", f"There is no bill “{name}”."
    if one.settles and not unknown:
        yield from _impossible_bills(one, [known.bills[part.bill] for part in one.settles], known)


def _forbidden_change(one: IncomingPayment, row: BillPayment) -> Iterator[Problem]:
    if row.document.stage == Stage.REVERSED and one.stage is not Stage.REVERSED:
        yield "stage", "It is void. What comes after it has an external_id of its own."
    if row.document.stage == Stage.CLEARED and one.stage is Stage.PENDING:
        yield "stage", "It was made; it is not scheduled any more."


def _impossible_bills(one: IncomingPayment, bills: Sequence[Bill], known: Known) -> Iterator[Problem]:
    if len({bill.vendor_id for bill in bills}) > 1:
        yield "bills", "A payment settles bills of one vendor."
    if len({bill.document.entity_id for bill in bills}) > 1:
        yield "bills", "A payment settles bills of one entity."
    entity = bills[0].document.entity
    sources = [known.bank_accounts.get(one.bank_account), known.cards.get(one.card)]
    if any(source is not None and source.entity_id != entity.pk for source in sources):
        yield "card" if one.card else "bank_account", f"It belongs to another entity than {entity.name}."
    if one.stage is not Stage.REVERSED:
        for part, bill in zip(one.settles, bills, strict=True):
            if sentence := _impossible_part(part.money, bill, known.open[part.bill]):
                yield "bills", sentence


def _impossible_part(money: Money, bill: Bill, rest: int) -> str:
    document = bill.document
    name = f"Bill “{document.external_id}”" if document.amount_minor > 0 else f"Credit “{document.external_id}”"
    if document.stage != Stage.CLEARED:
        return f"{name} is {'a draft' if document.stage == Stage.PENDING else 'void'}; nothing can settle it."
    if money.currency != document.currency:
        return f"{name} is in {document.currency}."
    if money.minor * document.amount_minor <= 0:
        return f"{name} takes {'more' if document.amount_minor > 0 else 'less'} than nothing."
    if abs(money.minor) > abs(rest):
        left = money_text(Money(abs(rest), document.currency))
        return f"{name} is open with {left}, less than {money_text(Money(abs(money.minor), money.currency))}."
    return ""

"""Bills and payments as they come in, for tests without a database."""

from dataclasses import replace

from ledger.domain.bills import IncomingBill, IncomingPayment, IncomingSettlement
from ledger.domain.documents import DocumentKind
from ledger.domain.lines import IncomingLine
from ledger.domain.money import Money, parse_amount
from tests.payables import DAY, DUE


def bill(amount: str = "10.00", kind: DocumentKind = DocumentKind.BILL) -> IncomingBill:
    money = parse_amount(amount, "USD")
    money = replace(money, minor=kind.sign * money.minor)
    due = None if kind is DocumentKind.VENDOR_CREDIT else DUE
    lines = (IncomingLine(money),)
    return IncomingBill("b-1", "Larkfield Inc.", "Staples", money, DAY, lines, kind=kind, due_on=due)


def payment(parts: dict[str, str]) -> IncomingPayment:
    return IncomingPayment("p-1", DUE, tuple(IncomingSettlement(name, _money(text)) for name, text in parts.items()))


def _money(text: str) -> Money:
    money = parse_amount(text.removeprefix("-"), "USD")
    return Money(-money.minor, "USD") if text.startswith("-") else money

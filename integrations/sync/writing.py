"""The document that the books shall show for a source document: from facts and coding to neutral values. Pure."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from integrations.mapping.coding import Account, CodedLine, Coding
from integrations.mapping.facts import BillFacts, Facts, PaymentFacts, TransactionFacts
from integrations.mapping.periods import Day
from integrations.mapping.rates import Rate
from integrations.providers.documents import (
    CardCharge,
    DimensionValue,
    Document,
    Line,
    Part,
    Posted,
    Transfer,
    VendorBill,
    VendorPayment,
)
from ledger.domain.documents import DocumentKind
from ledger.domain.money import Money

BillsThere = Mapping[int, Posted]
"""What stands in the books of the bills that a payment settles, by document."""


@dataclass(frozen=True, slots=True)
class Placed:
    """On which day, and at which rate where its currency is not that of the books."""

    day: Day
    rate: Rate | None = None


def written(facts: Facts, coding: Coding, placed: Placed, bills: BillsThere) -> Document:
    match facts:
        case BillFacts():
            return _bill(facts, coding, placed)
        case PaymentFacts():
            return _payment(facts, coding, placed, bills)
        case _ if facts.kind is DocumentKind.PAYMENT:
            return _transfer(facts, coding, placed)
        case _:
            return _card_charge(facts, coding, placed)


def fingerprint(document: Document) -> str:
    """The same for the same document, different as soon as any value differs."""
    return hashlib.sha256(repr(document).encode()).hexdigest()


def _card_charge(facts: TransactionFacts, coding: Coding, placed: Placed) -> CardCharge:
    return CardCharge(
        mark=facts.mark,
        dated=placed.day.on,
        money=_above_zero(facts.money),
        card_account=coding.paid_from.external_id,
        vendor=coding.vendor.external_id if coding.vendor else "",
        note=_note(facts, placed),
        lines=tuple(_line(facts, line) for line in coding.lines),
        credit=facts.kind.sign < 0,
        dimensions=_values(coding.header),
        rate=_rate(placed),
    )


def _transfer(facts: TransactionFacts, coding: Coding, placed: Placed) -> Transfer:
    return Transfer(
        mark=facts.mark,
        dated=placed.day.on,
        money=_above_zero(facts.money),
        from_account=coding.paid_from.external_id,
        to_account=coding.lines[0].account.external_id,
        note=_note(facts, placed),
        rate=_rate(placed),
    )


def _bill(facts: BillFacts, coding: Coding, placed: Placed) -> VendorBill:
    return VendorBill(
        mark=facts.mark,
        dated=placed.day.on,
        money=_above_zero(facts.money),
        vendor=coding.vendor.external_id if coding.vendor else "",
        number=facts.number,
        note=_note(facts, placed),
        lines=tuple(_bill_line(facts, line) for line in coding.lines),
        credit=facts.kind is DocumentKind.VENDOR_CREDIT,
        due_on=None if facts.kind is DocumentKind.VENDOR_CREDIT else facts.due_on or placed.day.on,
        payables=coding.paid_from.external_id,
        dimensions=_values(coding.header),
        rate=_rate(placed),
    )


def _payment(facts: PaymentFacts, coding: Coding, placed: Placed, bills: BillsThere) -> VendorPayment:
    return VendorPayment(
        mark=facts.mark,
        dated=placed.day.on,
        money=_above_zero(facts.money),
        vendor=coding.vendor.external_id if coding.vendor else "",
        paid_from=coding.paid_from.external_id,
        number=facts.number,
        note=_note(facts, placed),
        parts=tuple(Part(bills[part.document_id].thing, _above_zero(part.money).amount) for part in facts.settles),
        by_card=facts.card is not None,
        payables=coding.lines[0].account.external_id,
        rate=_rate(placed),
    )


def _rate(placed: Placed) -> Decimal | None:
    return placed.rate.value if placed.rate else None


def _line(facts: TransactionFacts, line: CodedLine) -> Line:
    memo = line.facts.memo
    description = f"{facts.merchant}: {memo}" if memo else facts.merchant
    amount = _above_zero(line.facts.money).amount
    return Line(line.account.external_id, amount, description, _values(line.values))


def _bill_line(facts: BillFacts, line: CodedLine) -> Line:
    description = line.facts.memo or facts.memo
    return Line(line.account.external_id, _above_zero(line.facts.money).amount, description, _values(line.values))


def _values(chosen: dict[str, Account]) -> tuple[DimensionValue, ...]:
    return tuple(DimensionValue(key, value.external_id) for key, value in sorted(chosen.items()))


def _above_zero(money: Money) -> Money:
    return replace(money, minor=abs(money.minor))


def _note(facts: Facts, placed: Placed) -> str:
    return " ".join(_note_sentences(facts, placed))


def _note_sentences(facts: Facts, placed: Placed) -> Iterator[str]:
    yield from _origin(facts)
    if facts.approval:
        on = f" on {facts.approval.on:%-d %b %Y}" if facts.approval.on else ""
        yield f"Approved by {facts.approval.by}{on}."
    if isinstance(facts, TransactionFacts):
        yield from _of_the_card(facts)
    if placed.day.own:
        yield placed.day.sentence


def _origin(facts: Facts) -> Iterator[str]:
    match facts:
        case TransactionFacts():
            yield f"Flex card {facts.card.name}, {facts.holder}." if facts.holder else f"Flex card {facts.card.name}."
        case BillFacts() | PaymentFacts():
            yield f"Flex {facts.kind.word}."
            if facts.memo:
                yield facts.memo


def _of_the_card(facts: TransactionFacts) -> Iterator[str]:
    if facts.refund_of:
        yield f"Refund of {facts.refund_of}."
    if facts.original:
        yield f"Paid as {_above_zero(facts.original)}."


def signed(document: Document, facts: Facts) -> Document:
    """With mark and revision at the end of the note, by which a look-up tells what stands there.

    They are no part of the fingerprint: a revision that changes nothing the books would show is not sent.
    """
    sign = facts.mark if facts.revision == 1 else f"{facts.mark}/{facts.revision}"
    return replace(document, note=f"{document.note} {sign}")

"""Where a card transaction goes: on which account the card owes, to which one each line is booked. Pure."""

from integrations.mapping.coding import Choices, Found, Mapping, Vendor, version_of
from integrations.mapping.expenses import by_category, of_category
from integrations.mapping.facts import LineFacts, TransactionFacts
from integrations.mapping.reasons import Reason, ReasonCode
from integrations.mapping.slots import MappingSlot
from integrations.mapping.sources import bank_account, card_account
from integrations.mapping.vendors import vendor_of
from ledger.domain.documents import DocumentKind


def choose(facts: TransactionFacts, mapping: Mapping) -> Choices:
    owed = card_account(facts.card, mapping)
    return Choices(
        paid_from=_paid_from(facts, mapping),
        lines=[(line, *_account_of(facts, line, mapping)) for line in facts.lines],
        vendor=_vendor(facts, mapping),
        owed=owed[0],
    )


def _vendor(facts: TransactionFacts, mapping: Mapping) -> tuple[Vendor | None, str]:
    if facts.kind not in (DocumentKind.CHARGE, DocumentKind.REFUND):
        return None, f"A {facts.kind.word} has no vendor."
    vendor, why = vendor_of(facts, mapping)
    return (vendor, why) if vendor else (None, f"{why.removesuffix('.')}; the merchant stands in the description.")


def _paid_from(facts: TransactionFacts, mapping: Mapping) -> Found:
    if facts.kind is DocumentKind.PAYMENT:
        return bank_account(facts.bank_account, "statement payments", mapping)
    return card_account(facts.card, mapping)


def _account_of(facts: TransactionFacts, line: LineFacts, mapping: Mapping) -> Found:
    if facts.kind is DocumentKind.PAYMENT:
        return card_account(facts.card, mapping)
    if found := of_category(line, mapping):
        return found
    if facts.kind is DocumentKind.CASHBACK:
        account = mapping.account(MappingSlot.CASHBACK)
        why = f"Cashback goes there ({version_of(mapping)})."
        return (account, why) if account else (Reason(ReasonCode.NO_ACCOUNT_FOR_CASHBACK), "")
    if facts.kind is DocumentKind.FEE:
        account = mapping.account(MappingSlot.FEES)
        why = f"Card fees go there ({version_of(mapping)})."
        return (account, why) if account else (Reason(ReasonCode.NO_ACCOUNT_FOR_FEES), "")
    return by_category(line, mapping)

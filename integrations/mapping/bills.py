"""Where bills, reimbursements and vendors' credits go, and the payments that settle them. Pure."""

from integrations.mapping.coding import Account, Choices, Found, Mapping, version_of
from integrations.mapping.expenses import by_category
from integrations.mapping.facts import BillFacts, LineFacts, PaymentFacts
from integrations.mapping.reasons import Reason, ReasonCode
from integrations.mapping.slots import MappingSlot
from integrations.mapping.sources import bank_account, card_account
from integrations.mapping.vendors import vendor_name, vendor_of

# Every platform has one of its own, which it takes where none is named.
PAYABLES = Account("", "Accounts payable", active=True)


def choose(facts: BillFacts, mapping: Mapping) -> Choices:
    payables = _payables(facts, mapping)
    vendor = vendor_of(facts, mapping)
    return Choices(
        paid_from=payables,
        lines=[(line, *by_category(line, mapping)) for line in facts.lines],
        vendor=vendor,
        owed=payables[0],
        lacking=() if vendor[0] else (_nobody(facts),),
    )


def choose_for_payment(facts: PaymentFacts, mapping: Mapping) -> Choices:
    """The bills that it settles say who is paid; it is never a reason to make a vendor."""
    payables, why = _payables(facts, mapping)
    paid_from = _paid_from(facts, mapping)
    vendor = vendor_of(facts, mapping)
    return Choices(
        paid_from=paid_from,
        lines=[(LineFacts(facts.money), payables, why)],
        vendor=vendor,
        owed=payables,
        lacking=() if vendor[0] else (_nobody(facts),),
    )


def _nobody(facts: BillFacts | PaymentFacts) -> Reason:
    return Reason(ReasonCode.NO_VENDOR, vendor_name(facts) or "an empty name")


def _payables(facts: BillFacts | PaymentFacts, mapping: Mapping) -> Found:
    if account := mapping.account(MappingSlot.PAYABLES):
        return account, f"Bills of this entity are owed there ({version_of(mapping)})."
    foreign = facts.money.currency if facts.money.currency != mapping.home_currency else ""
    own = Account(PAYABLES.external_id, PAYABLES.label, active=True, currency=foreign)
    return own, "No account is chosen for it, so the books take their own."


def _paid_from(facts: PaymentFacts, mapping: Mapping) -> Found:
    if facts.card:
        return card_account(facts.card, mapping)
    return bank_account(facts.bank_account, "bill payments", mapping)

"""From where money goes: the account that a card owes on, the bank account. Pure."""

from integrations.mapping.coding import Found, Mapping, version_of
from integrations.mapping.facts import Term
from integrations.mapping.reasons import Reason, ReasonCode
from integrations.mapping.slots import MappingSlot


def card_account(card: Term, mapping: Mapping) -> Found:
    if account := mapping.account(MappingSlot.CARD, card):
        return account, f"Card {card.name} is mapped to it ({version_of(mapping)})."
    if account := mapping.account(MappingSlot.CARD_ACCOUNT):
        return account, f"Every card of this entity posts there ({version_of(mapping)})."
    return Reason(ReasonCode.NO_CARD_ACCOUNT, "the cards"), ""


def bank_account(bank: Term | None, payments: str, mapping: Mapping) -> Found:
    """`payments` names what is paid from it, in words."""
    if bank and (account := mapping.account(MappingSlot.BANK_ACCOUNT, bank)):
        return account, f"Bank account {bank.name} is mapped to it ({version_of(mapping)})."
    if account := mapping.account(MappingSlot.BANK):
        return account, f"Payments are made from it ({version_of(mapping)})."
    return Reason(ReasonCode.NO_BANK_ACCOUNT, payments), ""

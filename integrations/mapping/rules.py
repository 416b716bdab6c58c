"""Facts of a charge and the mapping in force give a coding, or every missing piece at once. Pure."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from integrations.mapping.reasons import Reason, ReasonCode
from ledger.domain.money import Money


@dataclass(frozen=True, slots=True)
class Account:
    """An account of the books as the mapping sees it."""

    external_id: str
    label: str
    active: bool


@dataclass(frozen=True, slots=True)
class Vendor:
    external_id: str
    name: str


@dataclass(frozen=True, slots=True)
class ChargeFacts:
    """What a rule may ask about one charge."""

    document_id: int
    revision: int
    mark: str
    dated: date
    money: Money
    merchant: str
    category: str
    holder: str
    last_four: str
    memo: str


@dataclass(frozen=True, slots=True)
class Mapping:
    """One version of an entity's configuration, and the company's vendors by their name in lower case."""

    version: int
    home_currency: str
    card_account: Account | None
    default: Account | None
    categories: dict[str, Account]
    vendors: dict[str, Vendor]


@dataclass(frozen=True, slots=True)
class Coding:
    """Where a charge goes, and why each value is what it is."""

    version: int
    card_account: Account
    account: Account
    vendor: Vendor | None
    why: dict[str, str]

    def as_json(self) -> dict[str, Any]:
        return {
            "version": self.version,
            "card_account": self.card_account.label,
            "account": self.account.label,
            "vendor": self.vendor.name if self.vendor else "",
            "why": self.why,
        }


@dataclass(frozen=True, slots=True)
class Uncoded:
    """Everything that is missing, so that a person mends all of it in one visit."""

    reasons: tuple[Reason, ...]


def code_charge(facts: ChargeFacts, mapping: Mapping) -> Coding | Uncoded:
    account, why_account = _expense_account(facts, mapping)
    reasons = tuple(_missing(facts, mapping, account))
    if reasons or account is None or mapping.card_account is None:
        return Uncoded(reasons)
    vendor = mapping.vendors.get(facts.merchant.casefold())
    return Coding(
        version=mapping.version,
        card_account=mapping.card_account,
        account=account,
        vendor=vendor,
        why={
            "account": why_account,
            "card_account": f"Every card of this entity posts there (version {mapping.version}).",
            "vendor": _why_vendor(facts.merchant, vendor),
        },
    )


def _expense_account(facts: ChargeFacts, mapping: Mapping) -> tuple[Account | None, str]:
    if account := mapping.categories.get(facts.category):
        return (account, f"Category {facts.category} is mapped to it (version {mapping.version}).")
    if facts.category:
        return (
            mapping.default,
            f"Category {facts.category} has no account; the default applies (version {mapping.version}).",
        )
    return (mapping.default, f"The charge has no category; the default applies (version {mapping.version}).")


def _missing(facts: ChargeFacts, mapping: Mapping, account: Account | None) -> list[Reason]:
    reasons = []
    if facts.money.currency != mapping.home_currency:
        reasons.append(
            Reason(ReasonCode.OTHER_CURRENCY, f"{facts.money.currency}, the books are in {mapping.home_currency}")
        )
    if mapping.card_account is None:
        reasons.append(Reason(ReasonCode.NO_CARD_ACCOUNT, "the cards"))
    if account is None and facts.category:
        reasons.append(Reason(ReasonCode.NO_ACCOUNT_FOR_CATEGORY, facts.category))
    if account is None and not facts.category:
        reasons.append(Reason(ReasonCode.NO_ACCOUNT_WITHOUT_CATEGORY))
    used = dict.fromkeys(one for one in (mapping.card_account, account) if one is not None)
    return reasons + [Reason(ReasonCode.ACCOUNT_INACTIVE, one.label) for one in used if not one.active]


def _why_vendor(merchant: str, vendor: Vendor | None) -> str:
    if vendor is None:
        return f"No vendor in the books is named {merchant}; the merchant stands in the description."
    return f"The books have a vendor named {vendor.name}."

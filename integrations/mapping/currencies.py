"""Whether the books can hold a document's currency, on the accounts that it goes to. Pure."""

from collections.abc import Iterable, Iterator

from integrations.mapping.coding import Account, Mapping, Vendor
from integrations.mapping.facts import Facts
from integrations.mapping.reasons import Reason, ReasonCode


def impossible(facts: Facts, mapping: Mapping) -> Iterator[Reason]:
    if not is_possible(facts, mapping):
        yield Reason(ReasonCode.OTHER_CURRENCY, f"{facts.money.currency}, the books are in {mapping.home_currency}")


def is_possible(facts: Facts, mapping: Mapping) -> bool:
    """Whether these books may hold the currency at all."""
    return mapping.several_currencies or facts.money.currency == mapping.home_currency


def is_foreign(facts: Facts, mapping: Mapping) -> bool:
    return mapping.several_currencies and facts.money.currency != mapping.home_currency


def of_accounts(
    facts: Facts, chosen: Iterable[Account | Reason], owed: Account | Reason, mapping: Mapping
) -> Iterator[Reason]:
    """What is owed is owed in the currency of the account on which it is; all else may be in that of the books."""
    if not is_possible(facts, mapping):
        return
    spent = facts.money.currency
    for account in dict.fromkeys(one for one in chosen if isinstance(one, Account)):
        allowed = {spent} if account == owed else {spent, mapping.home_currency}
        if currency_of(account, mapping) not in allowed:
            differ = f"the {facts.kind.word} is in {spent}, {account.label} in {currency_of(account, mapping)}"
            yield Reason(ReasonCode.ACCOUNT_CURRENCY, differ)


def currency_of(one: Account | Vendor, mapping: Mapping) -> str:
    return one.currency or mapping.home_currency

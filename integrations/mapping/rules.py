"""Facts of a card transaction and the mapping in force give a coding, or every missing piece at once. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date

from integrations.mapping.periods import ClosedPolicy, Day
from integrations.mapping.reasons import Reason, ReasonCode
from integrations.mapping.slots import MappingSlot
from integrations.providers.documents import Dimension, DimensionLevel
from ledger.domain.money import Money
from ledger.domain.transactions import DocumentKind, Stage


@dataclass(frozen=True, slots=True)
class Account:
    """An account of the books as the mapping sees it; a value of a dimension looks the same."""

    external_id: str
    label: str
    active: bool
    currency: str = ""  # Empty for that of the books.


@dataclass(frozen=True, slots=True)
class Vendor:
    """A vendor of the books; without an id one that shall be made."""

    external_id: str
    name: str
    active: bool = True
    ours: bool = False  # We made it there.
    currency: str = ""  # Empty for that of the books.


@dataclass(frozen=True, slots=True)
class Term:
    """A category, a department, a tag, a card: something of ours that the mapping may name."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class LineFacts:
    """One part of a transaction; what was not split has one part, the whole."""

    money: Money
    category: Term | None = None
    department: Term | None = None
    tags: tuple[Term, ...] = ()
    memo: str = ""


@dataclass(frozen=True, slots=True)
class Approval:
    """`on` is a day where the entity is."""

    by: str
    on: date | None = None


@dataclass(frozen=True, slots=True)
class TransactionFacts:
    """What a rule may ask about one card transaction. Money is signed, as in the ledger."""

    document_id: int
    revision: int
    mark: str
    kind: DocumentKind
    stage: Stage
    dated: date
    money: Money
    merchant: str
    card: Term
    holder: str
    lines: tuple[LineFacts, ...]
    vendor: Term | None = None
    bank_account: Term | None = None
    original: Money | None = None
    refund_of: str = ""
    approval: Approval | None = None


@dataclass(frozen=True, slots=True)
class Mapping:
    """One version of an entity's configuration, with the vendors of the books that a set of transactions may be.

    `accounts` are by slot and, where the slot names something of ours, its id. `values` are those of a dimension, by
    the dimension's key, slot and id. Vendors are by our vendor's id, and by name in lower case; `known_as` has how the
    platform writes our names, empty for one that it cannot write.
    """

    version: int
    home_currency: str
    accounts: dict[tuple[MappingSlot, int | None], Account] = field(default_factory=dict)
    dimensions: tuple[Dimension, ...] = ()
    values: dict[tuple[str, MappingSlot, int], Account] = field(default_factory=dict)
    vendors: dict[int, Vendor] = field(default_factory=dict)
    vendors_by_name: dict[str, Vendor] = field(default_factory=dict)
    known_as: dict[str, str] = field(default_factory=dict)
    create_vendors: bool = False
    closed_periods: ClosedPolicy = ClosedPolicy.HOLD
    several_currencies: bool = False
    refused_vendors: dict[str, str] = field(default_factory=dict)

    def account(self, slot: MappingSlot, source: Term | None = None) -> Account | None:
        return self.accounts.get((slot, source.id if source else None))


@dataclass(frozen=True, slots=True)
class CodedLine:
    """Where one part goes; `values` are by dimension key."""

    facts: LineFacts
    account: Account
    why: str
    values: dict[str, Account] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Coding:
    """Where a transaction goes, and why each value is what it is.

    `paid_from` is the account that a card owes on. For a statement payment the one line is that card account, and
    `paid_from` the bank. `day` is where the plan put it, if that is not its own.
    """

    version: int
    paid_from: Account
    lines: tuple[CodedLine, ...]
    vendor: Vendor | None
    header: dict[str, Account]
    why: dict[str, str]
    day: Day | None = None


@dataclass(frozen=True, slots=True)
class Uncoded:
    """Everything that is missing, so that a person mends all of it in one visit."""

    reasons: tuple[Reason, ...]


TWIN_NAME = 90

# A reason in place of a value, where there is none.
Found = tuple[Account | Reason, str]


def code(facts: TransactionFacts, mapping: Mapping) -> Coding | Uncoded:
    if facts.kind is DocumentKind.PAYMENT:
        # Money that goes from one balance to another carries no value of any dimension.
        mapping = replace(mapping, dimensions=())
    paid_from, why_paid_from = _paid_from(facts, mapping)
    lines = [(line, *_account_of(facts, line, mapping)) for line in facts.lines]
    header, split = _header_values(facts, mapping)
    vendor, why_vendor = _vendor(facts, mapping)
    chosen: list[Account | Reason] = [paid_from, *(account for _, account, _ in lines)]
    values = [value for line in facts.lines for value in _line_values(line, mapping).values()]
    reasons = [
        *_currency(facts, mapping),
        *_account_currencies(facts, chosen, mapping),
        *(one for one in dict.fromkeys(chosen) if isinstance(one, Reason)),
        *_inactive((one for one in chosen if isinstance(one, Account)), ReasonCode.ACCOUNT_INACTIVE),
        *_inactive((*values, *header.values()), ReasonCode.VALUE_INACTIVE),
        *split,
        *_unusable_vendor(facts, vendor, mapping),
    ]
    coded = tuple(
        CodedLine(line, account, why, _line_values(line, mapping))
        for line, account, why in lines
        if isinstance(account, Account)
    )
    if reasons or isinstance(paid_from, Reason):
        return Uncoded(tuple(dict.fromkeys(reasons)))
    why_account = coded[0].why if len(coded) == 1 else "It was split; each line goes by its own category."
    why = {"account": why_account, "paid_from": why_paid_from, "vendor": why_vendor}
    return Coding(mapping.version, paid_from, coded, vendor, header, why)


def _paid_from(facts: TransactionFacts, mapping: Mapping) -> Found:
    if facts.kind is not DocumentKind.PAYMENT:
        return _card_account(facts, mapping)
    if facts.bank_account and (account := mapping.account(MappingSlot.BANK_ACCOUNT, facts.bank_account)):
        return account, f"Bank account {facts.bank_account.name} is mapped to it ({_version(mapping)})."
    if account := mapping.account(MappingSlot.BANK):
        return account, f"Statements are paid from it ({_version(mapping)})."
    return Reason(ReasonCode.NO_BANK_ACCOUNT, "statement payments"), ""


def _card_account(facts: TransactionFacts, mapping: Mapping) -> Found:
    if account := mapping.account(MappingSlot.CARD, facts.card):
        return account, f"Card {facts.card.name} is mapped to it ({_version(mapping)})."
    if account := mapping.account(MappingSlot.CARD_ACCOUNT):
        return account, f"Every card of this entity posts there ({_version(mapping)})."
    return Reason(ReasonCode.NO_CARD_ACCOUNT, "the cards"), ""


def _account_of(facts: TransactionFacts, line: LineFacts, mapping: Mapping) -> Found:
    if facts.kind is DocumentKind.PAYMENT:
        return _card_account(facts, mapping)
    if line.category and (account := mapping.account(MappingSlot.CATEGORY, line.category)):
        return account, f"Category {line.category.name} is mapped to it ({_version(mapping)})."
    if facts.kind is DocumentKind.CASHBACK:
        account = mapping.account(MappingSlot.CASHBACK)
        why = f"Cashback goes there ({_version(mapping)})."
        return (account, why) if account else (Reason(ReasonCode.NO_ACCOUNT_FOR_CASHBACK), "")
    if facts.kind is DocumentKind.FEE:
        account = mapping.account(MappingSlot.FEES)
        why = f"Card fees go there ({_version(mapping)})."
        return (account, why) if account else (Reason(ReasonCode.NO_ACCOUNT_FOR_FEES), "")
    return _default(line, mapping)


def _default(line: LineFacts, mapping: Mapping) -> Found:
    account = mapping.account(MappingSlot.DEFAULT)
    if line.category:
        why = f"Category {line.category.name} has no account; the default applies ({_version(mapping)})."
        return account or Reason(ReasonCode.NO_ACCOUNT_FOR_CATEGORY, line.category.name), why
    why = f"It has no category; the default applies ({_version(mapping)})."
    return account or Reason(ReasonCode.NO_ACCOUNT_WITHOUT_CATEGORY), why


def _version(mapping: Mapping) -> str:
    return f"version {mapping.version}"


# --- dimensions ------------------------------------------------------------------------------------------------------


def _line_values(line: LineFacts, mapping: Mapping) -> dict[str, Account]:
    return _values(line, (one for one in mapping.dimensions if one.level is DimensionLevel.LINE), mapping)


def _values(line: LineFacts, dimensions: Iterable[Dimension], mapping: Mapping) -> dict[str, Account]:
    return {one.key: value for one in dimensions if (value := _value(line, one, mapping))}


def _value(line: LineFacts, dimension: Dimension, mapping: Mapping) -> Account | None:
    """A tag was chosen for this very charge, a department comes with the person; so tags go first."""
    for tag in line.tags:
        if value := mapping.values.get((dimension.key, MappingSlot.TAG, tag.id)):
            return value
    if line.department is None:
        return None
    return mapping.values.get((dimension.key, MappingSlot.DEPARTMENT, line.department.id))


def _header_values(facts: TransactionFacts, mapping: Mapping) -> tuple[dict[str, Account], list[Reason]]:
    """One value for the whole document; lines that disagree are a reason, for the books could say only one of them."""
    header, reasons = {}, []
    for dimension in mapping.dimensions:
        if dimension.level is not DimensionLevel.HEADER:
            continue
        values = dict.fromkeys(value for line in facts.lines if (value := _value(line, dimension, mapping)))
        if len(values) > 1:
            reasons.append(Reason(ReasonCode.SPLIT_OVER_SEVERAL, dimension.label))
        elif values:
            header[dimension.key] = next(iter(values))
    return header, reasons


# --- vendor ----------------------------------------------------------------------------------------------------------


def vendor_name(facts: TransactionFacts) -> str:
    """Whom the books shall know it by: our vendor's name, or the merchant's, in single blanks."""
    return " ".join((facts.vendor.name if facts.vendor else facts.merchant).split())


def _vendor(facts: TransactionFacts, mapping: Mapping) -> tuple[Vendor | None, str]:
    if facts.kind not in (DocumentKind.CHARGE, DocumentKind.REFUND):
        return None, f"A {facts.kind.word} has no vendor."
    if facts.vendor and (vendor := mapping.vendors.get(facts.vendor.id)):
        return _mapped_vendor(facts, vendor, mapping)
    name = vendor_name(facts)
    written = mapping.known_as.get(name.casefold(), name)
    known = mapping.vendors_by_name.get(name.casefold()) or mapping.vendors_by_name.get(written.casefold())
    if known and _fits(facts, known, mapping):
        return known, _found(known, name)
    if not written:
        return None, f"The books cannot write {name or 'an empty name'}; the merchant stands in the description."
    if known or _is_foreign(facts, mapping):
        return _vendor_by_currency(facts, written, known, mapping)
    if mapping.create_vendors:
        return Vendor("", written), f"The books had no vendor named {written}, so it is made."
    return None, f"No vendor in the books is named {name}; the merchant stands in the description."


def _mapped_vendor(facts: TransactionFacts, vendor: Vendor, mapping: Mapping) -> tuple[Vendor | None, str]:
    """What a person chose stays chosen: in another currency it is a reason, unless there is one of its name in this."""
    assert facts.vendor is not None
    if _fits(facts, vendor, mapping):
        return vendor, f"Vendor {facts.vendor.name} is mapped to {vendor.name} ({_version(mapping)})."
    twin, why = _vendor_by_currency(facts, vendor.name, vendor, mapping)
    return (twin, why) if twin else (vendor, "")


def _vendor_by_currency(
    facts: TransactionFacts, name: str, known: Vendor | None, mapping: Mapping
) -> tuple[Vendor | None, str]:
    """A vendor has one currency; one who is paid in two stands in the books twice, as “Name” and “Name (EUR)”."""
    currency = facts.money.currency
    wanted = in_currency(name, currency)
    kept = f"Vendor {known.name} is kept in {_currency_of(known, mapping)}" if known else f"It is paid in {currency}"
    twin = mapping.vendors_by_name.get(wanted.casefold())
    if twin and _fits(facts, twin, mapping):
        return twin, f"{kept}, {twin.name} in {currency}."
    if mapping.create_vendors:
        return Vendor("", wanted, currency=currency), f"{kept}, so {wanted} is made."
    return None, f"{kept}, and there is no vendor named {wanted}; the merchant stands in the description."


def in_currency(name: str, currency: str) -> str:
    """What a vendor's twin in another currency is called; shortened, so that no platform cuts the currency off."""
    return f"{name[:TWIN_NAME]} ({currency})"


def _fits(facts: TransactionFacts, vendor: Vendor, mapping: Mapping) -> bool:
    """Where the books cannot hold the currency at all, that is no matter of the vendor."""
    return not _is_possible(facts, mapping) or _currency_of(vendor, mapping) == facts.money.currency


def _currency_of(one: Account | Vendor, mapping: Mapping) -> str:
    return one.currency or mapping.home_currency


def _found(vendor: Vendor, name: str) -> str:
    found = f"The books have a vendor named {vendor.name}"
    found += ", which FlexSync made" if vendor.ours else ""
    return f"{found}." if vendor.name.casefold() == name.casefold() else f"{found}; {name} is written so there."


def _unusable_vendor(facts: TransactionFacts, vendor: Vendor | None, mapping: Mapping) -> Iterator[Reason]:
    if vendor and vendor.external_id and not _fits(facts, vendor, mapping):
        differ = f"the {facts.kind.word} is in {facts.money.currency}, vendor {vendor.name} in"
        yield Reason(ReasonCode.VENDOR_CURRENCY, f"{differ} {_currency_of(vendor, mapping)}")
    if vendor and not vendor.active:
        yield Reason(ReasonCode.VALUE_INACTIVE, f"Vendor {vendor.name}")
    if vendor and not vendor.external_id and (refusal := mapping.refused_vendors.get(vendor.name.casefold())):
        yield Reason(ReasonCode.VENDOR_REFUSED, f"{vendor.name}. {refusal}")


# --- what is wrong ---------------------------------------------------------------------------------------------------


def _currency(facts: TransactionFacts, mapping: Mapping) -> Iterator[Reason]:
    if not _is_possible(facts, mapping):
        yield Reason(ReasonCode.OTHER_CURRENCY, f"{facts.money.currency}, the books are in {mapping.home_currency}")


def _is_possible(facts: TransactionFacts, mapping: Mapping) -> bool:
    """Whether these books may hold the currency at all."""
    return mapping.several_currencies or facts.money.currency == mapping.home_currency


def _is_foreign(facts: TransactionFacts, mapping: Mapping) -> bool:
    return mapping.several_currencies and facts.money.currency != mapping.home_currency


def _account_currencies(
    facts: TransactionFacts, chosen: Iterable[Account | Reason], mapping: Mapping
) -> Iterator[Reason]:
    """What is owed on the card is owed in the card's own currency; everything else may be in that of the books."""
    if not _is_possible(facts, mapping):
        return
    spent = facts.money.currency
    card, _ = _card_account(facts, mapping)
    for account in dict.fromkeys(one for one in chosen if isinstance(one, Account)):
        allowed = {spent} if account == card else {spent, mapping.home_currency}
        if _currency_of(account, mapping) not in allowed:
            differ = f"the {facts.kind.word} is in {spent}, {account.label} in {_currency_of(account, mapping)}"
            yield Reason(ReasonCode.ACCOUNT_CURRENCY, differ)


def _inactive(chosen: Iterable[Account], code: ReasonCode) -> list[Reason]:
    return [Reason(code, one.label) for one in dict.fromkeys(chosen) if not one.active]

"""Facts of a document and the mapping in force give a coding, or every missing piece at once. Pure."""

from collections.abc import Iterable
from dataclasses import replace

from integrations.mapping import bills, cards, currencies, vendors
from integrations.mapping.coding import Account, Choices, CodedLine, Coding, Mapping, Uncoded
from integrations.mapping.dimensions import header_values, line_values
from integrations.mapping.facts import BillFacts, Facts, PaymentFacts
from integrations.mapping.reasons import Reason, ReasonCode
from integrations.mapping.waiting import shut
from ledger.domain.documents import BETWEEN_BALANCES


def code(facts: Facts, mapping: Mapping) -> Coding | Uncoded:
    if facts.kind in BETWEEN_BALANCES:
        # Such money carries no value of any dimension.
        mapping = replace(mapping, dimensions=())
    choices = _choose(facts, mapping)
    paid_from, why_paid_from = choices.paid_from
    header, split = header_values(facts.lines, mapping)
    if (reasons := _reasons(facts, choices, mapping, header, split)) or isinstance(paid_from, Reason):
        return Uncoded(tuple(dict.fromkeys(reasons)))
    coded = tuple(
        CodedLine(line, account, why, line_values(line, mapping))
        for line, account, why in choices.lines
        if isinstance(account, Account)
    )
    vendor, why_vendor = choices.vendor
    why_account = coded[0].why if len(coded) == 1 else "It was split; each line goes by its own category."
    why = {"account": why_account, "paid_from": why_paid_from, "vendor": why_vendor}
    return Coding(mapping.version, paid_from, coded, vendor, header, why)


def _choose(facts: Facts, mapping: Mapping) -> Choices:
    match facts:
        case BillFacts():
            return bills.choose(facts, mapping)
        case PaymentFacts():
            return bills.choose_for_payment(facts, mapping)
        case _:
            return cards.choose(facts, mapping)


def _reasons(
    facts: Facts, choices: Choices, mapping: Mapping, header: dict[str, Account], split: list[Reason]
) -> list[Reason]:
    """All that keeps it from being booked."""
    chosen = [choices.paid_from[0], *(account for _, account, _ in choices.lines)]
    values = [value for line in facts.lines for value in line_values(line, mapping).values()]
    return [
        *currencies.impossible(facts, mapping),
        *currencies.of_accounts(facts, chosen, choices.owed, mapping),
        *(one for one in dict.fromkeys(chosen) if isinstance(one, Reason)),
        *choices.lacking,
        *_inactive((one for one in chosen if isinstance(one, Account)), ReasonCode.ACCOUNT_INACTIVE),
        *_inactive((*values, *header.values()), ReasonCode.VALUE_INACTIVE),
        *split,
        *vendors.unusable(facts, choices.vendor[0], mapping),
        # Last: what lacks something else is mended meanwhile.
        *shut(facts, mapping.gates),
    ]


def _inactive(chosen: Iterable[Account], code: ReasonCode) -> list[Reason]:
    return [Reason(code, one.label) for one in dict.fromkeys(chosen) if not one.active]

"""Which column is which field, and how its values are written: all that is chosen before a file is imported."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ledger.imports.amounts import AmountFormat, Convention, DecimalMark
from ledger.imports.dates import DateOrder
from ledger.imports.fields import FIELDS, MONEY_FIELDS, Field

# In a column of refunds a number without a sign is a refund.
OF_REFUNDS = AmountFormat(convention=Convention.CHARGES_NEGATIVE)


@dataclass(frozen=True, slots=True)
class Matching:
    # By place, from 0. What is in neither is not read.
    columns: Mapping[Field, int]
    tags: tuple[int, ...] = ()
    dates: DateOrder = DateOrder.YEAR_FIRST
    amounts: Mapping[Field, AmountFormat] = field(default_factory=dict)
    # For rows in which the field is empty, or that have no such column.
    defaults: Mapping[Field, str] = field(default_factory=dict)

    def format_of(self, which: Field) -> AmountFormat:
        return self.amounts.get(which, OF_REFUNDS if which is Field.REFUND else AmountFormat())

    def with_default(self, which: Field, text: str) -> "Matching":
        return replace(self, defaults={**self.defaults, which: text})

    def with_money(self, mark: DecimalMark | None, sign: Convention | None) -> "Matching":
        """One mark for every column of money; the sign of the one amount, since two columns say it by their names."""
        amounts = {name: self.format_of(name) for name in MONEY_FIELDS if name in self.columns}
        if mark:
            amounts = {name: replace(form, mark=mark) for name, form in amounts.items()}
        if sign and Field.AMOUNT in amounts:
            amounts[Field.AMOUNT] = replace(amounts[Field.AMOUNT], convention=sign)
        return replace(self, amounts=amounts)

    def as_json(self) -> dict[str, Any]:
        return {
            "columns": {str(name): column for name, column in self.columns.items()},
            "tags": list(self.tags),
            "dates": str(self.dates),
            "amounts": {str(name): [str(form.mark), str(form.convention)] for name, form in self.amounts.items()},
            "defaults": {str(name): text for name, text in self.defaults.items()},
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "Matching":
        return cls(
            columns={FIELDS[name]: column for name, column in stored["columns"].items() if name in FIELDS},
            tags=tuple(stored["tags"]),
            dates=DateOrder(stored["dates"]),
            amounts={
                Field(name): AmountFormat(DecimalMark(mark), Convention(convention))
                for name, (mark, convention) in stored["amounts"].items()
            },
            defaults={Field(name): text for name, text in stored["defaults"].items()},
        )


# Asked about because they are chosen.
CONTRADICTING = (Field.CHARGE, Field.SIDE)


def gaps_for_transactions(matching: Matching) -> dict[Field, str]:
    """What must still be chosen before transactions can be read, with the sentence that asks for it."""
    known = matching.columns.keys() | {name for name, text in matching.defaults.items() if text}
    gaps = {
        Field.DATE: "Choose the column with the date.",
        Field.MERCHANT: "Choose the column with the merchant.",
        Field.CARD: "Choose the column with the card, or write one card for all rows.",
        Field.AMOUNT: "Choose the column with the amount, or the two with charged and refunded amounts.",
    }
    if known & {Field.CHARGE, Field.REFUND}:
        del gaps[Field.AMOUNT]
        if Field.AMOUNT in known:
            gaps[Field.CHARGE] = "Choose one amount, or charged and refunded amounts; not both."
        if Field.SIDE in known:
            gaps[Field.SIDE] = "Choose charged and refunded amounts, or one amount with debit or credit; not both."
    return {name: sentence for name, sentence in gaps.items() if name not in known or name in CONTRADICTING}


def gaps_for_vendors(matching: Matching) -> dict[Field, str]:
    return {} if Field.NAME in matching.columns else {Field.NAME: "Choose the column with the vendor's name."}

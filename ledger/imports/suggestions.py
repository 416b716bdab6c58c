"""A guess as it is put before a person: what is chosen already, what that rests on, and what must be asked."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ledger.imports.amounts import AmountFormat, AmountGuess, Convention
from ledger.imports.dates import DateOrder
from ledger.imports.fields import FIELDS, Field
from ledger.imports.guessing import Guess
from ledger.imports.matching import Matching

# Between these shares of negative amounts it is anybody's guess which movements are refunds.
UNCLEAR = (0.25, 0.75)


@dataclass(frozen=True, slots=True)
class Suggestion:
    matching: Matching
    basis: Mapping[Field, str] = field(default_factory=dict)
    # A date that can be read in two ways; an amount likewise.
    unclear_date: str = ""
    unclear_amount: str = ""
    # How many of how many amounts are negative.
    negative: int = 0
    amounts: int = 0
    # By most of the amounts a minus means the other thing than it did last time.
    is_sign_turned: bool = False
    # The kinds beside the amounts say what a minus means.
    is_sign_told: bool = False

    @property
    def is_sign_unclear(self) -> bool:
        low, high = UNCLEAR
        is_mixed = self.amounts > 0 and low < self.negative / self.amounts < high and not self.is_sign_told
        return self.amounts > 0 and (self.is_sign_turned or is_mixed)

    def answered(self, names: Collection[str]) -> "Suggestion":
        """What a person has said need not be asked again: "dates", "mark", "sign"."""
        return replace(
            self,
            unclear_date="" if "dates" in names else self.unclear_date,
            unclear_amount="" if "mark" in names else self.unclear_amount,
            amounts=0 if "sign" in names else self.amounts,
        )

    def as_json(self) -> dict[str, Any]:
        return {
            "matching": self.matching.as_json(),
            "basis": {str(name): text for name, text in self.basis.items()},
            "unclear_date": self.unclear_date,
            "unclear_amount": self.unclear_amount,
            "negative": self.negative,
            "amounts": self.amounts,
            "is_sign_turned": self.is_sign_turned,
            "is_sign_told": self.is_sign_told,
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Suggestion":
        return cls(
            **{
                **stored,
                "matching": Matching.from_json(stored["matching"]),
                "basis": {FIELDS[name]: text for name, text in stored["basis"].items() if name in FIELDS},
            }
        )


def suggested(guess: Guess, currency: str = "") -> Suggestion:
    """`currency` is that of the entity, for a file that does not say its own."""
    matching, amount = guess.matching(), guess.amounts.get(Field.AMOUNT)
    if currency and Field.CURRENCY not in matching.columns:
        matching = matching.with_default(Field.CURRENCY, _named_by(guess.amounts) or currency)
    return Suggestion(
        matching=matching,
        basis={name: chosen.basis for name, chosen in guess.columns.items()},
        unclear_date=guess.dates.ambiguous if guess.dates else "",
        unclear_amount=next((found.ambiguous for found in guess.amounts.values() if found.ambiguous), ""),
        negative=amount.negative if amount else 0,
        amounts=amount.filled if amount else 0,
        is_sign_told=guess.is_sign_told,
    )


def as_last_time(own: Suggestion, earlier: Matching, basis: str) -> Suggestion:
    """The columns as they were chosen for an earlier file. How days and decimals are written is for this one to say,
    where it does; what a minus means is asked again where its amounts speak against it or both ways."""
    earlier = _with_sides_of(own.matching, earlier)
    same = {name for name, place in earlier.columns.items() if own.matching.columns.get(name) == place}
    is_clear = Field.AMOUNT in same and own.amounts > 0 and not own.is_sign_unclear
    is_turned = is_clear and _sign(own.matching) != _sign(earlier)
    return Suggestion(
        replace(earlier, dates=_dates(own, earlier, same), amounts=_amounts(own, earlier, same)),
        basis=dict.fromkeys(earlier.columns, basis),
        negative=own.negative,
        amounts=own.amounts if is_turned or (own.is_sign_unclear and Field.AMOUNT in same) else 0,
        is_sign_turned=is_turned,
        is_sign_told=own.is_sign_told,
    )


def _with_sides_of(own: Matching, earlier: Matching) -> Matching:
    """A column of kinds tells which way money went where no amount has a sign, and only there: that this file knows."""
    kinds = earlier.columns.get(Field.KIND)
    if kinds is None or own.columns.get(Field.KIND) != kinds:
        return earlier
    columns = {name: place for name, place in earlier.columns.items() if name is not Field.SIDE or place != kinds}
    if own.columns.get(Field.SIDE) == kinds:
        columns[Field.SIDE] = kinds
    return replace(earlier, columns=columns, amounts={**earlier.amounts, **own.amounts})


def _sign(matching: Matching) -> Convention:
    return matching.format_of(Field.AMOUNT).convention


def _dates(own: Suggestion, earlier: Matching, same: Collection[Field]) -> DateOrder:
    is_told = Field.DATE in same and not own.unclear_date and own.matching.dates is not DateOrder.YEAR_FIRST
    return own.matching.dates if is_told else earlier.dates


def _amounts(own: Suggestion, earlier: Matching, same: Collection[Field]) -> dict[Field, AmountFormat]:
    if own.unclear_amount:
        return dict(earlier.amounts)
    told = {name: form.mark for name, form in own.matching.amounts.items() if name in same}
    return {**earlier.amounts, **{name: replace(earlier.format_of(name), mark=mark) for name, mark in told.items()}}


def _named_by(amounts: Mapping[Field, AmountGuess]) -> str:
    """What was paid in another currency says nothing about the one that was billed."""
    billed = [guess for name, guess in amounts.items() if name is not Field.ORIGINAL_AMOUNT]
    return next((guess.currency for guess in billed if guess.currency), "")

"""Another column chosen by a person: how its own values are written, which may be otherwise than in the one before."""

from collections.abc import Collection
from dataclasses import replace

from ledger.imports.amounts import AmountFormat, AmountGuess
from ledger.imports.fields import MONEY_FIELDS, Field
from ledger.imports.guessing import Formats
from ledger.imports.matching import Matching
from ledger.imports.suggestions import Suggestion

TOLD_BY_VALUES = (Field.DATE, *MONEY_FIELDS)


def rechosen(before: Matching, now: Matching) -> frozenset[Field]:
    """Fields whose values must be looked at anew."""
    return frozenset(
        name for name in TOLD_BY_VALUES if name in now.columns and now.columns[name] != before.columns.get(name)
    )


def told_anew(
    suggestion: Suggestion, before: Matching, now: Matching, formats: Formats, said: Collection[str]
) -> tuple[Suggestion, Matching]:
    """What is to be asked, and the choice, by the values of the columns that were rechosen. What a person has `said` of
    "dates", "mark" and "sign" stays."""
    fields = rechosen(before, now)
    if Field.DATE in fields and "dates" not in said and formats.dates:
        suggestion = replace(suggestion, unclear_date=formats.dates.ambiguous)
        now = replace(now, dates=formats.dates.order if formats.dates.read else now.dates)
    amounts = {name: guess for name, guess in formats.amounts.items() if name in fields and guess.read}
    if amounts and "mark" not in said:
        ambiguous = next((guess.ambiguous for guess in amounts.values() if guess.ambiguous), "")
        suggestion = replace(suggestion, unclear_amount=ambiguous)
    if Field.AMOUNT in amounts and "sign" not in said:
        suggestion = _with_sign(suggestion, before, amounts[Field.AMOUNT], formats)
        is_as_guessed = now.columns[Field.AMOUNT] == suggestion.matching.columns.get(Field.AMOUNT)
        suggestion = replace(suggestion, is_sign_turned=suggestion.is_sign_turned and not is_as_guessed)
    told = {name: _format(now.format_of(name), guess.format, said) for name, guess in amounts.items()}
    return suggestion, replace(now, amounts={**now.amounts, **told})


def _with_sign(suggestion: Suggestion, before: Matching, guess: AmountGuess, formats: Formats) -> Suggestion:
    """Asked where a minus would mean the other thing than in the column before."""
    earlier = before.amounts.get(Field.AMOUNT)
    return replace(
        suggestion,
        negative=guess.negative,
        amounts=guess.filled,
        is_sign_turned=earlier is not None and earlier.convention is not guess.format.convention,
        is_sign_told=formats.kinds.convention is not None,
    )


def _format(now: AmountFormat, guess: AmountFormat, said: Collection[str]) -> AmountFormat:
    return AmountFormat(
        now.mark if "mark" in said else guess.mark,
        now.convention if "sign" in said else guess.convention,
    )

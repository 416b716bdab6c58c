"""What a column holds, whatever it is called."""

from collections.abc import Sequence

from ledger.imports.amounts import AmountTally
from ledger.imports.currencies import currency_of
from ledger.imports.dates import DateTally
from ledger.imports.fields import CURRENCY_FIELDS, MONEY_FIELDS, Field
from ledger.imports.kinds import kind_of
from ledger.imports.sides import Side, side_of, tells_a_side
from ledger.imports.standings import Standing, standing_of

# Of ten values one may be a slip, and the column is still of its kind.
MOST = 0.9


class Profile:
    """Counts over the filled cells of a column."""

    def __init__(self, values: Sequence[str]) -> None:
        self.filled = len(values)
        self._distinct = len(set(values))
        self._wordy = sum(1 for value in values if any(map(str.isalpha, value)))
        self._spaced = sum(1 for value in values if " " in value)
        self._emails = sum(1 for value in values if "@" in value.strip("@"))
        self._currencies = sum(1 for value in values if currency_of(value))
        sides = [side for value in values if (side := side_of(value))]
        self._sides, self._has_both_sides = sum(map(tells_a_side, values)), len(set(sides)) == len(Side)
        self._kinds = sum(1 for value in values if kind_of(value))
        standings = [standing for value in values if (standing := standing_of(value))]
        self._standings, self._has_unmoved = len(standings), bool(set(standings) - {Standing.MOVED})
        self._codes = sum(1 for value in values if 3 <= len(value) <= 4 and value.isascii() and value.isdigit())
        self._decimals = sum(1 for value in values if value[-3:-2] in (".", ","))
        dates, amounts = DateTally(), AmountTally()
        for value in values:
            if any(map(str.isdigit, value)):
                dates.add(value)
                amounts.add(value)
        self._dates, self._amounts = dates.read, amounts.read

    @property
    def is_wordy(self) -> bool:
        return self._mostly(self._wordy)

    def fits(self, field: Field) -> bool:
        """Whether the values allow what the name promises. An empty column forbids nothing, but tells no kind."""
        if not self.filled:
            return field is not Field.KIND
        if field is Field.EXTERNAL_ID:
            return self._distinct == self.filled
        if field in (Field.MERCHANT, Field.CATEGORY, Field.DEPARTMENT, Field.NAME, Field.MEMO):
            return self._wordy * 2 > self.filled and not self._mostly(self._dates)
        if field is Field.CATEGORY_CODE:
            return not self._mostly(self._spaced)
        if field in CURRENCY_FIELDS:
            # What no currency is in it refuses its row; left out, the row would be in another one.
            return not self._mostly(self._amounts)
        if field is Field.STATUS and self._has_unmoved:
            return True
        if field is Field.KIND:
            return self._mostly(self._kinds) or (self._kinds * 2 > self.filled and not self._mostly(self._sides))
        counted = self._of_kind(field)
        if field is Field.DATE or field in MONEY_FIELDS:
            # In a short file one slip in seven is no reason to ask which column is called Date.
            return counted is not None and counted * 2 > self.filled
        return counted is None or self._mostly(counted)

    def tells(self, field: Field) -> bool:
        """Whether the values alone say what the column is."""
        counted = self._of_kind(field)
        if not self.filled or counted is None or field in (Field.CHARGE, Field.REFUND, Field.ORIGINAL_AMOUNT):
            return False
        if field in (Field.MERCHANT_CATEGORY_CODE, Field.ORIGINAL_CURRENCY, Field.STATUS, Field.KIND):
            return False
        if field is Field.SIDE and not self._has_both_sides:
            return False
        return self._mostly(counted) and (field is not Field.AMOUNT or self._mostly(self._decimals))

    def proof(self, field: Field) -> str:
        counted = self._of_kind(field)
        return "" if counted is None or not self.filled else f"; {counted} of {self.filled} values looked at fit"

    def _of_kind(self, field: Field) -> int | None:
        if field in MONEY_FIELDS:
            return self._amounts
        return {
            Field.DATE: self._dates,
            Field.SIDE: self._sides,
            Field.KIND: self._kinds,
            Field.STATUS: self._standings,
            Field.CURRENCY: self._currencies,
            Field.ORIGINAL_CURRENCY: self._currencies,
            Field.MERCHANT_CATEGORY_CODE: self._codes,
            Field.EMAIL: self._emails,
        }.get(field)

    def _mostly(self, counted: int) -> bool:
        return self.filled > 0 and counted >= MOST * self.filled


def profiled(columns: Sequence[str], rows: Sequence[list[str]]) -> list[Profile]:
    return [Profile([text for row in rows if (text := row[place].strip())]) for place in range(len(columns))]

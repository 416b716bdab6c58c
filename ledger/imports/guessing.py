"""Which column is probably which field, and what the guess rests on."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from dataclasses import field as dataclass_field
from itertools import chain, islice

from ledger.imports.amounts import AmountGuess, AmountTally, Convention
from ledger.imports.dates import DateGuess, DateOrder, DateTally
from ledger.imports.fields import MONEY_FIELDS, TRANSACTION_FIELDS, VENDOR_FIELDS, Field
from ledger.imports.kinds import KindTally
from ledger.imports.matching import Matching
from ledger.imports.our_columns import OUR_COLUMNS
from ledger.imports.profiles import Profile, profiled
from ledger.imports.rows import Row
from ledger.imports.sides import SideTally
from ledger.imports.totals import is_total
from ledger.imports.vocabulary import NO_SUMS, TAG_WORDS, TRANSACTION_WORDS, VENDOR_WORDS, WHOLE_ONLY

# Enough to see what a column holds. Formats are then judged on all rows that are given.
PROFILED_ROWS = 200
# Above what any place in a list of names takes away.
WHOLE_NAME, PART_OF_NAME = 200, 100
# An empty column is taken only where no other has such a name.
EMPTY = 50

CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
Words = Mapping[Field, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Chosen:
    column: int
    # “The column is named so; all of 200 values are amounts.”
    basis: str


@dataclass(frozen=True, slots=True)
class Guess:
    columns: Mapping[Field, Chosen]
    tags: tuple[int, ...] = ()
    dates: DateGuess | None = None
    amounts: Mapping[Field, AmountGuess] = dataclass_field(default_factory=dict)
    # What a minus means is clear, however many there are.
    is_sign_told: bool = False

    def matching(self) -> Matching:
        """The guess as a choice. Where it is ambiguous a person should be asked first."""
        return Matching(
            columns={name: chosen.column for name, chosen in self.columns.items()},
            tags=self.tags,
            dates=self.dates.order if self.dates else DateOrder.YEAR_FIRST,
            amounts={name: guess.format for name, guess in self.amounts.items()},
        )

    @property
    def ambiguous(self) -> dict[Field, str]:
        """Fields whose values can be read in two ways, each with a value that shows it."""
        found = {name: guess.ambiguous for name, guess in self.amounts.items()}
        if self.dates:
            found[Field.DATE] = self.dates.ambiguous
        return {name: example for name, example in found.items() if example}


def guess_transactions(columns: tuple[str, ...], rows: Iterable[Row]) -> Guess:
    """Judged by as many rows as are given: a few thousand tell 3 April from 4 March where a few hundred may not."""
    telling = telling_cells(rows)
    head = [*islice(telling, PROFILED_ROWS)]
    profiles = profiled(columns, head)
    chosen = _without_double_amount(_assigned(TRANSACTION_FIELDS, TRANSACTION_WORDS, columns, profiles))
    formats = formats_of({name: choice.column for name, choice in chosen.items()}, chain(head, telling))
    if formats.sides.is_told_by_signs:
        del chosen[Field.SIDE]
    if formats.kinds.tells_the_way and Field.SIDE not in chosen:
        basis = "No amount has a sign, and the column of kinds says it."
        chosen[Field.SIDE] = Chosen(chosen[Field.KIND].column, basis)
    is_told = formats.kinds.convention is not None
    return Guess(chosen, _tags(columns, chosen, profiles), formats.dates, formats.amounts, is_sign_told=is_told)


def telling_cells(rows: Iterable[Row]) -> Iterator[list[str]]:
    return (row.cells for row in rows if not row.fault and not is_total(row.cells))


def guess_vendors(columns: tuple[str, ...], rows: Iterable[Row]) -> Guess:
    head = [row.cells for row in islice(rows, PROFILED_ROWS) if not row.fault]
    return Guess(_assigned(VENDOR_FIELDS, VENDOR_WORDS, columns, profiled(columns, head)))


@dataclass(frozen=True, slots=True)
class _Candidate:
    score: int
    field: Field
    column: int
    basis: str


def _assigned(
    fields: tuple[Field, ...], words: Words, columns: tuple[str, ...], profiles: list[Profile]
) -> dict[Field, Chosen]:
    """The best pair of field and column first, each of both once; what no name tells is then told by the values."""
    candidates = [
        candidate
        for column, name in enumerate(columns)
        if name not in OUR_COLUMNS
        for field in fields
        if (candidate := _candidate(field, words[field], column, name, profiles[column]))
    ]
    chosen: dict[Field, Chosen] = {}
    for candidate in sorted(candidates, key=lambda candidate: -candidate.score):
        if candidate.field not in chosen and candidate.column not in {taken.column for taken in chosen.values()}:
            chosen[candidate.field] = Chosen(candidate.column, candidate.basis)
    return _told_by_values(fields, chosen, columns, profiles)


def _candidate(field: Field, names: tuple[str, ...], column: int, name: str, profile: Profile) -> _Candidate | None:
    score, says = _by_name(field, names, plain_words(name))
    if not score or not (profile.fits(field) or _is_never_left_out(field, score)):
        return None
    if not profile.filled:
        score -= EMPTY
    return _Candidate(score, field, column, f"“{name}” {says}{profile.proof(field)}.")


def _is_never_left_out(field: Field, score: int) -> bool:
    """Whatever stands in a column that is called “Currency”, another currency would be wrong."""
    return field is Field.CURRENCY and score > PART_OF_NAME


def _by_name(field: Field, names: tuple[str, ...], plain: str) -> tuple[int, str]:
    if plain in names:
        return WHOLE_NAME - names.index(plain), "is a usual name for it"
    words = set(plain.split())
    if field in MONEY_FIELDS and words & NO_SUMS:
        return 0, ""
    for place, name in enumerate(names):
        if name not in WHOLE_ONLY and words.issuperset(name.split()):
            return PART_OF_NAME - place - 5 * (len(words) - len(name.split())), f"has “{name}” in its name"
    return 0, ""


def _told_by_values(
    fields: tuple[Field, ...], chosen: dict[Field, Chosen], columns: tuple[str, ...], profiles: list[Profile]
) -> dict[Field, Chosen]:
    # A column that is named for charges is surer than one that merely looks like amounts.
    is_paid = bool(chosen.keys() & {Field.CHARGE, Field.REFUND})
    for field in fields:
        if field in chosen or (field is Field.AMOUNT and is_paid):
            continue
        taken = {choice.column for choice in chosen.values()}
        telling = [
            column
            for column, profile in enumerate(profiles)
            if column not in taken and profile.tells(field) and not _is_named_otherwise(field, columns[column])
        ]
        if len(telling) == 1:
            proof = profiles[telling[0]].proof(field)
            chosen[field] = Chosen(telling[0], f"Its name says nothing, but no other column holds the like{proof}.")
    return chosen


def _is_named_otherwise(field: Field, name: str) -> bool:
    """A balance is a column of amounts too."""
    return name in OUR_COLUMNS or (field in MONEY_FIELDS and bool(NO_SUMS & set(plain_words(name).split())))


def _without_double_amount(chosen: dict[Field, Chosen]) -> dict[Field, Chosen]:
    """Two columns, charged and refunded, say more than one; a single one of them says less. Debit or credit is said of
    one amount only."""
    pair = chosen.keys() & {Field.CHARGE, Field.REFUND}
    unwanted = {Field.AMOUNT} if len(pair) == 2 else pair if Field.AMOUNT in chosen else set()
    if len(pair) == 2 or Field.AMOUNT not in chosen:
        unwanted |= {Field.SIDE}
    return {field: choice for field, choice in chosen.items() if field not in unwanted}


@dataclass(frozen=True, slots=True)
class Formats:
    """How the values of chosen columns are written."""

    dates: DateGuess | None
    amounts: Mapping[Field, AmountGuess]
    sides: SideTally
    kinds: KindTally


def formats_of(columns: Mapping[Field, int], rows: Iterable[list[str]]) -> Formats:
    dates, sides, kinds = DateTally(), SideTally(), KindTally()
    amounts = {field: AmountTally() for field in MONEY_FIELDS if field in columns}
    tallies: dict[Field, DateTally | AmountTally] = {**amounts, Field.DATE: dates}
    places = [(columns[field], tally) for field, tally in tallies.items() if field in columns]
    asides: dict[Field, SideTally | KindTally] = {Field.SIDE: sides, Field.KIND: kinds}
    amount = columns.get(Field.AMOUNT, 0)
    beside = [(columns[field], aside) for field, aside in asides.items() if {field, Field.AMOUNT} <= columns.keys()]
    for cells in rows:
        for column, tally in places:
            if text := cells[column].strip():
                tally.add(text)
        for column, aside in beside:
            aside.add(cells[amount], cells[column])
    return Formats(dates.guess() if Field.DATE in columns else None, _guesses(amounts, sides, kinds), sides, kinds)


def _guesses(amounts: Mapping[Field, AmountTally], sides: SideTally, kinds: KindTally) -> dict[Field, AmountGuess]:
    guesses = {field: tally.guess() for field, tally in amounts.items()}
    if Field.REFUND in guesses:
        guesses[Field.REFUND] = _of_refunds(guesses[Field.REFUND])
    if Field.AMOUNT in guesses and (convention := kinds.convention or sides.convention):
        guesses[Field.AMOUNT] = _with_convention(guesses[Field.AMOUNT], convention)
    return guesses


def _of_refunds(guess: AmountGuess) -> AmountGuess:
    """In a column of refunds a number without a sign is a refund."""
    turned = (
        Convention.REFUNDS_NEGATIVE
        if guess.format.convention is Convention.CHARGES_NEGATIVE
        else Convention.CHARGES_NEGATIVE
    )
    return _with_convention(guess, turned)


def _with_convention(guess: AmountGuess, convention: Convention) -> AmountGuess:
    return replace(guess, format=replace(guess.format, convention=convention))


def _tags(columns: tuple[str, ...], chosen: dict[Field, Chosen], profiles: list[Profile]) -> tuple[int, ...]:
    taken = {choice.column for choice in chosen.values()}
    return tuple(
        column
        for column, name in enumerate(columns)
        if column not in taken and TAG_WORDS & set(plain_words(name).split()) and profiles[column].is_wordy
    )


def plain_words(name: str) -> str:
    """“Merchant Name”, “merchant_name” and “MerchantName” are one name."""
    parted = CAMEL.sub(" ", name) if not name.isupper() else name
    letters = unicodedata.normalize("NFKD", parted.casefold())
    kept = "".join(letter if letter.isalnum() else " " for letter in letters if not unicodedata.combining(letter))
    return " ".join(kept.split())

"""What the commands that import files have in common: what was told them, the run, and the account of it."""

import resource
import time
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction

from ledger.domain.money import Money
from ledger.imports.amounts import Convention, DecimalMark
from ledger.imports.causes import Cause, CauseTally
from ledger.imports.dates import DateOrder
from ledger.imports.errors import Unreadable
from ledger.imports.fields import FIELDS, Field
from ledger.imports.layouts import Layout
from ledger.imports.matching import Matching
from ledger.imports.rechoosing import rechosen, told_anew
from ledger.imports.refusals import RefusedRow, is_wide, refused_csv
from ledger.imports.suggestions import Suggestion
from ledger.models import Entity, Import, ImportKind, ImportState, Organisation
from ledger.selectors.imports import causes, refused_rows
from ledger.services.imports import (
    Session,
    begin_import,
    forget_unused,
    formats_in,
    gaps,
    keep_choice,
    start,
    stop_interrupted,
    trial,
)
from ledger.services.imports.files import chunks_of
from ledger.services.imports.outcomes import NewNames
from ledger.services.imports.running import count_outcomes, refused_rows_of
from ledger.tenancy.context import acting_for
from ledger.words import counted, named

BY = "the command line"
TOLD_EVERY_SECONDS = 2.0
CAUSES_SHOWN = 10
SAID = {"dates": "dates", "mark": "decimals", "sign": "sign"}
RESULTS = {"created": "new", "existing": "known", "changed": "changed", "refused": "refused"}


def add_common_arguments(parser: ArgumentParser, fields: Sequence[Field]) -> None:
    parser.add_argument("organisation", help="its short name in addresses, such as larkfield")
    parser.add_argument("file", type=Path, help="a CSV file of any size")
    parser.add_argument(
        "--map",
        action="append",
        default=[],
        metavar="FIELD=COLUMN",
        help="which column is which field, where the guess is wrong; FIELD= leaves it out. "
        f"Fields: {', '.join(fields)}",
    )
    parser.add_argument("--refused", type=Path, metavar="FILE", help="write the refused rows here, to be mended")
    parser.add_argument("--dry-run", action="store_true", help="do all of it and keep nothing")


class ImportCommand(BaseCommand):
    kind: ImportKind
    fields: Sequence[Field]

    def handle(self, *args: Any, **options: Any) -> None:
        organisation = Organisation.objects.filter(slug=options["organisation"]).first()
        if organisation is None:
            raise CommandError(f"There is no organisation “{options['organisation']}”.")
        try:
            with acting_for(organisation.pk), options["file"].open("rb") as file:
                self._import(file, options)
        except OSError as trouble:
            raise CommandError(f"{options['file']} cannot be read: {trouble.strerror}.") from trouble
        except Unreadable as problem:
            raise CommandError(str(problem)) from problem

    def _import(self, file: BinaryIO, options: dict[str, Any]) -> None:
        job, matching = self._begin(file, options)
        act = self._try if options["dry_run"] else self._run
        with counted_statements() as statements:
            began = time.monotonic()
            found, refused = act(job, matching, file)
            seconds = time.monotonic() - began
        self._tell(job, found, seconds, statements[0])
        if options["refused"]:
            _write_refused(job, refused, options["refused"])
        if options["dry_run"]:
            self.stdout.write("This was a trial: nothing of it was kept.")
        if job.state == ImportState.FAILED:
            raise CommandError(job.problem)
        if job.refused and job.refused == job.rows:
            raise CommandError("No row was taken.")

    def _begin(self, file: BinaryIO, options: dict[str, Any]) -> tuple[Import, Matching]:
        with transaction.atomic():
            entity = self._entity(options)
            job = begin_import(
                kind=self.kind, entity=entity, file=file, name=options["file"].name, by=BY, is_stored=False
            )
            matching = self._matching(job, file, options)
            keep_choice(job, matching, make_missing=options.get("make_missing", False))
        self.stdout.write(_choice(matching, Layout.from_json(job.layout).columns))
        return job, matching

    def _entity(self, options: dict[str, Any]) -> Entity | None:
        return None

    def _matching(self, job: Import, file: BinaryIO, options: dict[str, Any]) -> Matching:
        """The guess, and what was told otherwise. What nobody can guess must be told."""
        columns = Layout.from_json(job.layout).columns
        suggestion = Suggestion.from_json(job.suggestion)
        matching = _mapped(suggestion.matching, [self._assignment(text, columns) for text in options["map"]])
        if "dates" in options:
            suggestion, matching = _told_anew(job, suggestion, matching, file, options)
            matching = _with_formats(suggestion, matching, columns, options)
        if missing := gaps(job.kind, matching):
            asked = " ".join(f"{sentence} (--map {field}=…)" for field, sentence in missing.items())
            raise CommandError(f"{asked} The columns are: {', '.join(columns)}.")
        return matching

    def _assignment(self, text: str, columns: tuple[str, ...]) -> tuple[Field, int | None]:
        name, _, column = text.partition("=")
        field = FIELDS.get(name.strip())
        if field is None or field not in self.fields:
            raise CommandError(f"“{name}” is no field. Fields are: {', '.join(self.fields)}.")
        return field, column_named(column.strip(), columns) if column.strip() else None

    def _run(self, job: Import, matching: Matching, file: BinaryIO) -> tuple[list[Cause], Iterable[RefusedRow]]:
        with transaction.atomic():
            stop_interrupted(job)
            start(job)
        session, told = Session(job.pk, chunks_of(file)), time.monotonic()
        while (now := session.advance()) is not None and now.is_under_way:
            if time.monotonic() - told > TOLD_EVERY_SECONDS:
                told = time.monotonic()
                self.stdout.write(f"{_counts(now)}; {now.offset / now.size:.0%} of the file")
        with transaction.atomic():
            job.refresh_from_db()
            self._tell_names("Made", {word: (number, first) for word, (number, first) in job.made.items()})
            return causes(job), list(refused_rows(job))

    def _try(self, job: Import, matching: Matching, file: BinaryIO) -> tuple[list[Cause], Iterable[RefusedRow]]:
        """Counted on the import at hand, which is then forgotten."""
        refused: list[RefusedRow] = []
        made: NewNames = {}
        missing: NewNames = {}
        try:
            for tried in trial(job, matching, make_missing=job.make_missing, chunks=chunks_of(file)):
                count_outcomes(job, tried.outcomes)
                _gather(made, tried.made)
                _gather(missing, tried.missing)
                refused += refused_rows_of(tried.refused, matching)
        finally:
            forget_unused(job.pk)
        self._tell_names("Would make", _counted_names(made))
        self._tell_names("New (--make-missing makes them)", _counted_names(missing))
        tally = CauseTally()
        for row in refused:
            tally.add(row.line, row.sentences)
        return tally.causes(), refused

    def _tell_names(self, what: str, names: Mapping[str, tuple[int, list[str]]]) -> None:
        if names:
            told = (named(number, word, first) for word, (number, first) in names.items())
            self.stdout.write(f"{what}: {'; '.join(told)}.")

    def _tell(self, job: Import, found: Sequence[Cause], seconds: float, statements: int) -> None:
        self.stdout.write(_counts(job))
        for currency, of_currency in sorted(job.sums.items()):
            self.stdout.write(f"  {_sums(currency, of_currency)}")
        for cause in found[:CAUSES_SHOWN]:
            self.stdout.write(f"  {counted(cause.rows, 'row')}, first on line {cause.line:,}: {cause.example}")
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        self.stdout.write(
            f"{seconds:.1f} s, {job.rows / max(seconds, 0.001):,.0f} rows/s, {statements / max(job.rows, 1):.3f} "
            f"statements per row, {peak} MB of memory at most"
        )


def _gather(all_of: NewNames, found: NewNames) -> None:
    """What one slice lacked the next one lacks again."""
    for word, names in found.items():
        all_of[word] = [*dict.fromkeys([*all_of.get(word, []), *names])]


def _counted_names(names: NewNames) -> dict[str, tuple[int, list[str]]]:
    return {word: (len(found), found) for word, found in names.items()}


def _choice(matching: Matching, columns: tuple[str, ...]) -> str:
    """“date=when, amount=billed …”: what is about to be read as what."""
    chosen = [f"{name}={columns[place]}" for name, place in matching.columns.items()]
    chosen += [f"{name} is {text}" for name, text in matching.defaults.items()]
    return ", ".join([*chosen, *(f"tag={columns[place]}" for place in matching.tags)])


def _counts(job: Import) -> str:
    return (
        f"{counted(job.rows, 'row')}: {job.new:,} new, {job.known:,} known, {job.changed:,} changed, "
        f"{job.refused:,} refused"
    )


def _sums(currency: str, of_currency: Mapping[str, Sequence[int]]) -> str:
    """USD: new 1,234.50 in 12 rows, refused 3.00 in 1 row."""
    told = [
        f"{RESULTS[result]} {Money(minor, currency).amount:,} in {counted(rows, 'row')}"
        for result, (rows, minor) in of_currency.items()
    ]
    return f"{currency}: {', '.join(told)}"


@contextmanager
def counted_statements() -> Iterator[list[int]]:
    count = [0]

    def counting(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        count[0] += 1
        return execute(sql, params, many, context)

    with connection.execute_wrapper(counting):
        yield count


def _write_refused(job: Import, refused: Iterable[RefusedRow], path: Path) -> None:
    layout, rows = Layout.from_json(job.layout), list(refused)
    with path.open("wb") as file:
        file.writelines(refused_csv(layout, rows, any_wide=any(is_wide(layout, row) for row in rows)))


def _mapped(matching: Matching, told: list[tuple[Field, int | None]]) -> Matching:
    """A column that is told for one field is no longer guessed for another."""
    chosen = dict(told)
    kept = {name: place for name, place in matching.columns.items() if place not in chosen.values()}
    merged = {**kept, **chosen}
    taken = {place for place in chosen.values() if place is not None}
    return replace(
        matching,
        columns={name: place for name, place in merged.items() if place is not None},
        tags=tuple(place for place in matching.tags if place not in taken),
    )


def column_named(wanted: str, columns: tuple[str, ...]) -> int:
    for names, name in ((columns, wanted), ([column.casefold() for column in columns], wanted.casefold())):
        if name in names:
            return list(names).index(name)
    raise CommandError(f"The file has no column “{wanted}”. Its columns are: {', '.join(columns)}.")


def _told_anew(
    job: Import, suggestion: Suggestion, matching: Matching, file: BinaryIO, options: dict[str, Any]
) -> tuple[Suggestion, Matching]:
    """By the values of columns that were told instead of the guessed ones."""
    guessed = suggestion.matching
    if not rechosen(guessed, matching):
        return suggestion, matching
    said = {name for name, option in SAID.items() if options[option]}
    return told_anew(suggestion, guessed, matching, formats_in(job, matching, chunks_of(file)), said)


def _with_formats(
    suggestion: Suggestion, matching: Matching, columns: tuple[str, ...], options: dict[str, Any]
) -> Matching:
    _ask_what_is_unclear(suggestion, matching, options)
    if options["tag"] is not None:
        matching = replace(matching, tags=tuple(column_named(name, columns) for name in options["tag"] if name))
    if options["card"]:
        matching = matching.with_default(Field.CARD, options["card"])
    if options["currency"]:
        matching = matching.with_default(Field.CURRENCY, options["currency"].upper())
    if options["dates"]:
        matching = replace(matching, dates=DateOrder(options["dates"]))
    return matching.with_money(
        DecimalMark(options["decimals"]) if options["decimals"] else None,
        Convention(options["sign"]) if options["sign"] else None,
    )


def _ask_what_is_unclear(suggestion: Suggestion, matching: Matching, options: dict[str, Any]) -> None:
    if suggestion.unclear_date and Field.DATE in matching.columns and not options["dates"]:
        raise CommandError(f"“{suggestion.unclear_date}” can be two days. Say --dates day_first or month_first.")
    if suggestion.unclear_amount and not options["decimals"]:
        raise CommandError(f"“{suggestion.unclear_amount}” can be two amounts. Say --decimals . or --decimals ,")
    if suggestion.is_sign_unclear and not options["sign"] and Field.SIDE not in matching.columns:
        raise CommandError(
            f"{suggestion.negative:,} of {suggestion.amounts:,} amounts are negative. Say --sign refunds_negative or "
            "charges_negative."
        )

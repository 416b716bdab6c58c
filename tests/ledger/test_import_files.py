"""Files as banks, programs and people make them: how they are read, what is asked, and which rows come back."""

from dataclasses import replace
from datetime import date

import pytest

from ledger.imports.amounts import Convention
from ledger.imports.dates import DateOrder
from ledger.imports.errors import Unreadable
from ledger.imports.fields import Field
from ledger.imports.suggestions import Suggestion
from ledger.models import (
    DocumentKind,
    Entity,
    Import,
    ImportState,
)
from tests.ledger.importing import CHOSEN, HEADER, Importer, counts, ended_well, lines

pytestmark = pytest.mark.django_db


# --- files of every make ---------------------------------------------------------------------------------------------

GOOD = "id;datum;händler;betrag;währung;karte\nc-1;02.03.2026;Café;1.234,50;EUR;card-4471\n"


@pytest.mark.parametrize(
    "file",
    [
        GOOD.encode("latin-1"),
        GOOD.encode("utf-8-sig"),
        GOOD.encode("utf-16"),
        GOOD.replace(";", "\t").encode(),
        GOOD.replace("\n", "\r\n").encode(),
        f"sep=;\n{GOOD}".encode("cp1252"),
        GOOD.rstrip().encode(),
        GOOD.encode() + b"\n\n;;;;;\n",
    ],
    ids=["latin-1", "bom", "utf-16", "tabs", "crlf", "sep", "no line end", "empty lines"],
)
def test_files_of_every_make_say_the_same(priya: Importer, file: bytes) -> None:
    job = priya.take(file, matching={"dates": DateOrder.DAY_FIRST})
    [charge] = priya.transactions()
    assert (charge.merchant_name, charge.document.amount_minor, charge.document.dated) == (
        "Café",
        123450,
        date(2026, 3, 2),
    )
    assert ended_well(job)


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        (b"", "The file is empty."),
        (HEADER.encode(), "no rows below it"),
        (b"PK\x03\x04 [Content_Types].xml xl/workbook.xml", "This is an Excel workbook."),
        (b"%PDF-1.7", "This is a PDF."),
        (",".join(f"column {n}" for n in range(1001)).encode() + b"\n" + b"x," * 1000 + b"x", "1,000 is the most"),
    ],
)
def test_a_file_from_which_nothing_can_come_leaves_no_trace(priya: Importer, file: bytes, sentence: str) -> None:
    with pytest.raises(Unreadable, match=sentence):
        priya.bring(file)
    with priya.open():
        assert not Import.objects.exists()


def test_four_hundred_columns_are_read_by_those_that_matter(priya: Importer) -> None:
    more = [f"extra {number}" for number in range(393)]
    row = f"c-1,2026-03-02,Staples,10.00,USD,card-4471,Software{',x' * 393}"
    job = priya.take("\n".join([",".join([HEADER, *more]), row]))
    assert counts(job) == (1, 0, 0, 0)


def test_a_formula_is_a_name_like_any_other_and_harmless_when_it_goes_out(priya: Importer) -> None:
    job = priya.take(
        f"{HEADER}\nc-1,2026-03-02,=1+1,10.00,USD,card-4471,\nc-2,2026-03-02,=cmd(),x,USD,card-4471,\n", columns=CHOSEN
    )
    assert [one.merchant_name for one in priya.transactions()] == ["=1+1"]
    assert '"\'=cmd()"' in priya.refused_file(job)


def test_a_huge_cell_refuses_its_row_only(priya: Importer) -> None:
    rows = [f"c-1,2026-03-02,{'x' * 40_000},10.00,USD,card-4471,", "c-2,2026-03-02,Staples,10.00,USD,card-4471,"]
    assert counts(priya.take("\n".join([HEADER, *rows]))) == (1, 0, 0, 1)


UNCLOSED = 'c-x,2026-03-02,"Staples,10.00,USD,card-4471,\n'


def test_a_quotation_mark_that_is_never_closed_ends_the_import_after_what_stands_above(priya: Importer) -> None:
    job = priya.take(lines(2500).replace("Staples", '"Staples"') + UNCLOSED)
    assert (job.state, counts(job)) == (ImportState.FAILED, (2500, 0, 0, 0))
    assert "line 2,502 does not end" in job.problem


def test_one_that_is_seen_at_once_is_told_before_anything_is_recorded(priya: Importer) -> None:
    with pytest.raises(Unreadable, match="line 502 does not end"):
        priya.bring(lines(500).replace("Staples", '"Staples"') + UNCLOSED)


def test_dates_that_can_be_two_days_are_asked_about(priya: Importer) -> None:
    file = f"{HEADER}\nc-1,03/04/2026,Staples,10.00,USD,card-4471,\n"
    assert Suggestion.from_json(priya.bring(file).suggestion).unclear_date == "03/04/2026"
    priya.take(file, matching={"dates": DateOrder.MONTH_FIRST})
    assert priya.transactions()[0].document.dated == date(2026, 3, 4)


def test_whether_a_minus_is_a_refund_is_asked_where_signs_are_mixed(priya: Importer) -> None:
    row = "{},2026-03-02,Staples,{},USD,card-4471,"
    mixed = [row.format(n, "-5.00" if n % 2 else "5.00") for n in range(8)]
    assert Suggestion.from_json(priya.bring("\n".join([HEADER, *mixed])).suggestion).is_sign_unclear
    debits = [row.format(n, "-5.00") for n in range(8)]
    job = priya.take("\n".join([HEADER, *debits]))
    assert not Suggestion.from_json(job.suggestion).is_sign_unclear
    assert priya.matching(job).amounts[Field.AMOUNT].convention is Convention.CHARGES_NEGATIVE
    assert {one.document.kind for one in priya.transactions()} == {DocumentKind.CHARGE}


# --- refused rows ----------------------------------------------------------------------------------------------------


def test_refused_rows_come_back_with_their_reasons_and_go_in_once_they_are_mended(priya: Importer) -> None:
    header = "date,merchant,amount,currency,card,category"
    coffee = "2026-03-02,Cafe,3.10,USD,card-4471,{}"
    file = "\n".join([header, coffee.format("Meals"), coffee.format(""), coffee.format("Meals")])
    first = priya.take(file)
    assert counts(first) == (1, 0, 0, 2)
    refused = priya.refused_file(first)
    assert refused.count("There is no category “Meals”.") == 2
    mended = priya.take(refused.replace('"Meals"', '"Software"'))
    assert counts(mended) == (2, 0, 0, 0)
    # The whole file, mended as well, finds all three again, under the same names.
    assert counts(priya.take(file.replace("Meals", "Software"))) == (0, 3, 0, 0)


def test_the_currency_of_a_file_is_not_that_of_the_original_amounts(priya: Importer) -> None:
    row = "c-1,2026-03-02,Bäckerei,13.20,€12.00,card-4471"
    job = priya.bring(f"id,date,merchant,amount,original amount,card\n{row}\n")
    assert Suggestion.from_json(job.suggestion).matching.defaults == {Field.CURRENCY: "USD"}


def test_the_same_columns_are_chosen_as_last_time(priya: Importer) -> None:
    header, row = "ref,when,who,sum,card", "c-{},02.03.2026,Staples,{},card-4471"
    chosen = {Field.EXTERNAL_ID: "ref", Field.DATE: "when", Field.MERCHANT: "who", Field.AMOUNT: "sum"}
    first = priya.take("\n".join([header, row.format(1, "none")]), columns=chosen)
    again = priya.bring(priya.refused_file(first))
    suggestion = Suggestion.from_json(again.suggestion)
    assert suggestion.matching == priya.matching(first)
    assert suggestion.basis[Field.AMOUNT] == "As in the import of cards.csv by Priya Raman."
    with priya.open():
        other = Entity.objects.create(name="Larkfield Ltd", currency="GBP")
    assert (
        Importer(replace(priya.tenant, entity=other)).bring(header + "\n" + row).suggestion["basis"] != suggestion.basis
    )


def test_amounts_that_go_both_ways_are_asked_about_whatever_was_chosen_last_time(priya: Importer) -> None:
    """Nobody said what a minus means where no file had one."""
    header, row = "day,who,sum,card", "02.03.2026,Staples,{},card-4471"
    chosen = {Field.DATE: "day", Field.MERCHANT: "who", Field.AMOUNT: "sum"}
    priya.take("\n".join([header, row.format("10.00"), row.format("11.00")]), columns=chosen)
    mixed = priya.bring("\n".join([header, row.format("-100.00"), row.format("-110.00"), row.format("12.00")]))
    suggestion = Suggestion.from_json(mixed.suggestion)
    assert suggestion.is_sign_unclear
    assert (suggestion.negative, suggestion.amounts) == (2, 3)


def test_whether_kinds_tell_the_way_is_for_the_signs_of_each_file_to_say(priya: Importer) -> None:
    header, row = "date,merchant,type,amount,card", "2026-03-0{0},Staples,{1},{2},card-4471"
    signed = [row.format(1, "Sale", "-10.00"), row.format(2, "Return", "4.00"), row.format(3, "Sale", "-2.00")]
    first = priya.take("\n".join([header, *signed]))
    assert priya.matching(first).columns.keys() & {Field.KIND, Field.SIDE} == {Field.KIND}
    bare = [row.format(4, "Sale", "10.00"), row.format(5, "Return", "4.00"), row.format(6, "Sale", "2.00")]
    suggestion = Suggestion.from_json(priya.bring("\n".join([header, *bare])).suggestion)
    assert suggestion.matching.columns.keys() >= {Field.KIND, Field.SIDE}
    assert not suggestion.is_sign_unclear


def test_a_file_that_speaks_against_last_time_is_believed_or_asked(priya: Importer) -> None:
    """The same columns from another country, or from a bank that turned its signs."""
    header, row = "id,date,merchant,amount,currency,card", "c-{},{},Staples,{},USD,card-4471"
    priya.take(f"{header}\n{row.format(1, '13/04/2026', '1.00')}\n")
    days = [row.format(number, f"0{number}/1{number}/2026", "1.00") for number in range(4, 9)]
    assert (
        Suggestion.from_json(priya.bring("\n".join([header, *days])).suggestion).matching.dates is DateOrder.MONTH_FIRST
    )
    either = Suggestion.from_json(priya.bring(f"{header}\n{row.format(9, '03/04/2026', '1.00')}\n").suggestion)
    assert (either.matching.dates, either.unclear_date) == (DateOrder.DAY_FIRST, "")
    minus = [row.format(number, "13/04/2026", "-1.00") for number in range(4)]
    turned = Suggestion.from_json(priya.bring("\n".join([header, *minus])).suggestion)
    assert turned.is_sign_unclear
    assert not turned.answered(["sign"]).is_sign_unclear
    few = Suggestion.from_json(priya.bring("\n".join([header, *minus[:1], *days])).suggestion)
    assert (few.is_sign_unclear, few.matching.amounts[Field.AMOUNT].convention) == (False, Convention.REFUNDS_NEGATIVE)


def test_reasons_are_counted_whatever_the_row_says(priya: Importer) -> None:
    rows = [f"c-{n},2026-02-3{n % 2},Staples,{n}.x,USD,card-4471," for n in range(4)]
    job = priya.take("\n".join([HEADER, *rows]), columns=CHOSEN)
    assert sorted(priya.causes(job)) == [
        ("“…” is not a date like 2026-11-19.", 4, 2),
        ("“…” is not an amount like 1,234.56.", 4, 2),
    ]


def test_ten_thousand_refused_rows_are_enough(priya: Importer) -> None:
    rows = [f"c-{n},2026-03-02,Staples,none,USD,card-4471," for n in range(12_000)]
    job = priya.take("\n".join([HEADER, *rows]))
    assert job.state == ImportState.FAILED
    assert "More than 10,000 rows were refused" in job.problem
    assert sum(rows for _, rows, _ in priya.causes(job)) == 10_000

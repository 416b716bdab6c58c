"""Files of card transactions and vendors: what is recorded, what a second import adds, and how an import lives."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from ledger.domain.documents import posting_day
from ledger.imports.causes import Cause
from ledger.imports.fields import VENDOR_FIELDS, Field
from ledger.imports.matching import Matching
from ledger.imports.suggestions import Suggestion
from ledger.models import (
    Card,
    Category,
    Department,
    DocumentKind,
    Entity,
    Import,
    ImportChunk,
    ImportKind,
    ImportRefusal,
    ImportSeen,
    ImportState,
    TagUse,
    Vendor,
)
from ledger.services.imports import (
    TooLarge,
    earlier_of_the_same,
    forget_unused,
    imports_with_work,
    keep_choice,
    preview,
    run_for,
    start,
    stop,
    unused_uploads,
)
from ledger.services.results import Result
from ledger.tenancy.context import acting_for
from tests.ledger.importing import CHOSEN, HEADER, Importer, counts, ended_well, external_ids, lines

pytestmark = pytest.mark.django_db


# --- what is recorded ------------------------------------------------------------------------------------------------


def test_a_row_becomes_a_charge_and_a_negative_one_a_refund(priya: Importer) -> None:
    job = priya.take(
        f"{HEADER}\nc-1,2026-03-02,Staples,1234.56,USD,card-4471,Software\nr-1,2026-03-03,Staples,-9.99,USD,card-4471,\n"
    )
    assert (job.state, counts(job)) == (ImportState.DONE, (2, 0, 0, 0))
    charge, refund = priya.transactions()
    assert (charge.document.kind, charge.document.amount_minor) == (DocumentKind.CHARGE, 123456)
    assert (charge.merchant_name, str(charge.category), charge.card.external_id) == ("Staples", "Software", "card-4471")
    assert (refund.document.kind, refund.document.amount_minor, refund.category) == (DocumentKind.REFUND, -999, None)


def test_a_statement_payment_and_a_fee_are_recorded_as_what_they_are(priya: Importer) -> None:
    header, row = "id,date,merchant,amount,currency,card,type", "{},2026-03-02,{},{},USD,card-4471,{}"
    rows = [
        row.format("c-1", "Staples", "-10.00", "Sale"),
        row.format("c-2", "Annual fee", "-95.00", "Fee"),
        row.format("c-3", "Payment Thank You", "400.00", "Payment"),
        row.format("c-4", "Staples", "4.00", "Return"),
        row.format("c-5", "Redeemed", "2.00", "Cash back"),
    ]
    assert counts(priya.take("\n".join([header, *rows]))) == (5, 0, 0, 0)
    assert [(one.document.kind, one.document.amount_minor) for one in priya.transactions()] == [
        (DocumentKind.CHARGE, 1000),
        (DocumentKind.FEE, 9500),
        (DocumentKind.PAYMENT, -40000),
        (DocumentKind.REFUND, -400),
        (DocumentKind.CASHBACK, -200),
    ]


def test_a_refused_payment_goes_in_once_a_column_says_its_kind(priya: Importer) -> None:
    header = "date,merchant,amount,currency,card"
    rows = ["2026-03-02,Staples,10.00,USD,card-4471", "2026-03-02,PAYMENT THANK YOU,-400.00,USD,card-4471"]
    first = priya.take("\n".join([header, *rows]))
    assert counts(first) == (1, 0, 0, 1)
    assert priya.recorded()[0] == 1
    assert counts(priya.take(f"{header},kind\n{rows[1]},payment\n")) == (1, 0, 0, 0)
    assert {one.document.kind for one in priya.transactions()} == {DocumentKind.CHARGE, DocumentKind.PAYMENT}


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago", "America/New_York", "Asia/Kolkata"])
@pytest.mark.parametrize("day", ["2026-03-08", "2026-03-29", "2025-10-26"])
def test_a_date_without_a_time_is_that_very_day_in_the_books_of_the_entity(
    priya: Importer, zone: str, day: str
) -> None:
    with priya.open():
        Entity.objects.update(time_zone=zone)
        priya.tenant.entity.refresh_from_db()
    priya.take(f"{HEADER}\nc-1,{day},Staples,10,USD,card-4471,\n")
    [charge] = priya.transactions()
    assert charge.document.dated == date.fromisoformat(day)
    assert charge.cleared_at is not None
    assert posting_day(charge.cleared_at, zone) == date.fromisoformat(day)


def test_a_day_that_means_never_refuses_its_row_only(priya: Importer) -> None:
    rows = ["c-1,9999-12-31T23:00:00-05:00,Staples,10,USD,card-4471,", "c-2,2026-03-02,Staples,10,USD,card-4471,"]
    job = priya.take("\n".join([HEADER, *rows]), columns=CHOSEN)
    assert counts(job) == (1, 0, 0, 1)


def test_the_same_file_again_adds_nothing_and_is_recognised(priya: Importer) -> None:
    first = priya.take(lines(30))
    before = priya.recorded()
    again = priya.ready(lines(30))
    with priya.open():
        assert [job.pk for job in earlier_of_the_same(again)] == [first.pk]
    assert counts(priya.read(again)) == (0, 30, 0, 0)
    assert priya.recorded() == before == (30, 30, 30)


def test_rows_without_an_id_keep_one_by_what_they_say(priya: Importer) -> None:
    """Two coffees on one day are two; both are known when they come again, in another order and with a new column."""
    header, coffee, tea = (
        "date,merchant,amount,currency,card",
        "2026-03-02,Cafe,3.10,USD,card-4471",
        "2026-03-02,Tea,2,USD,card-4471",
    )
    assert counts(priya.take("\n".join([header, coffee, tea, coffee]))) == (3, 0, 0, 0)
    again = [f"{header},note", f"{coffee},x", f"{coffee},y", f"{tea},z"]
    assert counts(priya.take("\n".join(again))) == (0, 0, 3, 0)
    assert len(set(external_ids(priya.transactions()))) == 3


def test_what_a_row_says_otherwise_is_a_change(priya: Importer) -> None:
    priya.take(lines(3))
    job = priya.take(lines(3).replace("10.00", "12.00", 1))
    assert counts(job) == (0, 2, 1, 0)


def test_what_is_missing_is_refused_or_made_as_the_person_said(priya: Importer) -> None:
    file = (
        "id,date,merchant,amount,currency,card_last4,account,account_code,cost_centre,directorate\n"
        "c-1,2026-03-02,Staples,10,USD,4471,Books,6100,Leeds,Schools\n"
        "c-2,2026-03-02,Staples,10,USD,0815,books,6100,LEEDS,Schools\n"
        "c-3,2026-03-02,Staples,10,USD,815,Pencils,,Leeds,\n"
    )
    refused = priya.take(file)
    assert counts(refused) == (0, 0, 0, 3)
    assert ("There is no department “…”.", 3, 2) in priya.causes(refused)
    assert counts(priya.take(file, make_missing=True)) == (3, 0, 0, 0)
    first, second, third = priya.transactions()
    # A column of last four digits finds the card on record; a spreadsheet drops the zero of 0815.
    assert (first.card.external_id, second.card.external_id, third.card.external_id) == ("card-4471", "0815", "0815")
    assert (str(second.category), second.category.code if second.category else "") == ("Books", "6100")
    with priya.open():
        assert set(Category.objects.values_list("name", flat=True)) == {"Software", "Books", "Pencils"}
        assert set(Department.objects.values_list("name", flat=True)) == {"Product", "Leeds"}
        assert {(str(use.group), str(use.tag)) for use in TagUse.objects.select_related("group", "tag")} == {
            ("directorate", "Schools")
        }
    assert counts(priya.take(file, make_missing=True)) == (0, 3, 0, 0)


@pytest.mark.parametrize(
    ("cell", "sentence"),
    [
        ("Visa gold", "There is no card “Visa gold”. It has no digits from which a card could be made."),
        ("theirs-1", "The card “theirs-1” belongs to Larkfield Ltd, not to Larkfield Inc.."),
        ("2222", "2 cards of Larkfield Inc. end in “2222”. Write the card's own id."),
    ],
)
def test_a_card_that_cannot_be_told_is_refused_with_the_way_out(priya: Importer, cell: str, sentence: str) -> None:
    with priya.open():
        other = Entity.objects.create(name="Larkfield Ltd", currency="GBP", time_zone="Europe/London")
        for entity, name in ((other, "theirs-1"), (priya.tenant.entity, "a-2222"), (priya.tenant.entity, "b-2222")):
            Card.objects.create(entity=entity, external_id=name, last_four="2222", holder="")
    job = priya.take(f"{HEADER}\nc-1,2026-03-02,Staples,10,USD,{cell},\n", make_missing=True)
    with priya.open():
        assert [row.sentences for row in ImportRefusal.objects.all()] == [[sentence]]
    assert counts(job) == (0, 0, 0, 1)


def test_two_entities_may_have_cards_that_end_alike(priya: Importer) -> None:
    with priya.open():
        other = Entity.objects.create(name="Larkfield Ltd", currency="GBP", time_zone="Europe/London")
        for digits in ("2222", "3333"):
            Card.objects.create(entity=other, external_id=digits, last_four=digits, holder="")
        Card.objects.create(entity=priya.tenant.entity, external_id="ours", last_four="2222", holder="")
    rows = ["c-1,2026-03-02,Staples,10,USD,2222,", "c-2,2026-03-02,Staples,10,USD,3333,"]
    file = "\n".join([HEADER, *rows])
    assert counts(priya.take(file)) == (1, 0, 0, 1)
    assert counts(priya.take(file, make_missing=True)) == (1, 1, 0, 0)
    assert [one.card.external_id for one in priya.transactions()] == ["ours", "3333 Larkfield Inc."]
    assert counts(priya.take(file, make_missing=True)) == (0, 2, 0, 0)


def test_of_a_whole_card_number_only_the_last_four_digits_stay(priya: Importer) -> None:
    rows = ["c-1,2026-03-02,Staples,10,USD,4111 1111 1111 1111,", "c-2,2026-02-30,Staples,10,USD,4111111111111111,"]
    job = priya.take("\n".join([HEADER, *rows]), make_missing=True, columns=CHOSEN)
    [charge] = priya.transactions()
    assert (charge.card.external_id, charge.card.last_four) == ("1111", "1111")
    assert "4111" not in priya.refused_file(job)
    assert "•••• 1111" in priya.refused_file(job)


def test_a_whole_card_number_is_not_kept_in_a_column_that_nobody_chose(priya: Importer) -> None:
    job = priya.take(
        f"{HEADER},billed to\n4111111111111111,2026-02-30,Staples,10,USD,card-4471,,4111-1111-1111-1111\n",
        columns=CHOSEN,
    )
    # What is read as the id stays as it was: mended and imported again, the row is the same one.
    assert '"4111111111111111"' in priya.refused_file(job)
    assert "•••• 1111" in priya.refused_file(job)
    assert "4111-1111" not in priya.refused_file(job)


def test_a_code_is_surer_than_a_name(priya: Importer) -> None:
    with priya.open():
        Category.objects.create(name="Travel", code="6200")
        Category.objects.filter(name="Software").update(code="6100")
    header = "id,date,merchant,amount,currency,card,category,category_code"
    told = [("Voyages", "6200"), ("software", ""), ("", "6100"), ("Software", "6200"), ("", "9999")]
    rows = [f"c-{n},2026-03-02,Staples,10,USD,card-4471,{name},{code}" for n, (name, code) in enumerate(told)]
    job = priya.take("\n".join([header, *rows]), make_missing=True)
    assert [str(one.category) for one in priya.transactions()] == ["Travel", "Software", "Software"]
    assert [cause for cause, _, _ in priya.causes(job)] == [
        "The code “…” is the category “…” here, not “…”.",
        "There is no category with the code “…”, and the row has no name for it.",
    ]


# --- its life --------------------------------------------------------------------------------------------------------


def test_the_bytes_are_kept_while_they_are_needed_and_the_refusals_longer(priya: Importer) -> None:
    job = priya.ready(f"{lines(3)}c-9,2026-03-02,Staples,none,USD,card-4471,\n", columns=CHOSEN)
    with priya.open():
        assert ImportChunk.objects.count() == 1
    priya.read(job)
    with priya.open():
        assert (ImportChunk.objects.count(), ImportSeen.objects.count(), ImportRefusal.objects.count()) == (0, 0, 1)


def test_a_large_file_lies_in_pieces_of_a_megabyte_and_is_read_across_their_edges(priya: Importer) -> None:
    rows = [f"c-{n},2026-03-02,{'é' * 190},10.00,USD,card-4471," for n in range(6000)]
    job = priya.ready("\n".join([HEADER, *rows]))
    with priya.open():
        assert [len(bytes(chunk.data)) for chunk in ImportChunk.objects.order_by("number")][:2] == [1024 * 1024] * 2
    assert counts(priya.read(job)) == (6000, 0, 0, 0)


def test_whoever_goes_on_begins_where_the_last_slice_ended(priya: Importer) -> None:
    """Each session reads one slice, as if every worker died after it; rows without an id are told apart."""
    coffee = "2026-03-02,Cafe,3.10,USD,card-4471\n"
    job = priya.ready("date,merchant,amount,currency,card\n" + coffee * 2500)
    seen = []
    while priya.now(job).is_under_way:
        now = priya.read(job, slices=1)
        seen.append((now.rows, now.line))
    assert seen[:3] == [(1000, 1002), (2000, 2002), (2500, 2502)]
    assert counts(priya.now(job)) == (2500, 0, 0, 0)


def test_a_stopped_import_keeps_what_it_has_and_reads_no_further(priya: Importer) -> None:
    job = priya.ready(lines(2500))
    priya.read(job, slices=1)
    with priya.open():
        assert stop(job, by="Priya Raman")
        assert not stop(job, by="Theo Brandt")
    with acting_for(priya.tenant.id):
        assert not run_for(job.pk, 5)
    now = priya.now(job)
    assert (now.state, now.problem, now.new) == (ImportState.STOPPED, "Priya Raman stopped it.", 1000)
    assert counts(priya.take(lines(2500))) == (1500, 1000, 0, 0)


def test_an_import_is_started_once_and_not_without_columns(priya: Importer) -> None:
    job = priya.bring(lines(3))
    with priya.open():
        assert not start(job)
    ready = priya.ready(lines(3))
    with priya.open():
        assert not start(ready)
        assert not keep_choice(ready, Matching({}), make_missing=True)
    assert counts(priya.read(ready)) == (3, 0, 0, 0)


def test_what_breaks_its_worker_again_and_again_ends(priya: Importer) -> None:
    job = priya.ready(lines(3))
    with priya.open():
        Import.objects.update(tries=5)
    with acting_for(priya.tenant.id):
        assert not run_for(job.pk, 5)
    assert "broke off 5 times after line 1" in priya.now(job).problem


def test_the_sweep_finds_what_stands_still_and_what_nobody_wanted(priya: Importer) -> None:
    stuck, unwanted = priya.ready(lines(3)), priya.bring(lines(4))
    assert (imports_with_work(), unused_uploads()) == ([], [])
    with priya.open(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE ledger_import SET touched_at = now() - interval '20 s', uploaded_at = now() - interval '8 d'"
        )
    assert imports_with_work() == [(priya.tenant.id, stuck.pk)]
    assert unused_uploads() == [(priya.tenant.id, unwanted.pk)]
    with acting_for(priya.tenant.id):
        assert forget_unused(unwanted.pk)
        assert not forget_unused(stuck.pk)
    with priya.open():
        assert list(ImportChunk.objects.values_list("of", flat=True)) == [stuck.pk]


def test_a_file_above_the_limit_is_refused_and_the_sentence_names_the_way(priya: Importer) -> None:
    with pytest.raises(TooLarge, match=r"larger than 1 MB.*manage\.py import_transactions"):
        priya.bring(lines(40_000), largest=1024 * 1024)


@pytest.mark.parametrize(
    "changes", [{"new": 5}, {"state": "done", "matching": None}, {"problem": "?"}, {"entity": None}, {"kind": "what"}]
)
def test_the_database_keeps_what_must_not_be_false(priya: Importer, changes: dict[str, Any]) -> None:
    job = priya.bring(lines(3))
    with pytest.raises(IntegrityError), priya.open():
        Import.objects.filter(pk=job.pk).update(**changes)


# --- a preview -------------------------------------------------------------------------------------------------------


def test_what_the_rows_come_to_is_added_up_slice_by_slice(priya: Importer) -> None:
    job = priya.take(lines(2500) + "c-x,2026-03-02,Staples,10.00,USD,card-0000,\n")
    assert job.sums == {"USD": {"created": [2500, 2_500_000], "refused": [1, 1000]}}


def test_a_preview_is_what_will_be_and_leaves_nothing(priya: Importer) -> None:
    rows = [f"c-{n},2026-03-02,Staples,{'none' if n > 3 else -10},USD,5096,Books" for n in range(1, 5)]
    job = priya.bring("\n".join([HEADER, *rows]))
    matching = replace(
        Suggestion.from_json(job.suggestion).matching, columns={field: n for n, field in enumerate(CHOSEN)}
    )
    with priya.open():
        made, refused = (preview(job, matching, make_missing=allowed) for allowed in (True, False))
        assert not Card.objects.filter(external_id="5096").exists()
    assert [outcome.result for outcome in made.outcomes] == [Result.CREATED] * 3 + [Result.REFUSED]
    assert (made.made, made.missing) == ({"card": ["5096"], "category": ["Books"]}, {})
    assert (refused.made, refused.missing) == ({}, {"card": ["5096"], "category": ["Books"]})
    assert made.causes == [Cause("“…” is not an amount like 1,234.56.", 1, 5, "“none” is not an amount like 1,234.56.")]
    assert refused.counts == {Result.REFUSED: 4}
    assert refused.causes[0] == Cause("There is no card “…”.", 3, 2, "There is no card “5096”.")
    assert priya.recorded() == (0, 0, 0)


# --- vendors ---------------------------------------------------------------------------------------------------------


def test_vendors_are_made_once_and_keep_what_a_file_does_not_tell(priya: Importer) -> None:
    file = "Vendor name,Vendor no,Email,Phone\nFigma Inc,V-1,pay@figma.com,1\nACME,,,\nacme,V-2,,2\n"
    job = priya.take(file, kind=ImportKind.VENDORS)
    assert ended_well(job)
    assert counts(priya.take(file, kind=ImportKind.VENDORS))[0] == 0
    again = priya.take(
        "Name,Email\nFigma Inc,bills@figma.com\nnot mail,x y\n,a@b.c\n",
        kind=ImportKind.VENDORS,
        columns={Field.EMAIL: "Email"},
    )
    assert counts(again) == (0, 0, 1, 2)
    with priya.open():
        figma = Vendor.objects.get(external_id="V-1")
        assert (figma.email, figma.phone) == ("bills@figma.com", "1")
        assert Vendor.objects.count() == 2


def test_every_field_of_a_vendor_that_is_offered_is_kept() -> None:
    kept = {field.name for field in Vendor._meta.get_fields()}
    assert {str(field) for field in VENDOR_FIELDS} <= kept


# --- cost ------------------------------------------------------------------------------------------------------------


def test_a_slice_costs_the_same_statements_whatever_its_rows(priya: Importer) -> None:
    def statements(rows: int) -> int:
        header = "id,date,merchant,amount,currency,card,category,department,project"
        told = [
            f"{rows}-{n},2026-03-02,Staples,10.00,USD,{1000 + n % 50},Cat {n % 20},Dep {n % 9},P {n % 5}"
            for n in range(rows)
        ]
        job = priya.ready("\n".join([header, *told]), make_missing=True)
        with CaptureQueriesContext(connection) as captured:
            priya.read(job)
        return len(captured)

    statements(60)
    assert statements(100) == statements(900) <= 40

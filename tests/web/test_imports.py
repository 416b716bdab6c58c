"""Importing in the browser: the file, its columns beside its first rows, how far it is, and what became of it."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape

from ledger.imports.fields import TRANSACTION_FIELDS, Field
from ledger.imports.suggestions import Suggestion
from ledger.models import Import, ImportState
from ledger.web.imports.form import TRANSACTIONS
from tests.cast import Cast
from tests.ledger.importing import CHOSEN, HEADER, Importer, counts, lines
from tests.web.browser import Browser, page

IMPORTS = "/o/larkfield/imports/"


@pytest.fixture
def office(cast: Cast) -> Importer:
    return Importer(cast.larkfield)


def upload(browser: Browser, office: Importer, file: str | bytes, **fields: Any) -> Any:
    raw = file.encode() if isinstance(file, str) else file
    sent = {"kind": "transactions", "entity": office.tenant.entity.pk, "file": SimpleUploadedFile("cards.csv", raw)}
    return browser.post(f"{IMPORTS}new", **{**sent, **fields})


def uploaded(browser: Browser, office: Importer, file: str | bytes, **fields: Any) -> str:
    """The address of its page."""
    response = upload(browser, office, file, **fields)
    assert response.status_code == 302, response.content[-3000:]
    return str(response.headers["Location"])


def columns(**changes: str) -> dict[str, str]:
    """The form as somebody fills it in who knows the file."""
    places = {f"column_{field}": str(place) for place, field in enumerate(CHOSEN)}
    return {**places, "dates": "year_first", "mark": ".", "sign": "refunds_negative", "make_missing": "on", **changes}


def the_import(office: Importer) -> Import:
    with office.open():
        return Import.objects.select_related("entity").get()


def chosen(browser: Browser, address: str, name: str) -> str:
    """What stands in a select."""
    html = browser.get(address).content.decode()
    part = html.split(f'name="{name}"', 1)[1].split("</select>", 1)[0]
    return part.split(" selected>", 1)[1].split("<", 1)[0] if " selected>" in part else ""


# --- the whole way ---------------------------------------------------------------------------------------------------


def test_from_the_file_to_the_books_and_back(priya: Browser, office: Importer) -> None:
    refund = "r-1,2026-03-03,Staples,-9.99,USD,card-4471,Books"
    rows = [HEADER, refund, "c-x,2026-03-02,Hilton,none,USD,card-4471,", *lines(20).splitlines()[1:]]
    address = uploaded(priya, office, "\n".join(rows))
    shown = page(priya.get(address))
    assert "“merchant” is a usual name for it." in shown.text
    assert "New: 1 category: Books. Rows that name them are refused." in shown.text
    assert not shown.all("input", id="make_missing", checked="")
    assert office.recorded() == (0, 0, 0)

    looked = page(priya.post_as_htmx(f"{address}choose", **columns()))
    assert "New: 1 category: Books. The import makes them." in looked.text
    assert "minus 9.99 US dollars" in looked.text
    start = priya.post(f"{address}choose", **columns(do="start"))
    assert "waits for its turn" in page(priya.land(start)).text
    office.read(the_import(office))
    done = page(priya.get(address))
    assert "21 added and 1 refused." in done.text
    assert "Made 1 category: Books" in done.text
    assert "1 row , first on line 3: “none” is not an amount like 1,234.56." in done.text

    refused = b"".join(priya.get(f"{address}refused.csv").streaming_content).decode()
    again = uploaded(priya, office, refused.replace('"none"', '"10.00"'))
    assert "As in the import of cards.csv by Priya Raman." in page(priya.get(again)).text
    priya.post(f"{again}choose", **columns(do="start"))
    with office.open():
        latest = Import.objects.latest("id")
    assert counts(office.read(latest)) == (1, 0, 0, 0)


def test_a_file_of_one_card_names_it_beside_the_columns(priya: Browser, office: Importer) -> None:
    address = uploaded(priya, office, "date,merchant,amount,currency\n2026-03-02,Hilton,12.30,USD\n")
    shown = page(priya.get(address))
    assert "or write one card for all rows" in shown.text
    places = {f"column_{name}": str(place) for place, name in enumerate(("date", "merchant", "amount", "currency"))}
    priya.post(f"{address}choose", **places, card="5500 0000 0000 4471", do="start")
    job = office.read(the_import(office))
    assert counts(job) == (1, 0, 0, 0)
    assert "00000000" not in str(job.matching)


# --- bringing a file -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        (b"", "The file is empty."),
        (HEADER.encode(), "The file has a header, but no rows below it."),
        (b"PK\x03\x04 [Content_Types].xml xl/workbook.xml", "This is an Excel workbook."),
        (b"\x89PNG\r\n", "This is a picture."),
    ],
)
def test_what_is_no_csv_is_named_and_leaves_no_trace(
    priya: Browser, office: Importer, file: bytes, sentence: str
) -> None:
    response = upload(priya, office, file)
    assert response.status_code == 422
    assert sentence in page(response).text
    with office.open():
        assert not Import.objects.exists()


def test_without_a_file_or_an_entity_the_form_says_what_to_choose(priya: Browser, office: Importer) -> None:
    response = priya.post(f"{IMPORTS}new", kind="transactions", entity="")
    assert response.status_code == 422
    assert "Choose a file." in page(response).text
    assert "Choose whose cards these are." in page(response).text


@pytest.mark.parametrize("entity", ["99999999999999999999", "0", "x", "theirs"])
def test_an_entity_that_is_not_ours_is_none(priya: Browser, cast: Cast, office: Importer, entity: str) -> None:
    theirs = str(cast.brightwell.entity.pk)
    assert upload(priya, office, lines(3), entity=theirs if entity == "theirs" else entity).status_code == 422


@pytest.mark.parametrize("size", [1_500_000, 4_000_000], ids=["by what came", "by what was announced"])
def test_a_file_above_the_cap_is_answered_with_the_way_out(
    priya: Browser, office: Importer, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr("ledger.web.imports.upload.LARGEST", 1024 * 1024)
    response = upload(priya, office, lines(3) + "x" * size)
    assert response.status_code == 413
    assert "larger than 1 MB" in page(response).text
    assert "manage.py import_transactions takes files of any size" in page(response).text
    with office.open():
        assert not Import.objects.exists()


def test_vendors_need_no_entity(priya: Browser, office: Importer) -> None:
    address = uploaded(priya, office, "Name,Email\nFigma Inc,pay@figma.com\n", kind="vendors", entity="")
    shown = page(priya.get(address))
    for words in ("Figma Inc", "Line Vendor Id", "an import sends no vendor to the books", "Import 1 row "):
        assert words in shown.text
    assert "Card" not in shown.text.replace("Card transactions", "")
    priya.post(f"{address}choose", column_name="0", column_email="1", do="start")
    assert counts(office.read(the_import(office))) == (1, 0, 0, 0)
    assert "Made" not in page(priya.get(address)).text


def test_the_same_file_is_recognised_and_not_forbidden(priya: Browser, office: Importer) -> None:
    office.take(lines(3))
    shown = page(priya.get(uploaded(priya, office, lines(3))))
    assert "Priya Raman imported this very file before; importing it again adds nothing." in shown.text
    assert "The first 3 rows: 3 known." in shown.text


# --- choosing its columns --------------------------------------------------------------------------------------------


def test_every_field_of_ours_can_be_chosen() -> None:
    assert set(TRANSACTIONS) == set(TRANSACTION_FIELDS)


def test_what_is_ambiguous_is_asked_and_nothing_begins_before_it_is_said(priya: Browser, office: Importer) -> None:
    file = f"{HEADER}\nc-1,03/04/2026,Staples,-1.00,USD,card-4471,\nc-2,03/04/2026,Staples,1.00,USD,card-4471,\n"
    address = uploaded(priya, office, file)
    assert (chosen(priya, address, "dates"), chosen(priya, address, "sign")) == ("", "")
    refused = priya.post(f"{address}choose", **columns(dates="", sign="", do="start"))
    assert refused.status_code == 422
    assert "“03/04/2026” can be two days. Say which." in page(refused).text
    assert "1 of 2 amounts are negative. Say what a minus means." in page(refused).text
    assert the_import(office).state == ImportState.UPLOADED

    assert priya.post(f"{address}choose", **columns(dates="month_first", do="look")).status_code == 302
    assert chosen(priya, address, "dates") == "11/19/2026"
    assert priya.post(f"{address}choose", **columns(dates="month_first", do="start")).status_code == 302
    assert counts(office.read(the_import(office))) == (2, 0, 0, 0)
    assert {str(one.document.dated) for one in office.transactions()} == {"2026-03-04"}


def test_what_is_missing_is_asked_at_its_field(priya: Browser, office: Importer) -> None:
    address = uploaded(priya, office, "a,b,c\nx,y,z\n")
    response = priya.post(f"{address}choose", do="start")
    assert response.status_code == 422
    assert page(response).all("select", id="column_date", **{"aria-invalid": "true"})
    assert "Choose the column with the merchant." in page(response).text


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("c-2,2999-03-02,Hilton,14.00,USD,card-4471,", "2999-03-02 lies in the future."),
        ("c-2,2026-03-02,Hilton,0.00,USD,card-4471,", "A charge is above zero."),
    ],
)
def test_what_is_refused_only_after_it_was_read_is_shown_as_it_stands(
    priya: Browser, office: Importer, row: str, sentence: str
) -> None:
    shown = priya.get(uploaded(priya, office, f"{lines(1)}{row}\n"))
    assert shown.status_code == 200
    for words in ("1 new, 1 refused", sentence, " · ".join(row.rstrip(",").split(","))):
        assert words in page(shown).text


def test_a_vendor_who_is_known_in_other_letters_is_shown_as_it_stands(priya: Browser, office: Importer) -> None:
    file = "Vendor name,Vendor no\nFigma Inc,V-1\nFIGMA INC,V-2\n"
    shown = page(priya.get(uploaded(priya, office, file, kind="vendors", entity="")))
    for words in ("1 new, 1 refused", "FIGMA INC · V-2"):
        assert words in shown.text


def test_a_changed_column_shows_at_once_what_becomes_of_the_rows(priya: Browser, office: Importer) -> None:
    address = uploaded(priya, office, lines(3))
    changed = priya.post_as_htmx(f"{address}choose", **columns(column_merchant="6"))
    assert changed.status_code == 200
    assert page(changed).all("section", id="tried")
    assert "Staples" not in page(changed).text
    assert page(priya.get(address)).text.count("Staples") == 0
    assert office.recorded() == (0, 0, 0)


TWO_AMOUNTS = "id,date,merchant,amount,currency,card,category,paid,settled on"


def two_amounts(days: str = "{:02d}/05/2026") -> str:
    rows = [
        f"c-{n},2026-03-02,Staples,10.00,USD,card-4471,Software,{-9 if n else 4}.00,{days.format(n + 9)}"
        for n in range(12)
    ]
    return "\n".join([TWO_AMOUNTS, *rows])


@pytest.mark.parametrize("is_partial", [True, False], ids=["with htmx", "without"])
def test_another_column_of_money_in_which_a_minus_means_the_other_thing_is_asked_about(
    priya: Browser, office: Importer, is_partial: bool
) -> None:
    address = uploaded(priya, office, two_amounts())
    assert chosen(priya, address, "sign") == "Minus is a refund"
    post, told = (priya.post_as_htmx, 200) if is_partial else (priya.post, 422)
    asked = post(f"{address}choose", **columns(column_amount="7", do="" if is_partial else "start"))
    assert asked.status_code == told
    assert "11 of 12 amounts are negative. Say what a minus means." in page(asked).text
    # What is shown no longer says what was guessed of the other column.
    sign = asked.content.decode().split('name="sign"', 1)[1].split("</select>", 1)[0]
    assert " selected>" not in sign
    said = columns(column_amount="7", sign="charges_negative", do="start")
    assert priya.post(f"{address}choose", **said).status_code == 302
    assert counts(office.read(the_import(office))) == (12, 0, 0, 0)
    assert [one.document.amount_minor for one in office.transactions()].count(900) == 11


def test_going_back_to_the_guessed_column_asks_nothing(priya: Browser, office: Importer) -> None:
    address = uploaded(priya, office, two_amounts())
    priya.post_as_htmx(f"{address}choose", **columns(column_amount="7"))
    back = page(priya.post_as_htmx(f"{address}choose", **columns(sign="")))
    assert "12 new" in back.text
    assert chosen(priya, address, "sign") == "Minus is a refund"


def test_a_sign_that_is_said_with_the_column_is_not_asked_again(priya: Browser, office: Importer) -> None:
    address = uploaded(priya, office, two_amounts())
    said = columns(column_amount="7", sign="charges_negative")
    assert "12 new" in page(priya.post_as_htmx(f"{address}choose", **said)).text


@pytest.mark.parametrize(
    ("days", "order", "sentence"),
    [
        ("{:02d}/05/2026", "19/11/2026", "12 new"),
        ("05/{:02d}/2026", "11/19/2026", "12 new"),
        ("05/06/2026", "", "“05/06/2026” can be two days. Say which."),
    ],
)
def test_the_days_of_another_column_are_looked_at_anew(
    priya: Browser, office: Importer, days: str, order: str, sentence: str
) -> None:
    address = uploaded(priya, office, two_amounts(days))
    assert chosen(priya, address, "dates") == "2026-11-19"
    changed = priya.post_as_htmx(f"{address}choose", **columns(column_date="8"))
    assert sentence in page(changed).text
    assert chosen(priya, address, "dates") == order


@pytest.mark.parametrize(
    "changes",
    [{"column_date": "99"}, {"column_date": "-1"}, {"column_date": "²"}, {"dates": "?"}, {"mark": "\0"}, {"tag": "x"}],
)
def test_a_form_that_was_tampered_with_breaks_nothing(
    priya: Browser, office: Importer, changes: dict[str, str]
) -> None:
    address = uploaded(priya, office, lines(3))
    assert priya.post(f"{address}choose", **columns(do="look", **changes)).status_code == 302
    assert priya.get(address).status_code == 200


def test_four_hundred_columns_stay_in_order(priya: Browser, office: Importer) -> None:
    header = ",".join([HEADER, *(f"extra column {number}" for number in range(393))])
    address = uploaded(priya, office, f"{header}\nc-1,2026-03-02,Staples,10.00,USD,card-4471,Software{',x' * 393}\n")
    response = priya.get(address)
    assert "other columns" in page(response).text
    assert len(response.content) < 700_000
    assert len(page(response).all("select")) == len(TRANSACTIONS) + 3


def test_the_preview_says_what_is_no_charge(priya: Browser, office: Importer) -> None:
    rows = [
        "c-1,2026-03-02,Staples,10.00,USD,card-4471,Sale",
        "c-2,2026-03-02,Bank,-400.00,USD,card-4471,Payment",
        "c-3,2026-03-02,Bank,95.00,USD,card-4471,Fee",
        "c-4,2026-03-02,Bank,5.00,USD,card-4471,Adjustment",
    ]
    shown = page(priya.get(uploaded(priya, office, "\n".join(["id,date,merchant,amount,currency,card,type", *rows]))))
    for words in (
        "3 new, 1 refused",
        "Bank statement payment",
        "Bank fee",
        "“Adjustment” does not say which kind it is.",
    ):
        assert words in shown.text
    assert "Staples charge" not in shown.text


def test_other_currencies_than_the_books_are_pointed_out(priya: Browser, office: Importer) -> None:
    address = uploaded(priya, office, lines(3).replace("USD", "EUR", 1))
    assert "Some amounts are in EUR, other than the books of the entity." in page(priya.get(address)).text


def test_a_reason_is_shown_in_the_words_of_its_first_row_and_days_as_the_file_writes_them(
    priya: Browser, office: Importer
) -> None:
    rows = [f"c-{n},12.03.2026,Staples,10.00,USD,card-4471," for n in range(30)]
    bad = ["d-8,31.02.2026,Hilton,10.00,USD,card-4471,", "d-9,32.02.2026,Hilton,10.00,USD,card-4471,"]
    file = "\n".join([HEADER, *rows, "d-7,13.03.2026,Staples,10.00,USD,card-4471,", *bad])
    address = uploaded(priya, office, file)
    sentence = "2 rows , first on line 33: “31.02.2026” is not a date like 19.11.2026."
    assert sentence in page(priya.get(address)).text
    assert chosen(priya, address, "dates") == "19.11.2026"
    priya.post(f"{address}choose", **columns(dates="day_first", do="start"))
    office.read(the_import(office))
    assert sentence in page(priya.get(address)).text


def test_what_the_rows_come_to_is_told_before_and_after(priya: Browser, office: Importer) -> None:
    rows = [
        "c-1,2026-03-02,Staples,10.00,USD,card-4471,",
        "c-2,2026-03-02,Staples,-3.00,USD,card-4471,",
        "c-3,2026-03-02,Staples,5.00,EUR,card-4471,",
        "c-4,2026-03-02,Staples,1.50,USD,card-0000,",
        "c-5,soon,Staples,2.00,USD,card-4471,",
        "c-6,2026-03-02,Staples,none,USD,card-4471,",
        *(f"d-{n},2026-03-02,Staples,1.00,USD,card-4471," for n in range(20)),
    ]
    address = uploaded(priya, office, "\n".join([HEADER, *rows]))
    told = (
        "Rows Sum New 23 € 5.00 5.00 euros $ 27.00 27.00 US dollars Known already 0 – none Changed 0 – none "
        "Refused 3 $ 3.50 3.50 US dollars Rows read 26 € 5.00 5.00 euros $ 30.50 30.50 US dollars "
        "Of 1 refused row no amount could be read."
    )
    assert told in page(priya.get(address)).text
    priya.post(f"{address}choose", **columns(make_missing="", do="start"))
    office.read(the_import(office), slices=1)
    assert told in page(priya.get(address)).text


def test_what_a_row_has_too_much_stands_under_a_heading(priya: Browser, office: Importer) -> None:
    job = office.take(lines(1) + "c-2,2026-03-02,Staples, Inc,10.00,USD,card-4471,Software\n")
    file = b"".join(priya.get(f"{IMPORTS}{job.public_id}/refused.csv").streaming_content).decode("utf-8-sig")
    header, row = file.splitlines()
    assert header.endswith('"Line","Reason","Row id","Too much"')
    assert row.endswith(',"","Software"')


def test_money_in_a_column_that_is_not_read_is_pointed_out(priya: Browser, office: Importer) -> None:
    file = (
        "id,date,merchant,amount,card,Tip,Fee,VAT amount,Surcharge\n"
        "c-1,2026-03-02,Staples,10.00,card-4471,1.50,0.30,2.00,0.00\n"
    )
    shown = page(priya.get(uploaded(priya, office, file))).text
    assert "Not read: “Tip” and “Fee”." in shown
    assert "Not read" not in page(priya.get(uploaded(priya, office, lines(3)))).text


def test_what_a_file_says_is_never_run(priya: Browser, office: Importer) -> None:
    evil = "<script>alert(1)</script>"
    file = f"id,date,merchant,amount,currency,card,{evil}\nc-1,2026-03-02,{evil},10.00,USD,card-4471,{evil}\n"
    response = priya.get(uploaded(priya, office, file))
    assert escape(evil) in response.content.decode()
    assert page(response).inline == []


def test_a_file_that_is_not_wanted_is_thrown_away(priya: Browser, office: Importer) -> None:
    address = uploaded(priya, office, lines(3))
    assert "was thrown away" in page(priya.land(priya.post(f"{address}discard"))).text
    assert priya.get(address).status_code == 404


def test_what_was_started_is_neither_started_again_nor_thrown_away(priya: Browser, office: Importer) -> None:
    job = office.take(lines(3))
    address = f"{IMPORTS}{job.public_id}/"
    assert "It was started already." in page(priya.land(priya.post(f"{address}choose", **columns(do="start")))).text
    assert "stays on record" in page(priya.land(priya.post(f"{address}discard"))).text
    assert "It had ended already." in page(priya.land(priya.post(f"{address}stop"))).text
    assert office.now(job).state == ImportState.DONE


# --- how far it is ---------------------------------------------------------------------------------------------------


def test_progress_is_seen_while_it_runs_and_looks_again_until_it_is_over(priya: Browser, office: Importer) -> None:
    job = office.ready(lines(2500))
    address = f"{IMPORTS}{job.public_id}/"
    office.read(job, slices=1)
    moving = page(priya.partial(address))
    assert "1,000 of about 2,5" in moving.text
    assert moving.all("section", id="import", **{"hx-get": address})
    assert moving.all("progress")
    office.read(job)
    done = page(priya.partial(address))
    assert "2,500 added." in done.text
    assert not done.all("section", id="import", **{"hx-get": address})


def test_a_person_stops_it(priya: Browser, office: Importer) -> None:
    job = office.ready(lines(2500))
    office.read(job, slices=1)
    shown = page(priya.land(priya.post(f"{IMPORTS}{job.public_id}/stop")))
    assert "Stopped after 1,000 rows." in shown.text
    assert "Priya Raman stopped it. What was read until then is recorded." in shown.text


@pytest.mark.parametrize(
    ("is_stored", "sentence"),
    [(True, "as soon as a worker is there"), (False, "Run it again: nothing is added twice.")],
)
def test_an_import_on_which_nobody_works_says_so(
    priya: Browser, office: Importer, is_stored: bool, sentence: str
) -> None:
    job = office.ready(lines(3), is_stored=is_stored)
    with office.open(), connection.cursor() as cursor:
        cursor.execute("UPDATE ledger_import SET touched_at = now() - interval '2 minutes'")
    assert sentence in page(priya.get(f"{IMPORTS}{job.public_id}/")).text


def test_what_broke_off_says_why(priya: Browser, office: Importer) -> None:
    broken = 'c-x,2026-03-02,"Staples,10.00,USD,card-4471,\n'
    job = office.take(lines(2500).replace("Staples", '"Staples"') + broken)
    shown = page(priya.get(f"{IMPORTS}{job.public_id}/"))
    assert "Broken off after 2,500 rows." in shown.text
    assert "line 2,502 does not end" in shown.text


def test_the_page_costs_the_same_however_many_rows_were_refused(priya: Browser, office: Importer) -> None:
    def statements(rows: int) -> int:
        refused = [f"c-{n},2026-03-02,Staples,none {n},USD,card-4471," for n in range(rows)]
        job = office.take("\n".join([HEADER, *refused]), columns=CHOSEN)
        with CaptureQueriesContext(connection) as captured:
            priya.get(f"{IMPORTS}{job.public_id}/")
        return len(captured)

    assert statements(2) == statements(1500)


# --- for others, and the list ----------------------------------------------------------------------------------------


def test_an_accountant_sees_imports_and_changes_none(theo: Browser, office: Importer) -> None:
    running, waiting = office.ready(lines(3)), office.bring(lines(4))
    shown = page(theo.get(f"{IMPORTS}{running.public_id}/"))
    assert not shown.all("form", action=f"{IMPORTS}{running.public_id}/stop")
    assert "its columns are still to be chosen" in page(theo.get(f"{IMPORTS}{waiting.public_id}/")).text
    assert "Import a file" not in page(theo.get(IMPORTS)).text


def test_the_list_shows_each_import_with_its_state(priya: Browser, office: Importer) -> None:
    assert "Nothing was imported yet." in page(priya.get(IMPORTS)).text
    office.take(lines(3))
    office.bring(lines(4))
    shown = page(priya.get(IMPORTS))
    for words in ("cards.csv", "Priya Raman", "Done", "Columns to choose", "Larkfield Inc."):
        assert words in shown.text


def test_a_long_list_goes_on_and_costs_the_same(priya: Browser, office: Importer) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            priya.get(IMPORTS)
        return len(captured)

    office.bring(lines(1))
    few = statements()
    for number in range(2, 54):
        office.bring(lines(number))
    assert statements() == few
    older = priya.get(IMPORTS).context["page"]["older_url"]
    assert len(priya.get(f"{IMPORTS}{older}").context["page"]["rows"]) == 3
    assert priya.get(f"{IMPORTS}?before=²").status_code == 200


def test_the_list_of_transactions_leads_to_it_who_may(priya: Browser, theo: Browser, office: Importer) -> None:
    assert page(priya.get("/o/larkfield/transactions/")).all("a", href=f"{IMPORTS}new")
    assert not page(theo.get("/o/larkfield/transactions/")).all("a", href=f"{IMPORTS}new")
    assert page(theo.get("/o/larkfield/transactions/")).all("a", href=IMPORTS)


def test_the_guess_says_which_currency_rows_without_one_have(office: Importer) -> None:
    job = office.bring("id,date,merchant,amount,card\nc-1,2026-03-02,Staples,10.00,card-4471\n")
    assert Suggestion.from_json(job.suggestion).matching.defaults == {Field.CURRENCY: "USD"}

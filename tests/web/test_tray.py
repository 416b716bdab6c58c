"""The tray: receipts are brought, hung by a person where they belong, or thrown away."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ledger.domain.documents import Stage
from ledger.models import Receipt
from ledger.pages import page_of
from tests.cast import Cast
from tests.papers import bomb, pdf, photo
from tests.payables import Payables
from tests.web.books import Books
from tests.web.browser import Browser, Page, page

TRAY = "/o/larkfield/receipts/"
FREIGHT = pdf("Harbour Freight", "2 Nov 2026", "Total 1,500.00")


@pytest.fixture
def payables(books: Books) -> Payables:
    return Payables(books.tenant)


def bring(browser: Browser, *files: tuple[str, bytes]) -> Page:
    told = [SimpleUploadedFile(name, content) for name, content in files]
    return page(browser.land(browser.post(f"{TRAY}add", files=told)))


def hanging(books: Books) -> list[int | None]:
    with books.open():
        rows = Receipt.objects.filter(removed_at__isnull=True).order_by("id")
        return list(rows.values_list("document", flat=True))


def offers(shown: Page) -> list[str]:
    return [button["value"] for button in shown.all("button", name="document")]


def hang_address(shown: Page) -> str:
    return form(shown, "/remove").replace("/remove", "/hang")


def form(shown: Page, end: str) -> str:
    [action] = [form["action"] for form in shown.all("form") if form.get("action", "").endswith(end)]
    return action


def test_what_agrees_hangs_itself_and_the_rest_waits(books: Books, payables: Payables, theo: Browser) -> None:
    bill = payables.bill("b-1", "1500.00")
    landed = bring(theo, ("freight.pdf", FREIGHT), ("photo.jpg", photo()))
    assert "Hung where it belongs: freight.pdf." in landed.text
    assert "In the tray until you say where it belongs: photo.jpg." in landed.text
    assert "1 receipt waits" in landed.text
    assert hanging(books) == [bill.pk, None]
    assert "“Harbour Freight” stand in it" in page(theo.get(page_of("larkfield", bill))).text


def test_a_suggestion_is_taken_with_a_press(books: Books, payables: Payables, theo: Browser) -> None:
    bills = [payables.bill(name, "1500.00") for name in ("b-1", "b-2")]
    shown = bring(theo, ("freight.pdf", FREIGHT))
    assert offers(shown) == [str(bill.public_id) for bill in bills]
    landed = page(theo.land(theo.post(form(shown, "/hang"), document=offers(shown)[1])))
    assert "The tray is empty." in landed.text
    assert hanging(books) == [bills[1].pk]
    assert "Theo Brandt said so." in page(theo.get(page_of("larkfield", bills[1]))).text


@pytest.mark.parametrize("words", ["Harb", "1,500.00", "1500"])
def test_its_document_is_found_by_name_or_amount(payables: Payables, theo: Browser, words: str) -> None:
    bill = payables.bill("b-1", "1500.00")
    shown = bring(theo, ("photo.jpg", photo()))
    [wanted] = [field["value"] for field in shown.all("input", name="for")]
    found = page(theo.get(f"{TRAY}?for={wanted}&find={words}"))
    assert offers(found) == [str(bill.public_id)]
    assert "Nothing begins with “Brightwell”" in page(theo.get(f"{TRAY}?for={wanted}&find=Brightwell")).text


def test_it_is_thrown_away(books: Books, theo: Browser) -> None:
    shown = bring(theo, ("photo.jpg", photo()))
    landed = page(theo.land(theo.post(form(shown, "/remove"))))
    assert "photo.jpg taken away." in landed.text
    assert hanging(books) == []


@pytest.mark.parametrize("document", ["", "nothing", "00000000-0000-0000-0000-000000000000"])
def test_it_hangs_at_nothing_that_is_not_there(books: Books, theo: Browser, document: str) -> None:
    shown = bring(theo, ("photo.jpg", photo()))
    assert theo.post(hang_address(shown), document=document).status_code == 404
    assert hanging(books) == [None]


def test_it_hangs_neither_at_what_is_void_nor_at_a_neighbours(
    books: Books, payables: Payables, cast: Cast, theo: Browser
) -> None:
    void = payables.bill("b-1", "1500.00")
    payables.bill("b-1", "1500.00", stage=Stage.REVERSED)
    theirs = Payables(cast.brightwell).bill("b-1", "1500.00")
    address = hang_address(bring(theo, ("photo.jpg", photo())))
    assert "was reversed, or is void" in page(theo.land(theo.post(address, document=str(void.public_id)))).text
    assert theo.post(address, document=str(theirs.public_id)).status_code == 404
    assert hanging(books) == [None]


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("small.png", bomb(), "small.png: It unfolds to far more than a photo of a receipt has."),
        ("fake.pdf", b"not one", "fake.pdf: Its name promises another kind of file"),
        ("broken.pdf", b"%PDF-1.7 nothing", "It calls itself a PDF, and cannot be opened."),
    ],
)
def test_what_cannot_be_read_is_said(theo: Browser, name: str, content: bytes, sentence: str) -> None:
    assert sentence in bring(theo, (name, content)).text


def test_each_has_a_preview_that_stays(books: Books, theo: Browser) -> None:
    shown = bring(theo, ("freight.pdf", FREIGHT))
    [picture] = shown.all("img")
    answers = [theo.get(picture["src"]) for _ in range(2)]
    assert {answer.content[:3] for answer in answers} == {b"\xff\xd8\xff"}
    assert "immutable" in answers[0].headers["Cache-Control"]
    broken = bring(theo, ("broken.pdf", b"%PDF-1.7 nothing"))
    with books.open():
        receipt = Receipt.objects.get(file_name="broken.pdf")
    assert f"{receipt.public_id}/preview" not in broken.html
    assert [theo.get(f"{TRAY}{receipt.public_id}/preview").status_code for _ in range(2)] == [404, 404]


def test_a_receipt_takes_the_place_of_another(books: Books, payables: Payables, theo: Browser) -> None:
    bill = payables.bill("b-1", "10.00")
    address = f"/o/larkfield/documents/{bill.public_id}/receipts"
    theo.post(address, files=[SimpleUploadedFile("old.jpg", photo())])
    shown = page(theo.get(page_of("larkfield", bill)))
    [old] = shown.all("input", name="replaces")
    told: dict[str, Any] = {"files": [SimpleUploadedFile("new.pdf", FREIGHT)], "replaces": old["value"]}
    theo.post(address, **told)
    with books.open():
        [gone, here] = Receipt.objects.order_by("id")
    assert (gone.replaced_by_id, here.file_name) == (here.pk, "new.pdf")


def test_the_tray_takes_as_many_statements_for_ten_as_for_twenty(theo: Browser) -> None:
    counts = []
    for number in (5, 10):
        bring(theo, *((f"{number}-{one}.pdf", pdf(f"{number}.{one:02}")) for one in range(number)))
        with CaptureQueriesContext(connection) as statements:
            theo.get(TRAY)
        counts.append(len(statements))
    assert counts[0] == counts[1]

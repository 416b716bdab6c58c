"""Receipts added, looked at and taken away on the page of a document."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from ledger.domain.receipts import LARGEST
from ledger.models import Receipt, SourceDocument
from ledger.pages import page_of
from ledger.web import uploads
from ledger.web.uploads import MOST_AT_ONCE
from tests.cast import Cast
from tests.papers import photo
from tests.payables import Payables
from tests.web.books import Books
from tests.web.browser import Browser, Page, close_file, page

PDF, JPEG = b"%PDF-1.7 a receipt", photo()


@pytest.fixture
def bill(books: Books) -> SourceDocument:
    return Payables(books.tenant).bill("b-1", "10.00")


def file(content: bytes = PDF, name: str = "receipt.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def add(browser: Browser, document: SourceDocument, *told: SimpleUploadedFile) -> Page:
    address = f"/o/larkfield/documents/{document.public_id}/receipts"
    return page(browser.land(browser.post(address, files=list(told))))


def look(browser: Browser, shown: Page) -> tuple[str, bytes, dict[str, str]]:
    """The address of the one file on the page, what is in it, and how it comes."""
    [link] = {a["href"] for a in shown.all("a", target="_blank") if "/receipts/" in a["href"]}
    answer = browser.get(link)
    content = b"".join(answer.streaming_content)
    close_file(answer)
    return link, content, dict(answer.headers)


def hanging(books: Books) -> list[tuple[str, str]]:
    with books.open():
        rows = Receipt.objects.filter(removed_at__isnull=True).order_by("id")
        return [(row.file_name, row.content_type) for row in rows]


def test_several_files_are_added_at_once_and_hang_there(books: Books, bill: SourceDocument, theo: Browser) -> None:
    told = add(theo, bill, file(), file(JPEG, "photo.jpg"))
    assert "2 receipts added" in told.text
    assert "0/2 in the books" in told.text
    assert hanging(books) == [("receipt.pdf", "application/pdf"), ("photo.jpg", "image/jpeg")]


def test_a_charge_has_its_receipts_too(books: Books, theo: Browser) -> None:
    [charge] = books.charge("c-1")
    assert "1 receipt added" in add(theo, charge, file()).text
    assert "receipt.pdf" in page(theo.get(page_of("larkfield", charge))).text


def test_the_same_file_again_adds_nothing(books: Books, bill: SourceDocument, theo: Browser) -> None:
    add(theo, bill, file())
    assert "That hangs there already." in add(theo, bill, file(name="again.pdf")).text
    assert len(hanging(books)) == 1


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (file(b"not one", "fake.pdf"), "fake.pdf: Its name promises another kind of file than is in it."),
        (file(b"", "empty.pdf"), "empty.pdf: It is empty."),
        (file(b"<html>", "page.html"), "It is a web page."),
        (file(b"PK\x03\x04 many", "all.zip"), "It is an archive."),
        (file(b"%PDF-" + b"x" * LARGEST, "large.pdf"), "large.pdf: It is larger than 20 MB."),
    ],
)
def test_what_is_no_receipt_is_said_by_its_name_and_the_others_are_kept(
    books: Books, bill: SourceDocument, theo: Browser, given: SimpleUploadedFile, sentence: str
) -> None:
    assert sentence in add(theo, bill, given, file(JPEG, "photo.jpg")).text
    assert hanging(books) == [("photo.jpg", "image/jpeg")]


def test_too_many_or_none_add_nothing(books: Books, bill: SourceDocument, theo: Browser) -> None:
    many = [file(PDF + bytes([number]), f"{number}.pdf") for number in range(MOST_AT_ONCE + 1)]
    assert "At most 10 files at once" in add(theo, bill, *many).text
    assert "Choose a file first." in add(theo, bill).text
    assert hanging(books) == []


def test_a_body_that_is_larger_than_any_receipts_is_refused_unread(
    books: Books, bill: SourceDocument, theo: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "LARGEST", 10)
    monkeypatch.setattr(uploads, "AROUND", 10)
    assert "At most 10 files at once" in add(theo, bill, file()).text
    assert hanging(books) == []


def test_a_receipt_is_looked_at_and_taken_away(books: Books, bill: SourceDocument, theo: Browser) -> None:
    link, content, headers = look(theo, add(theo, bill, file()))
    assert content == PDF
    assert (headers["Content-Type"], headers["X-Content-Type-Options"]) == ("application/pdf", "nosniff")
    assert "receipt.pdf taken away" in page(theo.land(theo.post(f"{link}/remove"))).text
    assert hanging(books) == []
    assert theo.get(link).status_code == 404


def test_what_a_browser_might_run_is_kept_on_the_disk(books: Books, bill: SourceDocument, theo: Browser) -> None:
    _, _, headers = look(theo, add(theo, bill, file(b"<?xml version='1.0'?><x/>", "data.xml")))
    assert headers["Content-Disposition"].startswith("attachment")


def test_nothing_is_hung_at_what_was_reversed(books: Books, bill: SourceDocument, theo: Browser) -> None:
    theo.post(f"{page_of('larkfield', bill)}void")
    assert "reversed" in add(theo, bill, file()).text
    assert hanging(books) == []


def test_a_neighbour_neither_adds_nor_looks(books: Books, bill: SourceDocument, cast: Cast, theo: Browser) -> None:
    link, _, _ = look(theo, add(theo, bill, file()))
    nina = Browser(cast.brightwell.admin)
    assert nina.get(link).status_code == 404
    assert nina.get(link.replace("larkfield", "brightwell")).status_code == 404
    address = f"/o/brightwell/documents/{bill.public_id}/receipts"
    assert nina.post(address, files=[file()]).status_code == 404

"""Receipts that need a person: seen where one looks, told in words, and sent again by the click beside them."""

from collections.abc import Sequence

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from integrations.mapping.reasons import Reason, ReasonCode
from integrations.models import Intervention, JobState, ReceiptJob, ReceiptState
from ledger.models import Receipt, SourceDocument
from tests.web.books import Books
from tests.web.browser import Browser, page

REFUSED = Reason(ReasonCode.REJECTED, "No such type. Send a PDF.")
LOST = Reason(ReasonCode.FILE_LOST)


def stuck(books: Books, documents: Sequence[SourceDocument], reason: Reason, removed: bool = False) -> None:
    """Posted, each with a receipt that needs a person."""
    books.wish(documents, JobState.DONE)
    now = timezone.now()
    with books.open():
        receipts = Receipt.objects.bulk_create(
            Receipt(
                document=document,
                file_name=f"{document.external_id}.pdf",
                content_type="application/pdf",
                size=1,
                sha256="0" * 64,
                removed_at=now if removed else None,
            )
            for document in documents
        )
        ReceiptJob.objects.bulk_create(
            ReceiptJob(
                connection=books.connection,
                receipt=receipt,
                state=ReceiptState.NEEDS_ATTENTION,
                reasons=[reason.as_json()],
                rung_at=now,
                due_at=now,
            )
            for receipt in receipts
        )


def states(books: Books) -> list[str]:
    with books.open():
        return list(ReceiptJob.objects.order_by("id").values_list("state", flat=True))


def test_a_refused_receipt_stands_on_the_page_of_its_charge_and_is_sent_again_from_there(
    books: Books, priya: Browser
) -> None:
    [document] = books.charge("c-1")
    stuck(books, [document], REFUSED)
    address = f"{books.path}/transactions/{document.public_id}/"
    shown = priya.get(address)
    assert "Receipt c-1.pdf: The books refused it: No such type. Send a PDF." in page(shown).text
    assert shown.context["page"]["retry_label"] == "Send the receipt again"
    said = priya.land(priya.post(shown.context["page"]["retry_url"]))
    assert "1 item tried again." in page(said).text
    assert "Receipt sent again by Priya" in page(said).text
    assert "c-1.pdf" in page(said).text
    assert (states(books), books.states()) == (["waiting"], ["done"])


def test_one_that_was_to_be_taken_away_is_told_so(books: Books, priya: Browser) -> None:
    [document] = books.charge("c-1")
    stuck(books, [document], Reason(ReasonCode.REMOVAL_UNKNOWN), removed=True)
    text = page(priya.get(f"{books.path}/transactions/{document.public_id}/")).text
    assert "Receipt c-1.pdf, taken away here: It was to be taken away, and the line broke each time" in text


def test_receipts_stand_among_the_failed_by_cause_without_any_money(books: Books, priya: Browser) -> None:
    stuck(books, books.charge(*(f"c-{number}" for number in range(5))), REFUSED)
    stuck(books, books.charge("lost"), LOST)
    shown = priya.get(f"{books.path}/failed/")
    text = page(shown).text
    assert "Everything that was sent is in QuickBooks, or on its way." in text
    assert "6 receipts need a person." in text
    assert "Nothing needs a person." not in text
    told = shown.context["page"]["receipts"]["causes"]
    assert [(cause["title"], cause["count"], len(cause["items"]), cause["more"]) for cause in told] == [
        ("The books refused: No such type", 5, 3, 2),
        ("Files that cannot be read from the storage", 1, 1, 0),
    ]


def test_home_tells_of_receipts_that_do_not_hang(books: Books, priya: Browser) -> None:
    documents = books.charge("c-1", "c-2")
    assert "receipt" not in page(priya.get(f"{books.path}/")).text
    stuck(books, documents, REFUSED)
    text = page(priya.get(f"{books.path}/")).text
    assert "2 receipts do not hang in the books as they should. No money waits for them." in text


def test_the_button_of_a_cause_sends_its_receipts_and_no_others(books: Books, priya: Browser) -> None:
    stuck(books, books.charge("c-1", "c-2"), REFUSED)
    stuck(books, books.charge("lost"), LOST)
    cause = priya.get(f"{books.path}/failed/").context["page"]["receipts"]["causes"][0]
    said = priya.land(priya.post(cause["retry_url"], **dict(cause["retry_fields"])))
    assert "2 receipts tried again." in page(said).text
    assert states(books) == ["waiting", "waiting", "needs_attention"]
    with books.open():
        assert list(Intervention.objects.order_by("id").values_list("act", "why")) == [
            ("receipt_again", "c-1.pdf"),
            ("receipt_again", "c-2.pdf"),
        ]


def test_everything_again_takes_receipts_along(books: Books, priya: Browser) -> None:
    books.wish(books.charge("refused"), JobState.NEEDS_ATTENTION, REFUSED)
    stuck(books, books.charge("c-1"), REFUSED)
    address = priya.get(f"{books.path}/failed/").context["page"]["retry_all_url"]
    said = priya.land(priya.post(address))
    assert "2 items tried again." in page(said).text
    assert (states(books), books.states()) == (["waiting"], ["waiting", "done"])


def test_ticked_transactions_take_their_receipts_along(books: Books, priya: Browser) -> None:
    ticked, other = books.charge("c-1", "c-2")
    stuck(books, [ticked, other], REFUSED)
    priya.post(f"{books.path}/transactions/decide", chosen=str(ticked.public_id), do="again")
    assert states(books) == ["waiting", "needs_attention"]


@pytest.mark.parametrize(("code", "subject", "status"), [("no_such_code", "", 404), ("rejected", "\0", 404)])
def test_a_cause_that_does_not_exist_sends_nothing(
    books: Books, priya: Browser, code: str, subject: str, status: int
) -> None:
    stuck(books, books.charge("c-1"), REFUSED)
    assert priya.post(f"{books.path}/failed/retry-receipts", code=code, subject=subject).status_code == status
    assert states(books) == ["needs_attention"]


def test_forty_stuck_receipts_take_as_many_statements_as_ten(books: Books, priya: Browser) -> None:
    counts = []
    for number in (10, 30):
        for index, document in enumerate(books.charge(*(f"{number}-{index}" for index in range(number)))):
            stuck(books, [document], Reason(ReasonCode.REJECTED, f"{number} {index // 2}"))
        priya.get(f"{books.path}/failed/")
        with CaptureQueriesContext(connection) as statements:
            assert priya.get(f"{books.path}/failed/").status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1]

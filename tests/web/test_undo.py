"""Runs, undoing and choosing a side, on the pages, with books behind them."""

import pytest
from django.db import transaction
from django.urls import reverse

from integrations.models import JobState, SyncRun
from ledger.models import SourceDocument
from tests.integrations.conftest import Office
from tests.integrations.test_changes import posted, recount
from tests.integrations.test_engine import state_of, states
from tests.web.browser import Browser, Page

SLUG = "larkfield"


@pytest.fixture
def admin(ready: Office) -> Browser:
    return Browser(ready.tenant.admin)


def address(name: str, which: object) -> str:
    return reverse(name, args=[SLUG, which])


def read(browser: Browser, where: str) -> Page:
    response = browser.get(where)
    assert response.status_code == 200
    return Page(response.content.decode())


def run() -> SyncRun:
    with transaction.atomic():
        return SyncRun.objects.get()


def test_a_run_tells_what_came_of_it_and_what_it_cost(ready: Office, admin: Browser) -> None:
    ready.charge("c-1", "c-2", amount="12.30")
    ready.work()
    connections = read(admin, f"/o/{SLUG}/connections/")
    assert "2 documents" in connections.text
    assert "Calls this month" in connections.text
    page = read(admin, address("run", run().pk))
    assert "2 documents written" in page.text
    assert "2 single writes; 0 of them metered" in page.text
    assert "$ 24.60" in page.text.replace("$24", "$ 24")
    assert page.text.count("Figma Inc") == 2


def test_a_run_is_undone_in_two_presses(ready: Office, admin: Browser) -> None:
    ready.charge("c-1", "c-2", "c-3")
    ready.work()
    [first, *_] = ready.sandbox.purchases()
    human = {"act": "edit", "entity": "Purchase", "id": first["Id"], "changes": {"TxnDate": "2026-11-03"}}
    ready.sandbox.control("POST", f"companies/{ready.sandbox.US}/human", **human)
    where = address("undo_run", run().pk)
    preview = Page(admin.post(where).content.decode())
    assert "Undo 3" in preview.text
    assert "Somebody changed it in QuickBooks" in preview.text
    assert states() == {JobState.DONE: 3}, "nothing happens before the second press"

    told = Page(admin.land(admin.post(where, sure="yes", why="Wrong card")).content.decode())
    assert "3 transactions on the way out of the books." in told.text
    ready.work()
    assert (states(), ready.sandbox.postings()) == ({JobState.EXCLUDED: 3}, {})


def test_without_a_reason_nothing_is_undone(ready: Office, admin: Browser) -> None:
    document = posted(ready)
    page = Page(admin.post(address("undo_document", document.public_id), sure="yes", why=" ").content.decode())
    assert "Say why, in a few words" in page.text
    assert states() == {JobState.DONE: 1}


def test_closed_books_say_to_what_day(ready: Office, admin: Browser) -> None:
    document = posted(ready)
    ready.sandbox.control("POST", f"companies/{ready.sandbox.US}/preferences", BookCloseDate="2026-11-30")
    page = Page(admin.post(address("undo_document", document.public_id)).content.decode())
    assert "The books are closed to 30 Nov 2026: it stays." in page.text
    assert not page.all("input", name="sure")


def test_books_that_do_not_answer_are_told(ready: Office, admin: Browser) -> None:
    document = posted(ready)
    ready.sandbox.plan_fault(kind="status", operation="query", status=503)
    page = Page(admin.post(address("undo_document", document.public_id)).content.decode())
    assert "could not be asked" in page.text


def test_an_undone_transaction_says_who_and_why_and_can_be_brought_back(ready: Office, admin: Browser) -> None:
    document = posted(ready)
    admin.post(address("undo_document", document.public_id), sure="yes", why="Wrong card")
    ready.work()
    page = read(admin, address("transaction", document.public_id))
    assert f"Undone by {ready.tenant.admin}: Wrong card" in page.text
    assert "Bring it back" in page.text
    admin.post(address("retry_document", document.public_id))
    ready.work()
    assert states() == {JobState.DONE: 1}


def test_what_the_books_refuse_to_let_go_may_be_left_there(ready: Office, admin: Browser) -> None:
    document = posted(ready)
    admin.post(address("undo_document", document.public_id), sure="yes", why="Wrong card")
    ready.sandbox.plan_fault(kind="fault", entity="Purchase", operation="delete", code="6430", detail="Not this one")
    ready.work()
    page = read(admin, address("transaction", document.public_id))
    assert "It was to be undone, and the books refused" in page.text
    assert "Leave it in the books" in page.text
    admin.post(address("choose_side", document.public_id), side="leave")
    ready.work()
    assert (states(), len(ready.sandbox.purchases())) == ({JobState.DONE: 1}, 1)


def clashing(office: Office) -> SourceDocument:
    document = posted(office)
    recount(office, 99)
    office.record("c-1", "13.00")
    office.work()
    return document


@pytest.mark.parametrize(("side", "total"), [("theirs", 99), ("ours", 13)])
def test_both_sides_are_shown_and_a_person_chooses(ready: Office, admin: Browser, side: str, total: int) -> None:
    document = clashing(ready)
    page = read(admin, address("transaction", document.public_id))
    assert "Both sides changed: amount" in page.text
    for words in (
        "6020 Software, Figma Inc: 12.30",
        "6020 Software, Figma Inc: 13.00",
        "6020 Software, Figma Inc: 99.00",
    ):
        assert words in page.text
    assert "Send it again" not in page.text, "there are two ways, and both have names"
    admin.post(address("choose_side", document.public_id), side=side)
    ready.work()
    [purchase] = ready.sandbox.purchases()
    assert (purchase["TotalAmt"], state_of(document.pk).state) == (total, JobState.DONE)
    assert "Both sides changed" not in read(admin, address("transaction", document.public_id)).text


def test_no_side_is_no_choice(ready: Office, admin: Browser) -> None:
    document = clashing(ready)
    page = Page(admin.land(admin.post(address("choose_side", document.public_id))).content.decode())
    assert "Choose a side. Nothing was changed." in page.text
    assert states() == {JobState.NEEDS_ATTENTION: 1}


def test_what_was_kept_of_theirs_is_told(ready: Office, admin: Browser) -> None:
    document = posted(ready)
    ready.accountant().change("Purchase", TxnDate="2026-11-03")
    ready.record("c-1", "13.00")
    ready.work()
    page = read(admin, address("transaction", document.public_id))
    assert "that was kept: date" in page.text
    assert "and of theirs kept: date" in page.text

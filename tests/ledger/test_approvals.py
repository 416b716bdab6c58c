"""Who is asked, who said what, and what a change of the document does to it."""

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from smtplib import SMTPException
from typing import Any

import pytest
from django.core import mail
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from ledger.domain.approvals import Standing, Step
from ledger.domain.documents import DocumentKind, Stage
from ledger.models import Approval, EventKind, LedgerEvent, Membership, SourceDocument, Vendor, Verdict
from ledger.services.approvals import decide
from ledger.tasks import remind_approvers
from ledger.tenancy.context import acting_for, cleared
from tests.approvers import Approvers
from tests.cast import Cast
from tests.payables import Payables

NOON = datetime(2026, 11, 3, 12, tzinfo=UTC)


@pytest.fixture
def approvers(cast: Cast) -> Approvers:
    return Approvers(cast)


@pytest.fixture
def payables(cast: Cast) -> Payables:
    return Payables(cast.larkfield)


def test_a_bill_asks_one_after_the_other_and_counts_as_approved_when_all_said_yes(
    approvers: Approvers, payables: Payables
) -> None:
    bill = payables.bill("b-1", "1000.01")
    assert approvers.stands(bill).waits_for == "Theo Brandt"
    approvers.say(approvers.theo, bill)
    assert approvers.stands(bill).waits_for == "Dana Whitfield"
    approvers.say(approvers.dana, bill)
    stands = approvers.stands(bill)
    assert (stands.standing, stands.said_by) == (Standing.APPROVED, ("Theo Brandt", "Dana Whitfield"))


def test_who_is_asked_from_a_sum_on_is_not_asked_below_it(approvers: Approvers, payables: Payables) -> None:
    bill = payables.bill("b-1", "1000.00")
    approvers.say(approvers.theo, bill)
    assert approvers.stands(bill).standing is Standing.APPROVED


@pytest.mark.parametrize("kind", [DocumentKind.VENDOR_CREDIT, DocumentKind.REIMBURSEMENT])
def test_a_policy_is_of_one_kind(approvers: Approvers, payables: Payables, kind: DocumentKind) -> None:
    assert approvers.stands(payables.bill("b-1", "10.00", kind=kind)) is None


def test_a_draft_asks_nobody_until_it_is_submitted(approvers: Approvers, payables: Payables) -> None:
    draft = payables.incoming("b-1", "10.00", stage=Stage.PENDING)
    [told] = payables.tell(draft)
    assert told.document
    assert approvers.stands(told.document) is None
    payables.tell(replace(draft, stage=Stage.CLEARED))
    assert approvers.stands(told.document).waits_for == "Theo Brandt"


@pytest.mark.parametrize(
    ("changes", "asked_anew"),
    [
        ({"memo": "Week 46"}, False),
        ({"amount": "9.00"}, False),
        ({"amount": "10.01"}, True),
        ({"vendor": "Brightwell"}, True),
    ],
)
def test_a_yes_holds_until_the_money_grows_or_goes_to_somebody_else(
    approvers: Approvers, payables: Payables, changes: dict[str, str], asked_anew: bool
) -> None:
    with acting_for(payables.tenant.id), transaction.atomic():
        Vendor.objects.create(name="Brightwell", name_key="brightwell")
    bill = payables.bill("b-1", "10.00")
    approvers.say(approvers.theo, bill)
    amount = changes.pop("amount", "10.00")
    payables.bill("b-1", amount, **changes)
    assert (approvers.stands(bill).standing is Standing.WAITING) is asked_anew
    assert len(approvers.rows(bill)) == (2 if asked_anew else 1)


def test_a_yes_is_to_what_was_seen_when_it_was_said(approvers: Approvers, payables: Payables) -> None:
    payables.bill("b-1", "900.00")
    bill = payables.bill("b-1", "500.00")
    approvers.say(approvers.theo, bill)
    payables.bill("b-1", "900.00")
    assert approvers.stands(bill).standing is Standing.WAITING


def test_who_is_asked_too_much_is_not_asked_any_more_once_it_comes_to_less(
    approvers: Approvers, payables: Payables
) -> None:
    payables.bill("b-1", "5000.00")
    bill = payables.bill("b-1", "500.00")
    approvers.say(approvers.theo, bill)
    assert approvers.stands(bill).standing is Standing.APPROVED


def test_the_senders_word_to_an_earlier_amount_is_no_yes_to_this_one(approvers: Approvers, payables: Payables) -> None:
    approvers.policy(Step(None))
    bill = payables.bill("b-1", "100.00", approved_by="Lena Fox")
    assert approvers.stands(bill).standing is Standing.APPROVED
    payables.bill("b-1", "90000.00", approved_by="Lena Fox")
    assert approvers.stands(bill).standing is Standing.WAITING
    payables.bill("b-1", "90000.00", approved_by="Lena Fox", memo="Week 46")
    assert approvers.stands(bill).standing is Standing.WAITING
    payables.bill("b-1", "90000.00", approved_by="Lena Fox", memo="Week 46", approved_at=NOON)
    assert approvers.stands(bill).standing is Standing.APPROVED


def test_the_senders_word_may_come_before_its_turn(approvers: Approvers, payables: Payables) -> None:
    approvers.policy(Step(approvers.theo.pk), Step(None), Step(approvers.dana.pk))
    bill = payables.bill("b-1", "10.00")
    approvers.say(approvers.theo, bill)
    payables.bill("b-1", "10.00", approved_by="Lena Fox")
    assert approvers.stands(bill).waits_for == "Dana Whitfield"


def test_who_left_gets_no_letter(approvers: Approvers, payables: Payables) -> None:
    payables.bill("b-1", "10.00")
    with acting_for(approvers.tenant.id), transaction.atomic():
        Membership.objects.filter(user=approvers.theo).delete()
    assert remind(approvers, timedelta(minutes=6)) == []


def test_after_a_no_any_change_asks_anew_and_the_no_stays_on_record(approvers: Approvers, payables: Payables) -> None:
    bill = payables.bill("b-1", "10.00")
    approvers.say(approvers.theo, bill, no="Not ours")
    stands = approvers.stands(bill)
    assert (stands.standing, stands.said_by, stands.note) == (Standing.DECLINED, ("Theo Brandt",), "Not ours")
    payables.bill("b-1", "10.00", memo="It is ours")
    assert approvers.rows(bill) == [("Theo Brandt", Verdict.DECLINED, False), ("Theo Brandt", Verdict.ASKED, True)]


def test_a_void_bill_asks_nobody_any_more(approvers: Approvers, payables: Payables) -> None:
    bill = payables.bill("b-1", "1500.00")
    approvers.say(approvers.theo, bill)
    payables.bill("b-1", "1500.00", stage=Stage.REVERSED)
    assert approvers.asked(bill) == []
    assert approvers.rows(bill) == [("Theo Brandt", Verdict.APPROVED, True), ("Dana Whitfield", Verdict.ASKED, False)]


def test_what_was_said_tells_the_document_anew_in_its_trail(approvers: Approvers, payables: Payables) -> None:
    bill = payables.bill("b-1", "10.00")
    approvers.say(approvers.theo, bill)
    with acting_for(payables.tenant.id), transaction.atomic():
        assert SourceDocument.objects.get().revision == 2
        [said] = LedgerEvent.objects.filter(kind=EventKind.APPROVED)
    assert (said.actor, said.handled_at) == ("Theo Brandt", None)


def test_nobody_speaks_for_others_but_who_may_and_that_is_on_record(approvers: Approvers, payables: Payables) -> None:
    bill = payables.bill("b-1", "10.00")
    assert approvers.say(approvers.dana, bill).refused == ["It waits for Theo Brandt."]
    assert approvers.stands(bill).standing is Standing.WAITING
    approvers.say(approvers.tenant.admin, bill, in_place=True)
    assert approvers.stands(bill).said_by == ("Priya Raman",)
    with acting_for(payables.tenant.id), transaction.atomic():
        assert LedgerEvent.objects.get(kind=EventKind.APPROVED).detail == "in place of Theo Brandt"


def test_a_yes_to_what_was_changed_meanwhile_counts_for_nothing(approvers: Approvers, payables: Payables) -> None:
    seen = approvers.asked(payables.bill("b-1", "10.00"))
    bill = payables.bill("b-1", "10000.00")
    with acting_for(payables.tenant.id):
        said = decide(seen, person=approvers.theo, verdict=Verdict.APPROVED)
    assert "changed since you looked" in said.refused[0]
    assert approvers.stands(bill).waits_for == "Theo Brandt"


@pytest.mark.parametrize("by", ["", "Lena Fox"])
def test_a_step_of_the_sender_waits_for_the_senders_word(approvers: Approvers, payables: Payables, by: str) -> None:
    approvers.policy(Step(approvers.theo.pk), Step(None))
    bill = payables.bill("b-1", "10.00", approved_by=by)
    approvers.say(approvers.theo, bill)
    assert approvers.stands(bill).standing is (Standing.APPROVED if by else Standing.WAITING)
    payables.bill("b-1", "10.00", approved_by="Lena Fox")
    assert approvers.stands(bill).said_by == ("Theo Brandt", "Lena Fox")


def test_a_policy_that_says_nothing_new_is_no_new_one_and_none_asks_nobody(
    approvers: Approvers, payables: Payables
) -> None:
    assert not approvers.policy(Step(approvers.theo.pk), Step(approvers.dana.pk, 100_000))
    assert approvers.policy()
    assert approvers.stands(payables.bill("b-1", "10.00")) is None


@pytest.mark.django_db(transaction=True)
def test_of_two_who_answer_at_once_the_second_is_told_what_the_first_one_said(
    approvers: Approvers, payables: Payables
) -> None:
    bill = payables.bill("b-1", "10.00")
    ids, said = approvers.asked(bill), []

    def answer() -> None:
        try:
            with acting_for(approvers.tenant.id):
                said.append(decide(ids, person=approvers.theo, verdict=Verdict.APPROVED))
        finally:
            connection.close()

    threads = [threading.Thread(target=answer) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(len(one.documents) for one in said) == [0, 1]
    assert [one.refused for one in said if one.refused] == [["Theo Brandt approved it already."]]
    with acting_for(approvers.tenant.id), transaction.atomic():
        assert SourceDocument.objects.get(pk=bill.pk).revision == 2


def test_twenty_bills_ask_in_as_many_statements_as_ten_and_so_does_answering(
    approvers: Approvers, payables: Payables
) -> None:
    asking, answering = [], []
    for number in (10, 20):
        told = [payables.incoming(f"{number}-{one}", "1500.00") for one in range(number)]
        with CaptureQueriesContext(connection) as statements:
            documents = [one.document for one in payables.tell(*told) if one.document]
        asking.append(len(statements))
        with CaptureQueriesContext(connection) as statements:
            assert len(approvers.say(approvers.theo, *documents).documents) == number
        answering.append(len(statements))
    assert asking[0] == asking[1]
    assert answering[0] == answering[1] <= 22


# --- letters ---------------------------------------------------------------------------------------------------------


def remind(approvers: Approvers, later: timedelta) -> list[Any]:
    """The letters that go out so long after everything was asked and told."""
    mail.outbox.clear()
    with acting_for(approvers.tenant.id), transaction.atomic():
        for row in Approval.objects.all():
            asked_at = row.asked_at - later if row.asked_at else None
            told_at = row.told_at - later if row.told_at else None
            Approval.objects.filter(pk=row.pk).update(asked_at=asked_at, told_at=told_at)
    with cleared():
        remind_approvers()
    return list(mail.outbox)


def test_an_approver_gets_one_letter_for_all_that_waits_and_another_after_two_days(
    approvers: Approvers, payables: Payables
) -> None:
    payables.bill("b-1", "10.00")
    payables.bill("b-2", "20.50")
    assert remind(approvers, timedelta()) == []
    [letter] = remind(approvers, timedelta(minutes=6))
    assert letter.to == ["theo@example.com"]
    assert letter.subject == "2 items wait for your approval at Larkfield Group"
    assert "$30.50 in all" in letter.body
    assert "/o/larkfield/approvals/" in letter.body
    assert remind(approvers, timedelta(hours=40)) == []
    assert len(remind(approvers, timedelta(hours=10))) == 1


def test_a_letter_that_does_not_leave_is_written_again(
    approvers: Approvers, payables: Payables, monkeypatch: pytest.MonkeyPatch
) -> None:
    payables.bill("b-1", "10.00")

    def refuse(*args: object, **kwargs: object) -> int:
        raise SMTPException("The server went away")

    with monkeypatch.context() as broken:
        broken.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", refuse)
        assert remind(approvers, timedelta(minutes=6)) == []
    assert len(remind(approvers, timedelta())) == 1


def test_who_is_told_by_the_sender_gets_no_letter(approvers: Approvers, payables: Payables) -> None:
    approvers.policy(Step(None))
    payables.bill("b-1", "10.00")
    assert remind(approvers, timedelta(days=9)) == []

"""A change of ours meets a change that somebody made there: put together, or shown to a person with both sides."""

from typing import Any

import pytest
from django.db import transaction

from integrations import services
from integrations.mapping.reasons import ReasonCode
from integrations.models import Clash, Compromise, ExternalLink, JobState, Reference, SyncAttempt, SyncJob
from ledger.domain.documents import DocumentKind
from ledger.models import SourceDocument
from tests.cast import somebody
from tests.integrations.conftest import Office
from tests.integrations.test_changes import outcomes, posted, reasons, recount, send_again
from tests.integrations.test_engine import let_time_pass, state_of
from tests.integrations.test_kinds import accounts

DETAIL = "AccountBasedExpenseLineDetail"


def only(office: Office) -> dict[str, Any]:
    [purchase] = office.sandbox.purchases()
    return purchase


def keep_theirs(document: SourceDocument) -> int:
    with transaction.atomic():
        return services.keep_theirs(SyncJob.objects.filter(document=document), somebody())


def kept(document: SourceDocument) -> list[str]:
    with transaction.atomic():
        return list(Compromise.objects.get(document=document).kept)


def clash(document: SourceDocument) -> Clash:
    with transaction.atomic():
        return Clash.objects.get(job__document=document)


def test_what_does_not_overlap_is_put_together_and_all_that_we_do_not_know_stays(ready: Office) -> None:
    document = posted(ready)
    first = only(ready)
    [line] = first["Line"]
    billed = {**line, DETAIL: {**line[DETAIL], "CustomerRef": {"value": "58"}, "BillableStatus": "Billable"}}
    memo = f"{first['PrivateNote']} Seen by Anna"
    customer = ready.accountant().post("customer", {"DisplayName": "Hollis Ltd"})["Customer"]["Id"]
    billed[DETAIL]["CustomerRef"]["value"] = customer
    ready.accountant().change("Purchase", TxnDate="2026-11-03", PrivateNote=memo, Line=[billed])
    ready.record("c-1", "13.00")
    ready.work()
    purchase = only(ready)
    [merged] = purchase["Line"]
    assert (purchase["TxnDate"], purchase["TotalAmt"], purchase["SyncToken"]) == ("2026-11-03", 13, "2")
    assert "Seen by Anna" in purchase["PrivateNote"]
    assert (merged["Id"], merged[DETAIL]["CustomerRef"]["value"]) == (line["Id"], customer)
    assert merged[DETAIL]["BillableStatus"] == "Billable"
    assert (state_of(document.pk).state, kept(document)) == (JobState.DONE, ["dated", "note"])
    assert outcomes() == [("create", "posted"), ("update", "conflict"), ("update", "posted")]
    ready.tie_out()


def test_what_was_theirs_stays_theirs_in_every_later_change(ready: Office) -> None:
    document = posted(ready)
    ready.accountant().change("Purchase", TxnDate="2026-11-03")
    for amount in ("13.00", "14.00", "15.00"):
        ready.record("c-1", amount)
        ready.work()
    assert (only(ready)["TxnDate"], only(ready)["TotalAmt"]) == ("2026-11-03", 15)
    assert outcomes().count(("update", "conflict")) == 1, "from then on it is read first"
    assert state_of(document.pk).state == JobState.DONE
    ready.tie_out()


def test_a_payment_is_merged_too(ready: Office) -> None:
    ready.map(card="2110", default="6110", Software="6020", bank="1010")
    document = posted(ready, "250.00", kind=DocumentKind.PAYMENT)
    ready.accountant().change("Transfer", TxnDate="2026-11-03")
    ready.record("c-1", "260.00", kind=DocumentKind.PAYMENT)
    ready.work()
    [transfer] = ready.sandbox.objects("Transfer")
    assert (transfer["TxnDate"], transfer["Amount"], state_of(document.pk).state) == ("2026-11-03", 260, JobState.DONE)


def test_a_split_that_somebody_made_stays_while_the_amount_does(ready: Office) -> None:
    posted(ready, "60.00")
    [line] = only(ready)["Line"]
    other = {"Amount": 20, "DetailType": DETAIL, DETAIL: {"AccountRef": {"value": account(ready, "6110")}}}
    ready.accountant().change("Purchase", Line=[{**line, "Amount": 40}, other])
    ready.record("c-1", "60.00", merchant="Adobe")
    ready.work()
    assert [amount for _, amount in accounts(only(ready))] == [40, 20]
    ready.tie_out()


def account(office: Office, number: str) -> str:
    with transaction.atomic():
        return Reference.objects.get(number=number).external_id


def test_another_amount_against_their_split_is_for_a_person_with_both_sides(ready: Office) -> None:
    document = posted(ready, "60.00")
    [line] = only(ready)["Line"]
    other = {"Amount": 20, "DetailType": DETAIL, DETAIL: {"AccountRef": {"value": account(ready, "6110")}}}
    ready.accountant().change("Purchase", Line=[{**line, "Amount": 40}, other])
    ready.record("c-1", "70.00")
    ready.work()
    assert (reasons(document), only(ready)["SyncToken"]) == ([ReasonCode.CHANGED_THERE], "1")
    assert state_of(document.pk).reasons[0].subject == "amount"
    found = clash(document)
    assert [len(side["lines"]) for side in (found.base, found.ours, found.theirs)] == [1, 1, 2]
    assert found.ours["lines"][0]["fields"]["amount"] == "70.00"


def test_theirs_kept_is_linked_as_it_stands_and_nothing_is_sent(ready: Office) -> None:
    document = posted(ready)
    recount(ready, 99)
    ready.record("c-1", "13.00")
    ready.work()
    assert keep_theirs(document) == 1
    ready.work()
    assert (state_of(document.pk).state, only(ready)["SyncToken"]) == (JobState.DONE, "1")
    assert outcomes() == [("create", "posted"), ("update", "conflict")]

    ready.record("c-1", "13.00", merchant="Adobe")
    ready.work()
    assert (only(ready)["TotalAmt"], only(ready)["SyncToken"]) == (99, "2"), "another field, put into theirs"
    assert only(ready)["Line"][0]["Description"].startswith("Adobe")

    ready.record("c-1", "14.00", merchant="Adobe")
    ready.work()
    assert (reasons(document), only(ready)["TotalAmt"]) == ([ReasonCode.CHANGED_THERE], 99), (
        "asked again about that one"
    )


def test_ours_chosen_goes_over_all_of_theirs_and_what_follows_is_plain_again(ready: Office) -> None:
    document = posted(ready)
    recount(ready, 99)
    ready.record("c-1", "13.00")
    ready.work()
    send_again(document)
    ready.work()
    assert (only(ready)["TotalAmt"], state_of(document.pk).state) == (13, JobState.DONE)
    ready.record("c-1", "14.00")
    ready.work()
    with transaction.atomic():
        assert SyncJob.objects.get().decision == ""
        assert not Compromise.objects.exists()
        assert ExternalLink.objects.get().external_version == "3"
    ready.tie_out()


def test_a_word_for_ours_is_over_once_the_source_wants_what_stood_there(ready: Office) -> None:
    """It does not write over what somebody does there months later."""
    document = posted(ready)
    recount(ready, 99)
    ready.record("c-1", "13.00")
    ready.work()
    send_again(document)
    ready.record("c-1", "12.30")
    ready.work()
    with transaction.atomic():
        assert (SyncJob.objects.get().decision, SyncJob.objects.get().state) == ("", JobState.DONE)


def test_who_made_the_same_change_there_has_no_quarrel_with_us(ready: Office) -> None:
    document = posted(ready)
    recount(ready, 13)
    ready.record("c-1", "13.00")
    ready.work()
    assert (state_of(document.pk).state, only(ready)["TotalAmt"]) == (JobState.DONE, 13)
    ready.tie_out()


@pytest.mark.parametrize("fault", ["drop_before", "drop_after_commit"])
def test_a_merged_change_whose_answer_is_lost_arrives_once(ready: Office, fault: str) -> None:
    document = posted(ready)
    ready.accountant().change("Purchase", TxnDate="2026-11-03")
    ready.sandbox.plan_fault(kind=fault, entity="Purchase", operation="update", skip=1)
    ready.record("c-1", "13.00")
    ready.work()
    assert state_of(document.pk).state == JobState.UNKNOWN
    let_time_pass(minutes=5)
    ready.work()
    purchase = only(ready)
    assert (purchase["TxnDate"], purchase["TotalAmt"], purchase["SyncToken"]) == ("2026-11-03", 13, "2")
    assert kept(document) == ["dated"]


def test_somebody_who_is_always_quicker_is_left_to_a_person(ready: Office) -> None:
    document = posted(ready)
    ready.sandbox.plan_fault(kind="stale", entity="Purchase", operation="update", times=None)
    ready.record("c-1", "13.00")
    for _ in range(4):
        ready.work()
    assert reasons(document) == [ReasonCode.CHANGED_THERE]
    with transaction.atomic():
        assert SyncAttempt.objects.filter(outcome="conflict").count() == 4

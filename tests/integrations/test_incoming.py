"""What happens in the books without us: told by webhooks, or asked for; marked, never written over."""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from django.core.cache import cache
from django.db import connection as database
from django.db import transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from integrations import services
from integrations.mapping.reasons import ReasonCode
from integrations.models import (
    Company,
    Connection,
    ConnectionState,
    ExternalLink,
    IncomingChange,
    JobState,
    Reference,
    Stance,
    SyncJob,
)
from integrations.providers.quickbooks.capture import KINDS
from integrations.providers.registry import platform
from integrations.selectors import companies_to_ask
from ledger.tenancy.context import acting_for, cleared
from tests.cast import Cast
from tests.integrations.conftest import VERIFIER, Office
from tests.ports import free_ports
from tests.processes import PATIENCE, ControlPlane, answers, wait_until, web, worker

# Times are told to the second, so that within the second of our own writing nobody else's is seen before a sweep.
LATER = 60


class Listener:
    """The receiver, over HTTP, told by the sandbox; and what a worker does when its bell rings."""

    def __init__(self, office: Office, url: str) -> None:
        self.office = office
        self.url = f"{url}/webhooks/quickbooks"

    def listen(self, **how: Any) -> int:
        """From now on: what was changed before is not told."""
        told = {"url": self.url, "verifier": VERIFIER, "compress": 1000.0, "hold": 0.0, **how}
        number: int = self.office.sandbox.control("POST", "webhooks", **told)["webhook"]["id"]
        self.number = number
        return number

    def heard(self) -> None:
        """Every message of the sandbox was taken."""
        wait_until(self._all_delivered, 10, "delivered")

    def _all_delivered(self) -> bool:
        shown = self.office.sandbox.control("GET", f"webhooks/{self.number}")
        return bool(shown["deliveries"]) and shown["waiting"] == 0

    def deliveries(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.office.sandbox.control("GET", f"webhooks/{self.number}/deliveries")[
            "deliveries"
        ]
        return found

    def take(self) -> None:
        """All that waits, at once."""
        with transaction.atomic():
            IncomingChange.objects.filter(handled_at__isnull=True).update(due_at=timezone.now())
        services.take_changes(self.office.connection.company_id)

    def ask(self) -> None:
        """As when the hour is over."""
        with transaction.atomic():
            Company.objects.update(changes_due_at=timezone.now())
        assert services.ask_for_changes(self.office.connection.company_id)

    def post(self, body: bytes, **headers: str) -> int:
        return requests.post(self.url, data=body, headers=headers, timeout=PATIENCE).status_code

    def tell(self, *events: dict[str, Any]) -> int:
        body = json.dumps(list(events)).encode()
        return self.post(body, **{"intuit-signature": signature(body)})


def signature(body: bytes, verifier: str = VERIFIER) -> str:
    return base64.b64encode(hmac.new(verifier.encode(), body, hashlib.sha256).digest()).decode()


@pytest.fixture
def listening(ready: Office, live_server: Any) -> Iterator[Listener]:
    yield Listener(ready, live_server.url)
    ready.sandbox.control("DELETE", "webhooks")
    ready.sandbox.control("POST", "clock", ahead_seconds=0)
    cache.clear()


def metered(office: Office) -> int:
    months = office.sandbox.control("GET", "traffic")["months"]
    return sum(row["calls"] for row in months if row["class"] == "CorePlus")


def link() -> ExternalLink:
    with transaction.atomic():
        return ExternalLink.objects.get()


def human(office: Office, act: str, entity: str, number: str, **more: Any) -> dict[str, Any]:
    path = f"companies/{office.sandbox.US}/human"
    return office.sandbox.control("POST", path, act=act, entity=entity, id=number, **more)


def time_passes(office: Office) -> None:
    office.sandbox.control("POST", "clock", advance_seconds=LATER)


def posted(office: Office) -> str:
    office.charge("c-1", amount="12.30")
    office.work()
    time_passes(office)
    return link().external_id


@pytest.mark.parametrize("shape", ["legacy", "cloudevents"])
def test_what_is_edited_there_is_marked_with_both_sides_and_nothing_is_written(listening: Listener, shape: str) -> None:
    number = posted(listening.office)
    listening.listen(shape=shape, repeat=2, shuffle=True)
    human(listening.office, "edit", "Purchase", number, changes={"PrivateNote": "Mine now"})
    listening.heard()
    listening.take()
    marked = link()
    assert marked.stance == Stance.EDITED
    assert marked.ours["note"].startswith("Flex card")
    assert (marked.theirs["note"], marked.ours["paid_from"]) == ("Mine now", marked.theirs["paid_from"])
    assert marked.ours["lines"] == marked.theirs["lines"]
    assert listening.office.sandbox.purchases()[0]["PrivateNote"] == "Mine now"


# --- the door --------------------------------------------------------------------------------------------------------


def event(number: str = "401", company: str = ControlPlane.US, kind: str = "purchase", **more: Any) -> dict[str, Any]:
    named = {"intuitentityid": number, "intuitaccountid": company, "type": f"qbo.{kind}.updated.v1"}
    return {"specversion": "1.0", "id": "6f1c", "time": "2026-11-20T20:45:18.123456789Z", **named, **more}


def stored() -> int:
    with transaction.atomic():
        return IncomingChange.objects.count()


BODY = json.dumps([event()]).encode()


@pytest.mark.parametrize(
    ("body", "signed", "status"),
    [
        (BODY, signature(BODY), 200),
        (BODY, "", 401),
        (BODY, "not base64 at all ü".encode().decode("latin-1"), 401),
        (BODY, signature(BODY, "of another app"), 401),
        (BODY, signature(BODY + b" "), 401),
        (BODY.replace(b" ", b""), signature(BODY), 401),
        (b"", signature(BODY), 401),
        (b"{", signature(b"{"), 400),
        (b"\xff\xfe", signature(b"\xff\xfe"), 400),
        (b"{}", signature(b"{}"), 400),
        (b'"text"', signature(b'"text"'), 400),
        (b"[" * 100_000, signature(b"[" * 100_000), 400),
        (b" " * 1_048_577, signature(b" " * 1_048_577), 413),
    ],
)
def test_only_what_the_platform_signed_and_we_can_read_is_stored(
    listening: Listener, body: bytes, signed: str, status: int
) -> None:
    assert listening.post(body, **{"intuit-signature": signed}) == status
    assert stored() == (status == 200)


def test_without_the_secret_nothing_is_believed(listening: Listener, settings: Any) -> None:
    settings.QUICKBOOKS = {**settings.QUICKBOOKS, "webhook_verifier": ""}
    platform.cache_clear()
    assert listening.post(BODY, **{"intuit-signature": signature(BODY, "")}) == 503
    assert stored() == 0


@pytest.mark.parametrize(
    "unusable",
    [
        event(company="9999999999999999"),
        event(kind="invoice"),
        event(kind="purchase.exploded"),
        event(number=""),
        event(time="yesterday"),
        event(number="1" * 400),
        {"type": 7},
        {},
    ],
)
def test_what_concerns_nobody_or_cannot_be_read_is_answered_and_left_out(
    listening: Listener, unusable: dict[str, Any]
) -> None:
    assert listening.tell(unusable, event()) == 200
    assert stored() == 1


def test_a_name_that_cannot_be_stored_loses_no_message(listening: Listener) -> None:
    assert listening.tell(event(id="6f\x001c\ud83d")) == 200
    assert stored() == 1


def test_a_message_about_several_companies_reaches_each_of_them_and_nobody_else(
    listening: Listener, cast: Cast
) -> None:
    with acting_for(cast.brightwell.id):
        neighbour = Office(cast.brightwell, listening.office.sandbox)
        with transaction.atomic():
            neighbour.tenant.entity.currency = "GBP"
            neighbour.tenant.entity.save()
        neighbour.connect(ControlPlane.UK)
    listening.tell(event("1"), event("2", ControlPlane.UK), event("3", "9999999999999999"))
    with transaction.atomic():
        assert [row.external_id for row in IncomingChange.objects.all()] == ["1"]
    with acting_for(cast.brightwell.id), transaction.atomic():
        assert [row.external_id for row in IncomingChange.objects.all()] == ["2"]


def test_the_same_again_adds_nothing_whatever_the_order(listening: Listener) -> None:
    first, second = event("1"), event("2")
    for message in [(first, second), (second, first), (second,), (first, first)]:
        assert listening.tell(*message) == 200
    assert stored() == 2


def test_receiving_costs_the_same_for_one_and_for_three_hundred(listening: Listener) -> None:
    def statements(number: int) -> int:
        changes = platform().webhooks().parse(json.dumps([event(str(n)) for n in range(1, number + 1)]).encode())
        with CaptureQueriesContext(database) as captured, cleared():
            services.receive("quickbooks", changes)
        return len(captured)

    assert statements(300) == statements(1)


# --- our documents ---------------------------------------------------------------------------------------------------


def test_our_own_writes_tell_themselves_and_cost_no_look(listening: Listener) -> None:
    listening.ask()
    listening.listen()
    before = metered(listening.office)
    for number in range(20):
        listening.office.charge(f"c-{number}")
        listening.office.work()
    listening.office.charge("c-1", amount="99.00")
    listening.office.work()
    listening.heard()
    assert stored() == 21
    listening.take()
    assert metered(listening.office) == before
    listening.ask()
    assert metered(listening.office) == before + 1
    with transaction.atomic():
        assert not ExternalLink.objects.exclude(stance=Stance.AS_POSTED).exists()
        assert not IncomingChange.objects.filter(handled_at__isnull=True).exists()


def test_however_often_a_change_is_told_it_is_looked_at_once(listening: Listener) -> None:
    number = posted(listening.office)
    before = metered(listening.office)
    listening.listen(repeat=5, shuffle=True)
    human(listening.office, "edit", "Purchase", number, changes={"PrivateNote": "Mine now"})
    listening.heard()
    listening.take()
    listening.take()
    assert metered(listening.office) == before + 1


def test_what_is_as_we_wrote_it_again_loses_its_mark(listening: Listener) -> None:
    number = posted(listening.office)
    note = listening.office.sandbox.purchases()[0]["PrivateNote"]
    listening.listen()
    human(listening.office, "edit", "Purchase", number, changes={"PrivateNote": "Mine now"})
    listening.heard()
    listening.take()
    assert link().stance == Stance.EDITED
    time_passes(listening.office)
    human(listening.office, "edit", "Purchase", number, changes={"PrivateNote": note})
    listening.ask()
    mended = link()
    assert (mended.stance, mended.ours, mended.theirs, mended.noticed_at) == (Stance.AS_POSTED, None, None, None)
    assert mended.external_version == "0"


def test_what_is_voided_there_is_marked_as_voided(listening: Listener) -> None:
    number = posted(listening.office)
    listening.listen(shape="cloudevents")
    human(listening.office, "void", "Purchase", number)
    listening.heard()
    listening.take()
    marked = link()
    assert (marked.stance, marked.theirs["total"], marked.ours["total"]) == (Stance.VOIDED, "0", "12.3")


@pytest.mark.parametrize("told", [True, False], ids=["told", "asked"])
def test_what_is_deleted_there_needs_a_person_and_is_made_anew_by_their_word_only(
    listening: Listener, told: bool
) -> None:
    office = listening.office
    number = posted(office)
    if told:
        listening.listen()
    human(office, "delete", "Purchase", number)
    if told:
        listening.heard()
        listening.take()
    else:
        listening.ask()
    marked = link()
    assert (marked.stance, marked.theirs, marked.ours["total"]) == (Stance.GONE, None, "12.3")
    with transaction.atomic():
        job = SyncJob.objects.get()
    assert (job.state, job.reasons[0]["code"]) == (JobState.NEEDS_ATTENTION, ReasonCode.GONE)
    office.work()
    assert office.sandbox.purchases() == []
    services.send_again(SyncJob.objects.all(), office.tenant.admin)
    office.work()
    assert len(office.sandbox.purchases()) == 1
    assert link().stance == Stance.AS_POSTED


def test_a_change_of_ours_that_is_taken_clears_the_mark(listening: Listener) -> None:
    office = listening.office
    number = posted(office)
    human(office, "edit", "Purchase", number, changes={"PrivateNote": "Mine now"})
    listening.ask()
    assert link().stance == Stance.EDITED
    office.charge("c-1", amount="15.00")
    office.work()
    assert link().stance == Stance.AS_POSTED


def test_a_look_that_the_platform_puts_off_is_made_later(listening: Listener) -> None:
    office = listening.office
    number = posted(office)
    listening.listen()
    human(office, "edit", "Purchase", number, changes={"PrivateNote": "Mine now"})
    listening.heard()
    office.sandbox.plan_fault(kind="status", operation="query", status=503)
    listening.take()
    with transaction.atomic():
        waiting = IncomingChange.objects.get()
    assert waiting.handled_at is None
    assert waiting.due_at > timezone.now()
    listening.take()
    assert link().stance == Stance.EDITED


def test_taking_costs_the_same_for_two_and_for_thirty(listening: Listener) -> None:
    office = listening.office

    def statements(first: int, number: int) -> int:
        office.charge(*(f"c-{n}" for n in range(first, first + number)))
        office.work()
        time_passes(office)
        with transaction.atomic():
            ids = list(ExternalLink.objects.order_by("-id").values_list("external_id", flat=True)[:number])
        for one in ids:
            human(office, "edit", "Purchase", one, changes={"PrivateNote": "Mine now"})
        told = [event(one, time=(timezone.now() + timedelta(days=1)).isoformat()) for one in ids]
        assert listening.tell(*told) == 200
        with transaction.atomic():
            IncomingChange.objects.filter(handled_at__isnull=True).update(due_at=timezone.now())
        with CaptureQueriesContext(database) as captured:
            services.take_changes(office.connection.company_id)
        with transaction.atomic():
            assert ExternalLink.objects.filter(stance=Stance.EDITED).count() == first + number
        return len(captured)

    few = statements(0, 2)
    assert statements(2, 30) == few


# --- accounts, vendors, classes --------------------------------------------------------------------------------------


def account(number: str) -> Reference:
    with transaction.atomic():
        return Reference.objects.get(number=number)


def test_an_account_made_inactive_is_known_within_one_look_and_what_waited_leaves_when_it_is_back(
    listening: Listener,
) -> None:
    office = listening.office
    software = account("6020")
    time_passes(office)
    listening.listen()
    human(office, "deactivate", "Account", software.external_id)
    listening.heard()
    listening.take()
    retired = account("6020")
    assert (retired.active, retired.name) == (False, software.name)
    assert retired.inactive_since is not None
    office.charge("c-1")
    office.work()
    with transaction.atomic():
        assert SyncJob.objects.get().reasons[0]["code"] == ReasonCode.ACCOUNT_INACTIVE
    time_passes(office)
    human(office, "activate", "Account", software.external_id)
    listening.heard()
    listening.take()
    assert account("6020").inactive_since is None
    office.work()
    assert len(office.sandbox.purchases()) == 1


def test_a_new_name_is_learnt(listening: Listener) -> None:
    software = account("6020")
    time_passes(listening.office)
    human(listening.office, "rename", "Account", software.external_id, name="Apps")
    listening.ask()
    assert (account("6020").name, account("6020").name_key) == ("Apps", "apps")


def test_of_a_merge_both_sides_are_known(listening: Listener) -> None:
    office = listening.office
    with transaction.atomic():
        loser, winner = Reference.objects.filter(kind="vendor", active=True).order_by("id")[:2]
    time_passes(office)
    listening.listen()
    human(office, "merge", "Vendor", loser.external_id, into=winner.external_id)
    listening.heard()
    listening.take()
    with transaction.atomic():
        loser.refresh_from_db()
    assert (loser.active, loser.merged_into) == (False, winner.external_id)


# --- asking ----------------------------------------------------------------------------------------------------------


def company() -> Company:
    with transaction.atomic():
        return Company.objects.get()


def test_a_company_is_asked_when_it_is_time_and_not_before(listening: Listener) -> None:
    assert not services.ask_for_changes(listening.office.connection.company_id)
    listening.ask()
    assert not services.ask_for_changes(listening.office.connection.company_id)
    with transaction.atomic():
        Company.objects.update(changes_due_at=timezone.now())
    with cleared():
        assert companies_to_ask(20) == [(listening.office.tenant.id, listening.office.connection.company_id)]
        assert companies_to_ask(0) == []


def test_where_the_grant_is_dead_asking_closes_the_connection(listening: Listener) -> None:
    office = listening.office
    office.sandbox.control("POST", "disconnect", realm=office.sandbox.US)
    with transaction.atomic():
        Company.objects.update(changes_due_at=timezone.now())
    assert not services.ask_for_changes(office.connection.company_id)
    with transaction.atomic():
        assert Connection.objects.get().state == ConnectionState.ACCESS_LOST
    with cleared():
        assert companies_to_ask(20) == []


def test_where_we_are_turned_away_a_person_is_told_and_it_is_asked_again(listening: Listener) -> None:
    def ask() -> bool:
        with transaction.atomic():
            Company.objects.update(changes_due_at=timezone.now())
        with cleared():
            [(_, number)] = companies_to_ask(20)
        return services.ask_for_changes(number)

    def tie() -> Connection:
        with transaction.atomic():
            return Connection.objects.get()

    listening.office.sandbox.plan_fault(kind="fault", operation="cdc", code="3100", message="No")
    assert not ask()
    assert (tie().state, "tries again by itself" in tie().problem) == (ConnectionState.DENIED, True)
    assert ask()
    assert (tie().state, tie().problem) == (ConnectionState.LIVE, "")


def test_a_call_that_failed_leaves_the_bookmark_where_it_was(listening: Listener) -> None:
    before = company().changes_read_to
    listening.office.sandbox.plan_fault(kind="status", operation="cdc", status=503)
    with transaction.atomic():
        Company.objects.update(changes_due_at=timezone.now())
    assert not services.ask_for_changes(listening.office.connection.company_id)
    assert company().changes_read_to == before
    listening.ask()
    assert company().changes_read_to > before


def test_more_changes_than_one_answer_holds_are_asked_for_kind_by_kind(listening: Listener) -> None:
    office = listening.office
    number = posted(office)
    made = [{"AcctNum": f"9{n:04}", "Name": f"Made {n:04}", "AccountType": "Expense"} for n in range(1000)]
    office.sandbox.control("POST", f"companies/{office.sandbox.US}/accounts", accounts=made)
    human(office, "edit", "Purchase", number, changes={"PrivateNote": "Mine now"})
    before = metered(office)
    listening.ask()
    with transaction.atomic():
        assert Reference.objects.filter(number__startswith="9", active=True).count() == 1000
    assert link().stance == Stance.EDITED
    assert metered(office) - before < 3 * len(KINDS)


def test_a_thousand_charges_of_ours_cost_no_more_than_five_metered_calls(listening: Listener) -> None:
    office = listening.office
    listening.ask()
    before = metered(office)
    # In batches, which are metered by themselves, since single writes of so many would take minutes.
    office.charge(*(f"c-{n}" for n in range(1000)))
    office.work()
    assert len(office.sandbox.purchases()) == 1000
    written = metered(office)
    listening.ask()
    assert metered(office) - written <= 5
    assert written > before
    with transaction.atomic():
        assert not ExternalLink.objects.exclude(stance=Stance.AS_POSTED).exists()


@pytest.mark.parametrize("act", ["edit", "delete"])
def test_after_more_than_the_platform_remembers_all_that_is_ours_is_looked_at(listening: Listener, act: str) -> None:
    office = listening.office
    number = posted(office)
    with transaction.atomic():
        Company.objects.update(changes_read_to=timezone.now() - timedelta(days=40))
    human(office, act, "Purchase", number, **({"changes": {"PrivateNote": "Mine now"}} if act == "edit" else {}))
    human(office, "rename", "Account", account("6020").external_id, name="Apps")
    listening.ask()
    assert link().stance == (Stance.EDITED if act == "edit" else Stance.GONE)
    assert account("6020").name == "Apps"
    assert company().changes_read_to > timezone.now() - timedelta(minutes=1)


def test_a_dimension_that_is_switched_on_there_is_read(listening: Listener) -> None:
    office = listening.office
    path = f"companies/{office.sandbox.US}/preferences"
    was = [one["key"] for one in company().dimensions]
    time_passes(office)
    office.sandbox.control("POST", path, TrackDepartments="location" not in was)
    listening.ask()
    assert ("location" in [one["key"] for one in company().dimensions]) is ("location" not in was)


# --- with the real processes -----------------------------------------------------------------------------------------


def test_a_change_there_is_known_here_within_seconds(ready: Office, tmp_path: Path) -> None:
    """Sandbox, web and worker as they run: nobody takes anything by hand."""
    number = posted(ready)
    [port] = free_ports(1)
    processes = [web(tmp_path / "web.log", port), worker(tmp_path / "worker.log")]
    try:
        wait_until(lambda: answers(f"http://127.0.0.1:{port}/healthz"), 30, "up")
        url = f"http://127.0.0.1:{port}/webhooks/quickbooks"
        hook = ready.sandbox.control("POST", "webhooks", url=url, verifier=VERIFIER)["webhook"]["id"]
        human(ready, "edit", "Purchase", number, changes={"PrivateNote": "Mine now"})
        wait_until(lambda: link().stance == Stance.EDITED, 30, "marked")
        [delivery] = ready.sandbox.control("GET", f"webhooks/{hook}/deliveries")["deliveries"]
        assert delivery["attempts"][0]["status"] == 200
        assert delivery["attempts"][0]["seconds"] < 3
    finally:
        ready.sandbox.control("DELETE", "webhooks")
        ready.sandbox.control("POST", "clock", ahead_seconds=0)
        for process in processes:
            process.stop()

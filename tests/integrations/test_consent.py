"""How a grant ends, what a person is told of it, and that nothing is lost meanwhile."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from integrations.models import Connection, ConnectionState, Credential, JobState
from tests.integrations.conftest import Office
from tests.integrations.test_engine import let_time_pass, states

YEARS = timedelta(days=5 * 365)


def time_flies(office: Office, days: int) -> None:
    """Here and there. Only the platform knows what it still accepts."""
    office.sandbox.control("POST", "clock", advance_seconds=days * 86400)
    with transaction.atomic():
        for credential in Credential.objects.all():
            for name in ("access_expires_at", "refresh_expires_at", "consent_expires_at"):
                setattr(credential, name, getattr(credential, name) - timedelta(days=days))
            credential.save()


def ended(office: Office) -> str:
    with transaction.atomic():
        tie = Connection.objects.get()
    assert (tie.state, states()) == (ConnectionState.ACCESS_LOST, {JobState.WAITING: 1})
    return tie.problem


def goes_on(office: Office) -> None:
    office.connect()
    let_time_pass(seconds=0)
    office.work()
    assert states() == {JobState.DONE: 1}


def test_a_consent_is_known_to_last_five_years(ready: Office) -> None:
    with transaction.atomic():
        credential = Credential.objects.get()
    assert credential.consent_expires_at is not None
    assert abs(credential.consent_expires_at - timezone.now() - YEARS) < timedelta(minutes=5)


@pytest.mark.parametrize(
    ("days", "words"), [(101, "not used for so long"), (5 * 365 + 1, "has run out: connect again, and agree anew")]
)
def test_a_grant_that_ran_out_says_so_and_the_charge_waits(ready: Office, days: int, words: str) -> None:
    ready.charge("c-1")
    time_flies(ready, days)
    ready.work()
    assert words in ended(ready)
    goes_on(ready)


def test_a_grant_that_somebody_took_back_says_so_and_the_charge_waits(ready: Office) -> None:
    ready.charge("c-1")
    ready.sandbox.control("POST", "disconnect", realm=ready.sandbox.US)
    ready.work()
    assert "Somebody disconnected it there" in ended(ready)
    goes_on(ready)


@pytest.mark.parametrize("kind", ["drop_before", "status"])
def test_a_refresh_that_never_arrived_is_made_once_more(ready: Office, kind: str) -> None:
    ready.charge("c-1")
    about_to_expire()
    ready.sandbox.plan_fault(kind=kind, realm="*", entity="token", operation="token")
    ready.work()
    let_time_pass(seconds=0)
    ready.work()
    assert states() == {JobState.DONE: 1}


def test_a_refresh_whose_answer_was_lost_may_cost_the_grant_and_never_a_charge(ready: Office) -> None:
    """The platform gave a new value that nobody heard, and takes the old one no more."""
    ready.charge("c-1")
    about_to_expire()
    ready.sandbox.plan_fault(kind="drop_after_commit", realm="*", entity="token", operation="token")
    ready.work()
    assert "Connect again; nothing is lost." in ended(ready)
    goes_on(ready)


def about_to_expire() -> None:
    with transaction.atomic():
        Credential.objects.update(access_expires_at=timezone.now() + timedelta(minutes=1))

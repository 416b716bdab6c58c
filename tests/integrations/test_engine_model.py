"""Whatever the issuer tells, the platform answers and a power cut interrupts, in any order: no double, nothing lost.

Planner, queue and settling are the product's, on PostgreSQL; the platform is a ledger in memory whose answers are
scripted. A power cut ends a drain between two statements, at a random one of them.
"""

import itertools
import os
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, cast

import pytest
from django.db import connection as database
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from integrations import services
from integrations.conservation import prove
from integrations.mapping.reasons import ReasonCode
from integrations.models import Connection, Decision, ExternalLink, JobState, SyncAttempt, SyncEnvelope, SyncJob
from integrations.providers import registry
from integrations.providers.registry import DEFAULT, platform
from integrations.selectors import with_any_reason
from integrations.sync import engine, lane, queue
from integrations.sync.marks import mark_of
from ledger.domain.documents import DocumentKind, Stage
from ledger.models import Card, Category, Department, Entity, Membership, Organisation, Role, SourceDocument, User
from ledger.services.intake import record_transactions
from ledger.tenancy.context import acting_for, cleared
from tests.cast import Tenant
from tests.integrations.conftest import NOON, Office
from tests.integrations.ledger_in_memory import Books, Consent, Say
from tests.processes import Sandbox

KINDS = st.sampled_from([DocumentKind.CHARGE] * 3 + [DocumentKind.REFUND, DocumentKind.PAYMENT])
CENTS = st.integers(1, 99_999)
ANY = st.integers(0, 1_000)
# To the first envelopes of a drain, single writes and batches; to the others the truth.
SCRIPT = st.lists(st.sampled_from(Say), max_size=4)
PEOPLE = (ReasonCode.CHANGED_THERE, ReasonCode.CONFLICT, ReasonCode.GONE)
STATEMENTS_OF_A_DRAIN = 45
THEIRS = "For the audit."
EXAMPLES = int(os.environ.get("FLEXSYNC_MODEL_EXAMPLES", "30"))
_numbers = itertools.count(1)


class PowerCut(BaseException):
    """Nothing could be finished."""


@dataclass(frozen=True)
class Told:
    kind: DocumentKind
    cents: int
    reversed: bool = False


def _signed(told: Told) -> int:
    return told.cents if told.kind is DocumentKind.PAYMENT else told.kind.sign * told.cents


class Engine(RuleBasedStateMachine):
    """One organisation, its company, and what we believe of both."""

    @initialize()
    def begin(self) -> None:
        self.told: dict[str, Told] = {}
        self.held: set[str] = set()
        self.books = Books()
        registry_books[:] = [self.books]
        with transaction.atomic():
            organisation = Organisation.objects.create(name="Model", slug=f"model-{next(_numbers)}")
        self.acting = acting_for(organisation.pk)
        self.acting.__enter__()
        self.office = _office(organisation)

    def teardown(self) -> None:
        if not hasattr(self, "office"):
            return
        try:
            self._come_to_an_end()
        finally:
            self.acting.__exit__(None, None, None)

    # --- the issuer -----------------------------------------------------------------------------------------------

    @rule(kind=KINDS, cents=st.lists(CENTS, min_size=1, max_size=9))
    def tell(self, kind: DocumentKind, cents: list[int]) -> None:
        self._tell({f"c-{len(self.told) + at}": Told(kind, each) for at, each in enumerate(cents)})

    @precondition(lambda self: self.told)
    @rule(at=ANY, cents=CENTS)
    def change(self, at: int, cents: int) -> None:
        name, told = self._one(at)
        if not told.reversed:
            self._tell({name: replace(told, cents=cents)})

    @precondition(lambda self: self.told)
    @rule(at=ANY)
    def reverse(self, at: int) -> None:
        name, told = self._one(at)
        self._tell({name: replace(told, reversed=True)})

    @precondition(lambda self: self.told)
    @rule(at=ANY)
    def repeat(self, at: int) -> None:
        name, told = self._one(at)
        self._tell({name: told})

    # --- people ---------------------------------------------------------------------------------------------------

    @precondition(lambda self: self.told)
    @rule(at=ANY, decision=st.sampled_from([Decision.HOLD, Decision.EXCLUDE, Decision.NONE]))
    def decide(self, at: int, decision: Decision) -> None:
        jobs = SyncJob.objects.filter(document__external_id=self._one(at)[0])
        services.decide(jobs, decision=decision, why="Model", person=self.office.tenant.admin)

    @precondition(lambda self: any(self.books.standing()))
    @rule(at=ANY, deletes=st.booleans())
    def change_there(self, at: int, deletes: bool) -> None:
        standing = self.books.standing()
        one = standing[at % len(standing)]
        self.books.edit(one, THEIRS)
        one.gone = deletes

    @precondition(lambda self: any(one.mark in self._changeable() for one in self.books.standing()))
    @rule(at=ANY, cents=CENTS)
    def both_change_it(self, at: int, cents: int) -> None:
        """Often enough for ours to meet theirs."""
        names = self._changeable()
        standing = [one for one in self.books.standing() if one.mark in names]
        one = standing[at % len(standing)]
        self.books.edit(one, THEIRS)
        name = names[one.mark]
        self._tell({name: replace(self.told[name], cents=cents)})

    @transaction.atomic
    def _changeable(self) -> dict[str, str]:
        """By mark, what was told and not taken back."""
        told = SourceDocument.objects.filter(
            external_id__in=[name for name, one in self.told.items() if not one.reversed]
        )
        return {mark_of(public): name for public, name in told.values_list("public_id", "external_id")}

    # --- the worker, and what the platform says to it ---------------------------------------------------------------

    @rule(says=SCRIPT, forgets=st.booleans())
    def work(self, says: list[Say], forgets: bool) -> None:
        self._prepare(says, forgets)
        self.office.work()

    @rule(kind=KINDS, cents=st.lists(CENTS, min_size=3, max_size=6), say=st.sampled_from(Say))
    def a_batch_is_answered(self, kind: DocumentKind, cents: list[int], say: Say) -> None:
        """Often enough for what comes next to meet a batch of which not everything is known."""
        self.tell(kind=kind, cents=cents)
        self.work(says=[say], forgets=False)

    @rule(says=SCRIPT, forgets=st.booleans(), after=st.integers(1, STATEMENTS_OF_A_DRAIN))
    def work_until_the_power_fails(self, says: list[Say], forgets: bool, after: int) -> None:
        self._prepare(says, forgets)
        left = itertools.count(after, -1)

        def cut(execute: Any, *given: Any) -> Any:
            if next(left) == 0:
                raise PowerCut
            return execute(*given)

        queue.absorb_events()
        with lane.held(self.office.connection.pk) as held:
            assert held is not None
            try:
                with database.execute_wrapper(cut):
                    engine.drain(held)
            except PowerCut:
                pass
            else:
                return
        # As after a death: the lease stands, in the past, and what was on the network got there.
        _join_flights()
        with transaction.atomic():
            Connection.objects.update(lane_until=timezone.now())

    # --- what always holds ----------------------------------------------------------------------------------------

    @invariant()
    def no_document_stands_twice(self) -> None:
        if hasattr(self, "acting"):
            marks = Counter(one.mark for one in self.books.standing())
            assert not [mark for mark, times in marks.items() if times > 1]

    @invariant()
    def links_are_ours(self) -> None:
        if not hasattr(self, "acting"):
            return
        with transaction.atomic():
            links = list(ExternalLink.objects.all())
            in_doubt = set(SyncAttempt.objects.filter(settled_at__isnull=True).values_list("job__document", flat=True))
        for link in links:
            one = self.books.objects[link.external_id]
            assert one.mark == link.mark
            if not one.by_hand and link.document_id not in in_doubt:
                assert (one.gone, str(one.version)) == (False, link.external_version)

    @invariant()
    def nothing_is_dropped(self) -> None:
        if hasattr(self, "acting"):
            assert prove().differences == ()

    # --- the end --------------------------------------------------------------------------------------------------

    def _come_to_an_end(self) -> None:
        """The trouble is over and people answer what only they can: then everything stands as it was told last."""
        self.books.script.clear()
        self.books.blind = False
        for _ in range(12):
            _let_time_pass()
            self.office.work()
            with transaction.atomic():
                jobs = SyncJob.objects.filter(state=JobState.NEEDS_ATTENTION).exclude(with_any_reason(PEOPLE))
                stuck = [str(job.reasons) for job in jobs]
                # After three sendings in vain a person is asked.
                asked = ("Refused by the script", ReasonCode.OUTCOME_UNKNOWN)
                assert all(any(words in reasons for words in asked) for reasons in stuck), stuck
                services.send_again(jobs, self.office.tenant.admin)
                if not SyncJob.objects.filter(state__in=["waiting", "running", "unknown"]).exists():
                    break
        with transaction.atomic():
            documents = list(SourceDocument.objects.all())
            states = dict(SyncJob.objects.values_list("document_id", "state"))
            held = set(SyncJob.objects.exclude(decision=Decision.NONE).values_list("document_id", flat=True))
            assert not SyncAttempt.objects.filter(settled_at__isnull=True).exists()
        assert len(documents) == len(self.told) == len(states)
        touched = {one.mark for one in self.books.objects.values() if one.by_hand}
        for document in documents:
            mark, state = mark_of(document.public_id), states[document.pk]
            if mark not in touched:
                self._as_told(document, state, is_held=document.pk in held)
            elif state == JobState.DONE:
                self._as_both_wish(document, mark)
        self.links_are_ours()
        self.no_document_stands_twice()
        self.nothing_is_dropped()

    def _as_both_wish(self, document: SourceDocument, mark: str) -> None:
        """What a person wrote there is kept, and so is what was told since."""
        told = self.told[document.external_id]
        for one in self.books.standing():
            if one.mark == mark and one.by_hand:
                assert (one.cents, one.remark) == (_signed(told), THEIRS)

    def _as_told(self, document: SourceDocument, state: str, *, is_held: bool) -> None:
        told, mark = self.told[document.external_id], mark_of(document.public_id)
        there = [one for one in self.books.standing() if one.mark == mark]
        if told.reversed:
            assert (there, state) == ([], JobState.EXCLUDED)
        elif is_held:
            assert (there, state in (JobState.HELD, JobState.EXCLUDED)) == ([], True)
        else:
            assert ([one.cents for one in there], state) == ([_signed(told)], JobState.DONE)

    # --- words ----------------------------------------------------------------------------------------------------

    def _prepare(self, says: list[Say], forgets: bool) -> None:
        _let_time_pass()
        self.books.script.clear()
        self.books.script.extend(says)
        if forgets:
            self.books.forget_keys()

    def _one(self, at: int) -> tuple[str, Told]:
        name = sorted(self.told)[at % len(self.told)]
        return name, self.told[name]

    def _tell(self, told: dict[str, Told]) -> None:
        incoming = [
            self.office.incoming(
                name,
                f"{one.cents // 100}.{one.cents % 100:02}",
                kind=one.kind,
                category="" if one.kind is DocumentKind.PAYMENT else "Software",
                stage=Stage.REVERSED if one.reversed else Stage.CLEARED,
                cleared_at=NOON,
            )
            for name, one in told.items()
        ]
        recorded = record_transactions(incoming=incoming, actor="the model")
        assert not [one.errors for one in recorded if one.errors]
        self.told |= told


registry_books: list[Books] = []


def _office(organisation: Organisation) -> Office:
    with transaction.atomic():
        person = User.objects.get_or_create(email="model@example.com", defaults={"name": "Mo Model"})[0]
        Membership.objects.create(user=person, role=Role.FINANCE_ADMIN)
        entity = Entity.objects.create(name="Model Inc.", currency="USD", time_zone="America/New_York")
        card = Card.objects.create(entity=entity, external_id="card-4471", last_four="4471", holder="Owen Park")
        category = Category.objects.create(name="Software")
        department = Department.objects.create(name="Product")
    tenant = Tenant(organisation, entity, card, category, department, person, "")
    office = Office(tenant, cast("Sandbox", None))
    address = services.begin_connect(entity=entity, person=person, provider=DEFAULT)
    with cleared():
        found = services.find_authorisation(address.partition("state=")[2])
    assert found is not None
    authorisation = services.use_authorisation(found[1], person)
    office.connection = services.finish_connect(authorisation=authorisation, code="", company="1", person=person)
    services.read_references(office.connection.pk)
    office.map(card="2110", default="6110", Software="6020", bank="1010", create_vendors=False)
    return office


def _let_time_pass() -> None:
    """As long as any pause lasts."""
    now = timezone.now()
    with transaction.atomic():
        Connection.objects.update(resting_until=None)
        Connection.objects.filter(lane_until__isnull=False).update(lane_until=now - timedelta(seconds=1))
        SyncJob.objects.filter(due_at__gt=now).update(due_at=now)
        SyncEnvelope.objects.filter(closed_at__isnull=True).update(sent_at=now - timedelta(minutes=1))


def _join_flights() -> None:
    for thread in threading.enumerate():
        if "_fly" in thread.name:
            thread.join(5)


@pytest.fixture
def in_memory(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The platform in memory in the place of the real one."""
    chosen = replace(platform(DEFAULT), oauth=Consent, provider=lambda company, country, token, gate: registry_books[0])
    monkeypatch.setattr(registry, "_quickbooks", lambda: chosen)
    platform.cache_clear()
    yield
    platform.cache_clear()


def test_what_was_found_of_a_batch_is_not_sent_again_with_the_rest(in_memory: None) -> None:
    """One order of things by hand: half is done, nothing is said, and then the keys are forgotten."""
    state = Engine()
    state.begin()  # type: ignore[no-untyped-call]
    state.tell(kind=DocumentKind.PAYMENT, cents=[1, 2, 3, 4, 5, 6])
    state.work(says=[Say.PARTLY], forgets=False)
    state.work(says=[], forgets=True)
    state.no_document_stands_twice()
    state.teardown()  # type: ignore[no-untyped-call]


def test_whatever_happens_every_document_stands_once_as_it_was_told_last(in_memory: None) -> None:
    run_state_machine_as_test(
        Engine,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=18,
            deadline=None,
            derandomize=True,
            database=None,
            # To shorten what was found takes minutes.
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )

"""On which day a document stands where books are closed: a table, and that no redate is ever silent."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.mapping.coding import Uncoded
from integrations.mapping.entry import as_json, standing_day
from integrations.mapping.periods import ClosedPolicy, Closing, Day, PeriodChoice
from integrations.mapping.reasons import Reason, ReasonCode
from integrations.providers.documents import Action, CardCharge, Transfer
from integrations.sync.plan import Blocked, Books, Link, Nothing, Plan, Send, plan
from ledger.domain.documents import ON_CARDS, DocumentKind, Stage
from tests.unit.facts import PAPER, STANDS, coded, of_kind

HOLD, MOVE, ASK = ClosedPolicy.HOLD, ClosedPolicy.FIRST_OPEN_DAY, ClosedPolicy.ASK
NONE, CHOSE_MOVE, KEEP = PeriodChoice.NONE, PeriodChoice.FIRST_OPEN_DAY, PeriodChoice.KEEP
OWN = PAPER.dated  # 14 Aug 2026
AUGUST, JULY = date(2026, 8, 31), date(2026, 7, 31)
FIRST = date(2026, 9, 1)
MOVED = "Dated 14 Aug 2026, posted 1 Sep 2026: books closed to 31 Aug 2026."


def closed(code: ReasonCode, to: str = "31 Aug 2026") -> Reason:
    return Reason(code, to)


def planned(closing: Closing, link: Link | None = None, choice: PeriodChoice = NONE, **changes: Any) -> Plan:
    facts = replace(PAPER, **changes)
    return plan(facts, coded(facts), link, books=Books(closing), choice=choice)


def stands(closing: Closing = Closing(), **link: Any) -> Link:  # noqa: B008 - a value
    """As it was posted in its first revision under this closing date."""
    step = planned(closing)
    assert isinstance(step, Send)
    assert isinstance(step.write.document, CardCharge)
    day = step.coding.day if step.coding and step.coding.day else Day(step.write.document.dated)
    return replace(STANDS, **{"fingerprint": step.fingerprint, "day": day, **link})


def dated(step: Plan) -> date:
    assert isinstance(step, Send)
    assert isinstance(step.write.document, CardCharge | Transfer)
    return step.write.document.dated


@pytest.mark.parametrize("policy", ClosedPolicy)
@pytest.mark.parametrize("to", [None, JULY, OWN - timedelta(days=1)])
def test_an_open_day_is_kept_whatever_the_policy(policy: ClosedPolicy, to: date | None) -> None:
    step = planned(Closing(to, policy))
    assert dated(step) == OWN
    assert isinstance(step, Send)
    assert (step.coding, step.remark) == (coded(), "")


NEW = {
    (HOLD, NONE): closed(ReasonCode.PERIOD_CLOSED),
    (HOLD, KEEP): closed(ReasonCode.PERIOD_CLOSED),
    # A choice was made where each was asked for; under another policy that decides.
    (HOLD, CHOSE_MOVE): closed(ReasonCode.PERIOD_CLOSED),
    (MOVE, NONE): FIRST,
    (MOVE, KEEP): FIRST,
    (MOVE, CHOSE_MOVE): FIRST,
    (ASK, NONE): closed(ReasonCode.PERIOD_ASKED),
    (ASK, KEEP): closed(ReasonCode.PERIOD_KEPT),
    (ASK, CHOSE_MOVE): FIRST,
}


@pytest.mark.parametrize(("policy", "choice"), NEW)
def test_what_is_new_in_a_closed_period_goes_by_policy_and_choice(policy: ClosedPolicy, choice: PeriodChoice) -> None:
    step = planned(Closing(AUGUST, policy), None, choice)
    expected = NEW[policy, choice]
    if isinstance(expected, Reason):
        assert step == Blocked((expected,))
    else:
        assert dated(step) == expected


def test_the_closing_day_itself_is_closed_and_the_next_is_not() -> None:
    assert planned(Closing(OWN)) == Blocked((closed(ReasonCode.PERIOD_CLOSED, "14 Aug 2026"),))
    assert dated(planned(Closing(OWN - timedelta(days=1)))) == OWN


def test_what_lacks_something_too_names_both() -> None:
    missing = Reason(ReasonCode.NO_CARD_ACCOUNT, "the cards")
    step = plan(PAPER, Uncoded((missing,)), None, books=Books(Closing(AUGUST)))
    assert step == Blocked((missing, closed(ReasonCode.PERIOD_CLOSED)))


def test_what_a_person_holds_is_held_by_that_person() -> None:
    held = Reason(ReasonCode.HELD_BY_PERSON, "Priya: later")
    assert plan(PAPER, coded(), None, held, Books(Closing(AUGUST, MOVE))) == Blocked((held,))


@pytest.mark.parametrize("policy", ClosedPolicy)
def test_what_stands_in_a_closed_period_is_neither_changed_nor_taken_out(policy: ClosedPolicy) -> None:
    shut = Blocked((closed(ReasonCode.POSTED_IN_CLOSED),))
    closing = Closing(AUGUST, policy)
    assert planned(closing, stands(), revision=2, holder="John Roe") == shut
    assert planned(closing, stands(), revision=2, dated=date(2026, 9, 3)) == shut, "nor moved out of it"
    assert planned(closing, stands(), revision=2, stage=Stage.REVERSED) == shut
    assert planned(closing, stands(day=None), revision=2, stage=Stage.REVERSED) == shut, "posted before days were kept"


def test_a_change_that_the_books_would_not_show_needs_no_open_books() -> None:
    assert planned(Closing(AUGUST), stands(), revision=2) == Nothing()


@pytest.mark.parametrize(
    ("policy", "expected"),
    [(HOLD, closed(ReasonCode.PERIOD_CLOSED)), (MOVE, FIRST), (ASK, closed(ReasonCode.PERIOD_ASKED))],
)
def test_a_change_into_a_closed_period_goes_by_the_policy(policy: ClosedPolicy, expected: Reason | date) -> None:
    there = replace(STANDS, day=Day(date(2026, 9, 20)))
    step = planned(Closing(AUGUST, policy), there, revision=2)
    assert (step == Blocked((expected,))) if isinstance(expected, Reason) else (dated(step) == expected)


@pytest.mark.parametrize("now", [Closing(AUGUST, MOVE), Closing(None), Closing(JULY, HOLD), Closing(AUGUST, HOLD)])
def test_what_was_moved_keeps_its_day_through_every_change(now: Closing) -> None:
    there = stands(Closing(AUGUST, MOVE))
    assert there.day == Day(FIRST, OWN)
    assert planned(now, there, revision=2) == Nothing()
    step = planned(now, there, revision=2, holder="John Roe")
    assert isinstance(step, Send)
    assert (step.write.action, dated(step), step.remark) == (Action.UPDATE, FIRST, MOVED)


def test_what_was_moved_goes_where_its_source_goes() -> None:
    there = stands(Closing(AUGUST, MOVE))
    step = planned(Closing(AUGUST, MOVE), there, revision=2, dated=date(2026, 9, 4))
    assert isinstance(step, Send)
    assert (dated(step), step.remark) == (date(2026, 9, 4), "")


@given(
    own=st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    to=st.none() | st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    policy=st.sampled_from(ClosedPolicy),
    choice=st.sampled_from(PeriodChoice),
    kind=st.sampled_from(ON_CARDS),
)
def test_no_redate_is_silent_and_nothing_is_sent_into_a_closed_period(
    own: date, to: date | None, policy: ClosedPolicy, choice: PeriodChoice, kind: DocumentKind
) -> None:
    facts = of_kind(kind, dated=own)
    step = plan(facts, coded(facts), None, books=Books(Closing(to, policy)), choice=choice)
    if isinstance(step, Blocked):
        return
    assert isinstance(step, Send)
    assert step.coding is not None
    assert step.write.document is not None
    posted = dated(step)
    assert to is None or posted > to
    kept = standing_day(as_json(facts, step.coding))
    assert kept == (Day(own) if posted == own else Day(posted, own))
    told = f"Dated {own:%-d %b %Y}, posted {posted:%-d %b %Y}"
    for text in (step.write.document.note, step.coding.why.get("dated", ""), step.remark):
        assert (told in text) is (posted != own)

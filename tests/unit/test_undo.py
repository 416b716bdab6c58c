"""What is written to take a document back follows from values alone."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from integrations.mapping.reasons import Reason, ReasonCode
from integrations.providers.documents import Action, Found, Posted, Reversal, Side, Write
from integrations.sync.marks import is_reversal, reversal_of
from integrations.sync.plan import Blocked, Plan, Send
from integrations.sync.undo import plan_undo
from ledger.domain.documents import Stage
from tests.unit.facts import PAPER, STANDS

UNDONE = Reason(ReasonCode.UNDONE, "Priya: wrong card")
FOUND = Found(Posted("Purchase", "401", "4"), date(2026, 8, 14), Decimal(42), Side({}), "{}", {})
BESIDE = Posted("Purchase", "402", "0")
RESTS = Blocked((UNDONE,))
REMOVED = Send(Write(Action.REMOVE, PAPER.mark, target=STANDS.posted), None)


@pytest.mark.parametrize(
    ("plan", "expected"),
    [
        (plan_undo(PAPER, STANDS, None, None, None), None),
        (plan_undo(PAPER, None, None, None, None), None),
        (plan_undo(PAPER, STANDS, UNDONE, None, None), REMOVED),
        (plan_undo(PAPER, None, UNDONE, None, None), RESTS),
        (plan_undo(PAPER, STANDS, UNDONE, BESIDE, None), RESTS),
        # Voided by hand: there is nothing in it to take back.
        (plan_undo(PAPER, STANDS, UNDONE, None, replace(FOUND, total=Decimal(0))), RESTS),
        # Brought back: what takes it back goes.
        (
            plan_undo(PAPER, STANDS, None, BESIDE, None),
            Send(Write(Action.REMOVE, reversal_of(PAPER.mark), target=BESIDE), None),
        ),
        (
            plan_undo(replace(PAPER, stage=Stage.REVERSED), STANDS, None, BESIDE, None),
            Blocked((Reason(ReasonCode.REVERSED),)),
        ),
    ],
)
def test_what_is_undone_goes_or_rests(plan: Plan | None, expected: Plan | None) -> None:
    assert plan == expected


def test_what_somebody_changed_is_taken_back_under_a_mark_of_its_own() -> None:
    step = plan_undo(PAPER, STANDS, UNDONE, None, FOUND)
    assert isinstance(step, Send)
    assert (step.write.action, step.write.mark, step.write.target) == (
        Action.REVERSE,
        f"{PAPER.mark}-R",
        STANDS.posted,
    )
    document = step.write.document
    assert isinstance(document, Reversal)
    assert document.note.endswith(step.write.mark), "by which a look-up tells it"
    assert PAPER.mark not in document.note.split(), "or it would be taken for the document itself"
    assert len(step.write.mark) <= 21


def test_marks_of_reversals_are_told_from_the_others() -> None:
    assert is_reversal(reversal_of(PAPER.mark))
    assert not is_reversal(PAPER.mark)

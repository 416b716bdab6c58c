"""Who is asked, in which order; what a yes covers; and what waits at a gate."""

from dataclasses import replace

import pytest

from integrations.mapping.facts import Asked, BillFacts, Facts, TransactionFacts
from integrations.mapping.gates import Gate, Gates
from integrations.mapping.reasons import ReasonCode
from integrations.mapping.waiting import shut
from ledger.domain.approvals import Covered, Standing, Step, impossible_policy, steps_for
from ledger.domain.documents import DocumentKind
from ledger.domain.money import Money
from tests.unit.facts import PAPER
from tests.unit.test_bills import owed

BILL = owed()
THEO, DANA = Step(1), Step(2, 100_000)


@pytest.mark.parametrize(
    ("money", "asked"),
    [
        (Money(1, "USD"), [THEO]),
        (Money(100_000, "USD"), [THEO]),
        (Money(100_001, "USD"), [THEO, DANA]),
        (Money(-100_001, "USD"), [THEO, DANA]),
        (Money(1, "EUR"), [THEO, DANA]),
    ],
)
def test_who_is_asked_goes_by_the_sum_and_in_another_currency_everybody_is(money: Money, asked: list[Step]) -> None:
    assert steps_for([THEO, DANA], money, "USD") == asked


@pytest.mark.parametrize(
    ("money", "payee", "covers"),
    [
        (Money(500, "USD"), "Harbour Freight", True),
        (Money(499, "USD"), "harbour freight", True),
        (Money(501, "USD"), "Harbour Freight", False),
        (Money(500, "EUR"), "Harbour Freight", False),
        (Money(500, "USD"), "Brightwell", False),
    ],
)
def test_a_yes_covers_this_payee_and_no_more_money(money: Money, payee: str, covers: bool) -> None:
    assert Covered(Money(500, "USD"), "Harbour Freight").covers(money, payee) is covers


@pytest.mark.parametrize(
    ("steps", "word"),
    [
        ([], ""),
        ([THEO, DANA], ""),
        ([THEO, Step(1, 500)], "twice"),
        ([Step(1, -1)], "zero"),
        ([Step(one) for one in range(9)], "at most"),
    ],
)
def test_a_policy_that_nobody_can_follow_is_refused(steps: list[Step], word: str) -> None:
    assert word in impossible_policy(steps)
    assert bool(word) is bool(impossible_policy(steps))


WAITING = Asked(Standing.WAITING, "Dana Whitfield")
DECLINED = Asked(Standing.DECLINED, "Dana Whitfield: not ours")
SAID_YES = Asked(Standing.APPROVED)


@pytest.mark.parametrize(
    ("facts", "gates", "reasons"),
    [
        (BILL, Gates(), []),
        (replace(BILL, asked=WAITING), Gates(), [ReasonCode.NOT_APPROVED]),
        (replace(BILL, asked=DECLINED), Gates(), [ReasonCode.DECLINED]),
        (replace(BILL, asked=SAID_YES), Gates(), []),
        (replace(BILL, asked=WAITING), Gates(bills=Gate.AT_ONCE), []),
        (replace(BILL, asked=WAITING), Gates(bills=Gate.PAID), [ReasonCode.NOT_APPROVED, ReasonCode.NOT_PAID]),
        (replace(BILL, paid=True), Gates(bills=Gate.PAID), []),
        (replace(BILL, kind=DocumentKind.VENDOR_CREDIT, asked=WAITING), Gates(bills=Gate.PAID), []),
        (replace(PAPER, asked=WAITING), Gates(), [ReasonCode.NOT_APPROVED]),
        (replace(PAPER, asked=WAITING), Gates(charges=Gate.AT_ONCE), []),
        (replace(PAPER, kind=DocumentKind.REFUND, asked=WAITING), Gates(), []),
    ],
)
def test_a_shut_gate_names_whom_or_what_it_waits_for(facts: Facts, gates: Gates, reasons: list[ReasonCode]) -> None:
    assert isinstance(facts, BillFacts | TransactionFacts)
    assert [reason.code for reason in shut(facts, gates)] == reasons

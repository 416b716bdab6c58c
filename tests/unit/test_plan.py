"""What shall be written follows from values alone, and its fingerprint tells documents apart."""

from dataclasses import fields, replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from integrations.mapping.reasons import Reason, ReasonCode
from integrations.mapping.rules import ChargeFacts, Coding, Uncoded
from integrations.providers.documents import CardCharge, Line
from integrations.sync.plan import Blocked, Create, Link, Nothing, fingerprint, plan
from ledger.domain.money import Money
from tests.unit.facts import COMPLETE, PAPER, UNCATEGORISED, coded

BLOCKED = Uncoded((Reason(ReasonCode.NO_CARD_ACCOUNT, "the cards"), Reason(ReasonCode.NO_ACCOUNT_WITHOUT_CATEGORY)))
STANDS = Link(revision=1, fingerprint="of what was posted")


def _document(facts: ChargeFacts = PAPER, **changes: Any) -> CardCharge:
    changed = replace(facts, **changes)
    step = plan(changed, coded(changed), None)
    assert isinstance(step, Create)
    return step.document


DOCUMENT = _document()

moneys = st.builds(Money, st.integers(0, 10**12), st.sampled_from(["USD", "GBP", "JPY", "KWD"]))
lines = st.builds(Line, st.text(max_size=5), moneys.map(lambda money: money.amount), st.text(max_size=20))
documents = st.builds(
    CardCharge,
    mark=st.text(max_size=21),
    dated=st.dates(),
    money=moneys,
    card_account=st.text(max_size=5),
    vendor=st.text(max_size=5),
    note=st.text(max_size=20),
    lines=st.lists(lines, min_size=1, max_size=3).map(tuple),
)


def test_a_coded_charge_that_is_not_in_the_books_is_created() -> None:
    assert plan(PAPER, coded(), None) == Create(
        CardCharge(
            mark="FX-AAAQEAYEAUDAOCAJ",
            dated=date(2026, 8, 14),
            money=Money(4250, "USD"),
            card_account="41",
            vendor="61",
            note="Flex card ··4821, Jane Roe. FX-AAAQEAYEAUDAOCAJ",
            lines=(Line("66", Decimal("42.50"), "Staples: Printer paper"),),
        ),
        coded(),
        fingerprint(DOCUMENT),
    )


@pytest.mark.parametrize(
    ("changes", "vendor", "description"),
    [
        ({"memo": ""}, "61", "Staples"),
        ({"merchant": "Office Depot"}, "", "Office Depot: Printer paper"),
        ({"merchant": "Office Depot", "memo": ""}, "", "Office Depot"),
    ],
)
def test_the_description_names_merchant_and_memo(changes: dict[str, str], vendor: str, description: str) -> None:
    document = _document(**changes)
    assert document.vendor == vendor
    assert [line.description for line in document.lines] == [description]


def test_what_cannot_be_coded_is_blocked_with_every_reason() -> None:
    assert plan(PAPER, BLOCKED, None) == Blocked(BLOCKED.reasons)


@pytest.mark.parametrize(
    "coding",
    [
        coded(),
        coded(mapping=replace(COMPLETE, version=4, categories={"Office": UNCATEGORISED})),
        BLOCKED,
    ],
    ids=["as posted", "mapped otherwise since", "not codable any more"],
)
def test_what_is_in_the_books_stays_as_it_was_posted(coding: Coding | Uncoded) -> None:
    assert plan(PAPER, coding, STANDS) == Nothing()


@pytest.mark.parametrize("minor", [1, 4250, 123456789, 999999999999])
def test_the_lines_add_up_to_the_charge(minor: int) -> None:
    document = _document(money=Money(minor, "USD"))
    assert sum(line.amount for line in document.lines) == document.money.amount


@settings(deadline=None)
@given(documents)
def test_the_same_document_has_the_same_fingerprint(document: CardCharge) -> None:
    twin = replace(document, lines=tuple(replace(line) for line in document.lines))
    assert fingerprint(twin) == fingerprint(document)


@settings(deadline=None)
@given(documents, documents)
def test_different_documents_have_different_fingerprints(one: CardCharge, other: CardCharge) -> None:
    assume(one != other)
    assert fingerprint(one) != fingerprint(other)


@settings(deadline=None)
@given(documents, documents, st.sampled_from([field.name for field in fields(CardCharge)]))
def test_any_one_changed_field_changes_the_fingerprint(document: CardCharge, donor: CardCharge, name: str) -> None:
    changed = replace(document, **{name: getattr(donor, name)})
    assume(changed != document)
    assert fingerprint(changed) != fingerprint(document)


@settings(deadline=None)
@given(documents, lines, st.sampled_from([field.name for field in fields(Line)]))
def test_any_one_changed_field_of_a_line_changes_the_fingerprint(document: CardCharge, donor: Line, name: str) -> None:
    line = replace(document.lines[0], **{name: getattr(donor, name)})
    assume(line != document.lines[0])
    assert fingerprint(replace(document, lines=(line, *document.lines[1:]))) != fingerprint(document)


@pytest.mark.parametrize(
    "changes",
    [
        {"mark": "FX-BAAQEAYEAUDAOCAJ"},
        {"dated": date(2026, 8, 15)},
        {"money": Money(4251, "USD")},
        {"merchant": "Staples Inc"},
        {"category": "Travel"},
        {"holder": "John Roe"},
        {"last_four": "4822"},
        {"memo": "Printer paper "},
    ],
)
def test_a_fact_that_is_written_counts(changes: dict[str, Any]) -> None:
    assert fingerprint(_document(**changes)) != fingerprint(DOCUMENT)


@pytest.mark.parametrize("changes", [{"document_id": 8}, {"revision": 2}])
def test_a_fact_that_is_not_written_does_not_count(changes: dict[str, Any]) -> None:
    assert fingerprint(_document(**changes)) == fingerprint(DOCUMENT)


def test_a_line_moved_between_lines_is_another_document() -> None:
    first, second = Line("66", Decimal("1.00"), "a"), Line("67", Decimal("1.00"), "a")
    assert fingerprint(replace(DOCUMENT, lines=(first, second))) != fingerprint(
        replace(DOCUMENT, lines=(second, first))
    )

"""What shall be written follows from values alone, and its fingerprint tells documents apart."""

from dataclasses import fields, replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from integrations.mapping.coding import Coding, Uncoded
from integrations.mapping.facts import Approval, TransactionFacts
from integrations.mapping.reasons import Reason, ReasonCode
from integrations.mapping.slots import MappingSlot
from integrations.providers.documents import (
    Action,
    CardCharge,
    DimensionValue,
    Document,
    Line,
    Posted,
    Transfer,
    Write,
)
from integrations.sync.plan import Blocked, Link, Nothing, Send, fingerprint, plan
from ledger.domain.documents import DocumentKind, Stage
from ledger.domain.money import Money
from tests.unit.facts import (
    APOLLO,
    BOSTON,
    CARD,
    CLASS,
    COMPLETE,
    LOCATION,
    OFFICE,
    PAPER,
    PRODUCT,
    SALES,
    SELLERS,
    STANDS,
    UNCATEGORISED,
    coded,
    line,
    mapped,
    of_kind,
    split,
)

BLOCKED = Uncoded((Reason(ReasonCode.NO_CARD_ACCOUNT, "the cards"), Reason(ReasonCode.NO_ACCOUNT_WITHOUT_CATEGORY)))
HELD = Reason(ReasonCode.HELD_BY_PERSON, "Priya: a receipt is missing")
EXCLUDED = Reason(ReasonCode.EXCLUDED_BY_PERSON, "Priya: private")
MARK = PAPER.mark


def _sent(facts: TransactionFacts = PAPER, link: Link | None = None, **changes: Any) -> Send:
    changed = replace(facts, **changes)
    step = plan(changed, coded(changed), link)
    assert isinstance(step, Send), step
    return step


def _document(facts: TransactionFacts = PAPER, **changes: Any) -> CardCharge:
    document = _sent(facts, **changes).write.document
    assert isinstance(document, CardCharge)
    return document


DOCUMENT = _document()
# As it was posted in the first revision.
POSTED = replace(STANDS, fingerprint=_sent().fingerprint)

moneys = st.builds(Money, st.integers(0, 10**12), st.sampled_from(["USD", "GBP", "JPY", "KWD"]))
values = st.lists(st.builds(DimensionValue, st.text(max_size=5), st.text(max_size=5)), max_size=2).map(tuple)
lines = st.builds(Line, st.text(max_size=5), moneys.map(lambda money: money.amount), st.text(max_size=20), values)
charges = st.builds(
    CardCharge,
    mark=st.text(max_size=21),
    dated=st.dates(),
    money=moneys,
    card_account=st.text(max_size=5),
    vendor=st.text(max_size=5),
    note=st.text(max_size=20),
    lines=st.lists(lines, min_size=1, max_size=3).map(tuple),
    credit=st.booleans(),
    dimensions=values,
)
transfers = st.builds(
    Transfer,
    mark=st.text(max_size=21),
    dated=st.dates(),
    money=moneys,
    from_account=st.text(max_size=5),
    to_account=st.text(max_size=5),
    note=st.text(max_size=20),
)
documents = st.one_of(charges, transfers)


# What is done.


def test_a_coded_charge_that_is_not_in_the_books_is_created() -> None:
    document = CardCharge(
        mark=MARK,
        dated=date(2026, 8, 14),
        money=Money(4250, "USD"),
        card_account="41",
        vendor="61",
        note=f"Flex card ··4821, Jane Roe. {MARK}",
        lines=(Line("66", Decimal("42.50"), "Staples: Printer paper"),),
    )
    unsigned = replace(document, note="Flex card ··4821, Jane Roe.")
    assert plan(PAPER, coded(), None) == Send(Write(Action.CREATE, MARK, document), coded(), fingerprint(unsigned))


def test_a_change_goes_over_the_same_document_with_all_that_it_has() -> None:
    facts = split(line(1000, category=OFFICE), line(2000), revision=2)
    step = _sent(facts, POSTED)
    assert (step.write.action, step.write.target) == (Action.UPDATE, POSTED.posted)
    assert isinstance(step.write.document, CardCharge)
    assert [one.amount for one in step.write.document.lines] == [Decimal("10.00"), Decimal("20.00")]
    assert step.fingerprint not in ("", POSTED.fingerprint)


@pytest.mark.parametrize(
    "changes",
    [
        {"revision": 2},
        {"revision": 9},
        {"revision": 2, "document_id": 8},
        {"revision": 2, "lines": (line(category=OFFICE, memo="Printer paper", department=SELLERS),)},
    ],
)
def test_a_revision_that_the_books_would_not_show_is_not_sent(changes: dict[str, Any]) -> None:
    facts = replace(PAPER, **changes)
    assert plan(facts, coded(facts), POSTED) == Nothing()


@pytest.mark.parametrize(
    "coding",
    [coded(), coded(mapping=mapped(replace(COMPLETE, version=4), category_1=UNCATEGORISED)), BLOCKED],
    ids=["as posted", "mapped otherwise since", "not codable any more"],
)
def test_what_is_in_the_books_stays_as_it_was_posted(coding: Coding | Uncoded) -> None:
    assert plan(PAPER, coding, STANDS) == Nothing()


def test_a_change_is_coded_by_the_mapping_of_now() -> None:
    facts = replace(PAPER, revision=2)
    step = plan(facts, coded(facts, mapped(category_1=UNCATEGORISED)), POSTED)
    assert isinstance(step, Send)
    assert isinstance(step.write.document, CardCharge)
    assert step.write.document.lines[0].account == UNCATEGORISED.external_id


@pytest.mark.parametrize("link", [None, STANDS])
def test_what_cannot_be_coded_is_blocked_with_every_reason(link: Link | None) -> None:
    assert plan(replace(PAPER, revision=2), BLOCKED, link) == Blocked(BLOCKED.reasons)


@pytest.mark.parametrize("kind", DocumentKind)
@pytest.mark.parametrize("coding", [coded(), BLOCKED], ids=["codable", "not codable"])
@pytest.mark.parametrize("decision", [None, HELD, EXCLUDED])
def test_what_was_reversed_is_taken_out_whatever_else_is_said_of_it(
    kind: DocumentKind, coding: Coding | Uncoded, decision: Reason | None
) -> None:
    facts = of_kind(kind, stage=Stage.REVERSED, revision=2)
    assert plan(facts, coding, STANDS, decision) == Send(Write(Action.REMOVE, MARK, target=STANDS.posted), None, "")


@pytest.mark.parametrize("coding", [coded(), BLOCKED], ids=["codable", "not codable"])
@pytest.mark.parametrize("decision", [None, HELD, EXCLUDED])
def test_what_was_reversed_before_it_was_posted_is_never_sent(
    coding: Coding | Uncoded, decision: Reason | None
) -> None:
    facts = replace(PAPER, stage=Stage.REVERSED, revision=2)
    assert plan(facts, coding, None, decision) == Blocked((Reason(ReasonCode.REVERSED),))


@pytest.mark.parametrize("decision", [HELD, EXCLUDED])
@pytest.mark.parametrize("coding", [coded(), BLOCKED], ids=["codable", "not codable"])
@pytest.mark.parametrize("revision", [1, 2])
def test_a_persons_decision_keeps_it_out_of_the_books(
    decision: Reason, coding: Coding | Uncoded, revision: int
) -> None:
    assert plan(replace(PAPER, revision=revision), coding, None, decision) == Blocked((decision,))


@pytest.mark.parametrize("decision", [HELD, EXCLUDED])
def test_a_decision_does_not_concern_what_stands_in_the_books(decision: Reason) -> None:
    assert plan(PAPER, coded(), STANDS, decision) == Nothing()
    changed = replace(PAPER, revision=2, holder="John Roe")
    assert isinstance(plan(changed, coded(changed), STANDS, decision), Send)


# What is written.


@pytest.mark.parametrize(
    ("kind", "credit", "account", "vendor"),
    [
        (DocumentKind.CHARGE, False, "90", "61"),
        (DocumentKind.REFUND, True, "90", "61"),
        (DocumentKind.FEE, False, "91", ""),
        (DocumentKind.CASHBACK, True, "92", ""),
    ],
)
def test_amounts_are_above_zero_and_what_came_back_is_a_credit(
    kind: DocumentKind, credit: bool, account: str, vendor: str
) -> None:
    document = _document(of_kind(kind))
    assert (document.money, document.credit, document.vendor) == (Money(4250, "USD"), credit, vendor)
    assert document.lines == (Line(account, Decimal("42.50"), "Staples"),)


def test_a_statement_payment_goes_from_the_bank_to_the_card() -> None:
    facts = of_kind(DocumentKind.PAYMENT)
    transfer = Transfer(MARK, date(2026, 8, 14), Money(4250, "USD"), "35", "41", f"Flex card ··4821, Jane Roe. {MARK}")
    assert _sent(facts).write == Write(Action.CREATE, MARK, transfer)


@pytest.mark.parametrize(
    ("changes", "vendor", "description"),
    [
        ({}, "61", "Staples: Printer paper"),
        ({"lines": (line(category=OFFICE),)}, "61", "Staples"),
        ({"merchant": "Office Depot"}, "", "Office Depot: Printer paper"),
        ({"merchant": "Office Depot", "lines": (line(category=OFFICE),)}, "", "Office Depot"),
    ],
)
def test_the_description_names_merchant_and_memo(changes: dict[str, Any], vendor: str, description: str) -> None:
    document = _document(**changes)
    assert document.vendor == vendor
    assert [one.description for one in document.lines] == [description]


@pytest.mark.parametrize(
    ("changes", "note"),
    [
        ({}, "Flex card ··4821, Jane Roe."),
        ({"holder": ""}, "Flex card ··4821."),
        (
            {"approval": Approval("Priya Raman", date(2026, 8, 3))},
            "Flex card ··4821, Jane Roe. Approved by Priya Raman on 3 Aug 2026.",
        ),
        ({"approval": Approval("Priya Raman")}, "Flex card ··4821, Jane Roe. Approved by Priya Raman."),
        ({"refund_of": "FX-B"}, "Flex card ··4821, Jane Roe. Refund of FX-B."),
        ({"original": Money(3999, "EUR")}, "Flex card ··4821, Jane Roe. Paid as EUR 39.99."),
        ({"original": Money(-3999, "EUR")}, "Flex card ··4821, Jane Roe. Paid as EUR 39.99."),
        (
            {"holder": "", "approval": Approval("A"), "refund_of": "FX-B", "original": Money(5000, "JPY")},
            "Flex card ··4821. Approved by A. Refund of FX-B. Paid as JPY 5000.",
        ),
    ],
)
@pytest.mark.parametrize(("revision", "signature"), [(1, MARK), (2, f"{MARK}/2"), (13, f"{MARK}/13")])
def test_the_note_says_who_and_ends_with_mark_and_revision(
    changes: dict[str, Any], note: str, revision: int, signature: str
) -> None:
    assert _document(**changes, revision=revision).note == f"{note} {signature}"


def test_dimensions_stand_where_their_level_says() -> None:
    mapping = replace(
        COMPLETE,
        dimensions=(CLASS, LOCATION),
        values={
            ("class", MappingSlot.TAG, APOLLO.id): PRODUCT,
            ("class", MappingSlot.DEPARTMENT, SELLERS.id): SALES,
            ("location", MappingSlot.TAG, APOLLO.id): BOSTON,
        },
    )
    facts = split(line(1000, tags=(APOLLO,)), line(2000, department=SELLERS), line(3000))
    step = plan(facts, coded(facts, mapping), None)
    assert isinstance(step, Send)
    assert isinstance(step.write.document, CardCharge)
    assert step.write.document.dimensions == (DimensionValue("location", "2"),)
    assert [one.dimensions for one in step.write.document.lines] == [
        (DimensionValue("class", "501"),),
        (DimensionValue("class", "502"),),
        (),
    ]


@given(st.lists(st.integers(1, 10**10), min_size=1, max_size=8), st.sampled_from([1, -1]))
def test_the_lines_add_up_to_the_whole(minors: list[int], sign: int) -> None:
    kind = DocumentKind.CHARGE if sign > 0 else DocumentKind.REFUND
    document = _document(split(*(line(sign * minor) for minor in minors), kind=kind))
    assert sum(one.amount for one in document.lines) == document.money.amount
    assert all(one.amount > 0 for one in document.lines)


# Fingerprints.


@settings(deadline=None)
@given(documents)
def test_the_same_document_has_the_same_fingerprint(document: Document) -> None:
    assert fingerprint(replace(document)) == fingerprint(document)


@settings(deadline=None)
@given(documents, documents)
def test_different_documents_have_different_fingerprints(one: Document, other: Document) -> None:
    assume(one != other)
    assert fingerprint(one) != fingerprint(other)


@settings(deadline=None)
@given(charges, charges, st.sampled_from([field.name for field in fields(CardCharge)]))
def test_any_one_changed_field_changes_the_fingerprint(document: CardCharge, donor: CardCharge, name: str) -> None:
    changed = replace(document, **{name: getattr(donor, name)})
    assume(changed != document)
    assert fingerprint(changed) != fingerprint(document)


@settings(deadline=None)
@given(charges, lines, st.sampled_from([field.name for field in fields(Line)]))
def test_any_one_changed_field_of_a_line_changes_the_fingerprint(document: CardCharge, donor: Line, name: str) -> None:
    changed = replace(document.lines[0], **{name: getattr(donor, name)})
    assume(changed != document.lines[0])
    assert fingerprint(replace(document, lines=(changed, *document.lines[1:]))) != fingerprint(document)


@settings(deadline=None)
@given(transfers, transfers, st.sampled_from([field.name for field in fields(Transfer)]))
def test_any_one_changed_field_of_a_transfer_changes_the_fingerprint(one: Transfer, donor: Transfer, name: str) -> None:
    changed = replace(one, **{name: getattr(donor, name)})
    assume(changed != one)
    assert fingerprint(changed) != fingerprint(one)


@pytest.mark.parametrize(
    "changes",
    [
        {"mark": "FX-BAAQEAYEAUDAOCAJ"},
        {"dated": date(2026, 8, 15)},
        {"money": Money(4251, "USD")},
        {"merchant": "Staples Inc"},
        {"kind": DocumentKind.REFUND, "money": Money(-4250, "USD"), "lines": (line(-4250, category=OFFICE),)},
        {"lines": (line(memo="Printer paper"),)},
        {"lines": (line(category=OFFICE, memo="Printer paper "),)},
        {"lines": (line(2125, category=OFFICE, memo="Printer paper"),) * 2},
        {"holder": "John Roe"},
        {"card": replace(CARD, name="··4822")},
        {"approval": Approval("Priya Raman")},
        {"refund_of": "FX-B"},
        {"original": Money(1, "EUR")},
    ],
)
def test_a_fact_that_is_written_counts(changes: dict[str, Any]) -> None:
    assert _sent(**changes).fingerprint != _sent().fingerprint


@pytest.mark.parametrize("changes", [{"document_id": 8}, {"revision": 2}, {"revision": 13}])
def test_a_fact_that_is_not_written_does_not_count(changes: dict[str, Any]) -> None:
    assert _sent(**changes).fingerprint == _sent().fingerprint


def test_a_line_moved_between_lines_is_another_document() -> None:
    first, second = Line("66", Decimal("1.00"), "a"), Line("67", Decimal("1.00"), "a")
    assert fingerprint(replace(DOCUMENT, lines=(first, second))) != fingerprint(
        replace(DOCUMENT, lines=(second, first))
    )


@pytest.mark.parametrize(
    ("action", "document", "target"),
    [
        (Action.CREATE, None, None),
        (Action.CREATE, DOCUMENT, STANDS.posted),
        (Action.UPDATE, DOCUMENT, None),
        (Action.UPDATE, None, STANDS.posted),
        (Action.REMOVE, DOCUMENT, STANDS.posted),
        (Action.REMOVE, None, None),
    ],
)
def test_a_write_that_makes_no_sense_cannot_be_made(
    action: Action, document: Document | None, target: Posted | None
) -> None:
    with pytest.raises(ValueError, match=str(action)):
        Write(action, MARK, document, target)

"""The journal entry of a coding: debits are credits, to the cent, whatever was split."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.mapping.entry import EntryLine, as_json, entry
from integrations.mapping.facts import LineFacts, TransactionFacts
from integrations.mapping.slots import MappingSlot
from ledger.domain.documents import ON_CARDS, DocumentKind
from ledger.domain.money import Money
from tests.unit.facts import (
    APOLLO,
    BOSTON,
    CLASS,
    COMPLETE,
    LOCATION,
    OFFICE,
    PAPER,
    PRODUCT,
    SUPPLIES,
    TRIPS,
    coded,
    line,
    of_kind,
    split,
)

MINOR = st.integers(1, 10**12)


@st.composite
def movements(draw: st.DrawFn) -> TransactionFacts:
    """Of any kind, in any split that adds up; a statement payment is never split."""
    kind = draw(st.sampled_from(ON_CARDS))
    total = draw(MINOR)
    cuts = [] if kind is DocumentKind.PAYMENT else draw(st.sets(st.integers(1, max(total - 1, 1)), max_size=6))
    borders = sorted({0, total, *(cut for cut in cuts if cut < total)})
    categories = st.sampled_from([None, OFFICE, TRIPS])
    parts = [
        LineFacts(Money(kind.sign * (end - start), "USD"), category=draw(categories))
        for start, end in pairwise(borders)
    ]
    return replace(PAPER, kind=kind, money=Money(kind.sign * total, "USD"), lines=tuple(parts))


@given(movements())
def test_debits_and_credits_of_any_split_add_up_to_nothing(facts: TransactionFacts) -> None:
    lines = entry(facts, coded(facts))
    assert sum(one.minor for one in lines) == 0
    assert all(one.minor for one in lines), "no line of nothing"
    assert sum(one.minor for one in lines if one.minor > 0) == abs(facts.money.minor)


@given(movements())
def test_the_stored_entry_balances_too(facts: TransactionFacts) -> None:
    assert sum(one["minor"] for one in as_json(facts, coded(facts))["entry"]) == 0


@pytest.mark.parametrize(
    ("kind", "debits", "credits_"),
    [
        (DocumentKind.CHARGE, "6990 Uncategorised expense", "2110 Flex Card"),
        (DocumentKind.REFUND, "2110 Flex Card", "6990 Uncategorised expense"),
        (DocumentKind.FEE, "6610 Bank charges", "2110 Flex Card"),
        (DocumentKind.CASHBACK, "2110 Flex Card", "4950 Card cashback"),
        (DocumentKind.PAYMENT, "2110 Flex Card", "1010 Current account"),
    ],
)
def test_each_kind_debits_and_credits_the_accounts_that_it_should(
    kind: DocumentKind, debits: str, credits_: str
) -> None:
    facts = of_kind(kind)
    lines = entry(facts, coded(facts))
    assert {one.account: one.minor for one in lines} == {debits: 4250, credits_: -4250}


def test_each_line_says_why_and_by_what_it_is_analysed() -> None:
    facts = split(line(1250, category=OFFICE, tags=(APOLLO,)), line(3000))
    mapping = replace(
        COMPLETE,
        dimensions=(CLASS, LOCATION),
        values={("class", MappingSlot.TAG, APOLLO.id): PRODUCT, ("location", MappingSlot.TAG, APOLLO.id): BOSTON},
    )
    assert entry(facts, coded(facts, mapping)) == [
        EntryLine(
            "6110 Office supplies",
            1250,
            "Category Office is mapped to it (version 3).",
            ("Class Product", "Location Boston"),
        ),
        EntryLine(
            "6990 Uncategorised expense",
            3000,
            "It has no category; the default applies (version 3).",
            ("Location Boston",),
        ),
        EntryLine("2110 Flex Card", -4250, "Every card of this entity posts there (version 3)."),
    ]


@pytest.mark.parametrize(
    ("facts", "account", "vendor"),
    [
        (PAPER, "6110 Office supplies", "Staples"),
        (replace(PAPER, merchant="Office Depot"), "6110 Office supplies", ""),
        (split(line(1, category=OFFICE), line(2)), "Split over 2 accounts", "Staples"),
        (split(line(1, category=OFFICE), line(2, category=OFFICE)), SUPPLIES.label, "Staples"),
    ],
)
def test_a_coding_is_kept_with_its_version_and_its_reasons(facts: TransactionFacts, account: str, vendor: str) -> None:
    stored = as_json(facts, coded(facts))
    assert stored.keys() == {"version", "account", "paid_from", "vendor", "currency", "dated", "entry", "why"}
    assert (stored["version"], stored["currency"], stored["paid_from"]) == (3, "USD", "2110 Flex Card")
    assert (stored["account"], stored["vendor"]) == (account, vendor)
    assert stored["why"].keys() == {"account", "paid_from", "vendor"}

"""A charge is coded with its reasons, or everything that is missing is named at once."""

from dataclasses import replace
from itertools import product
from typing import Any

import pytest

from integrations.mapping.reasons import Reason, ReasonCode
from integrations.mapping.rules import Account, Mapping, Uncoded, Vendor, code_charge
from ledger.domain.money import Money
from tests.unit.facts import COMPLETE, FLEX_CARD, PAPER, STAPLES, SUPPLIES, UNCATEGORISED, coded, inactive

CURRENCIES = {
    "home currency": (Money(4250, "USD"), []),
    "other currency": (
        Money(4250, "EUR"),
        [Reason(ReasonCode.OTHER_CURRENCY, "EUR, the books are in USD")],
    ),
}
CARDS: dict[str, tuple[Account | None, list[Reason]]] = {
    "card account": (FLEX_CARD, []),
    "inactive card account": (inactive(FLEX_CARD), [Reason(ReasonCode.ACCOUNT_INACTIVE, "2110 Flex Card")]),
    "no card account": (None, [Reason(ReasonCode.NO_CARD_ACCOUNT, "the cards")]),
}
# Category of the charge, the mapped categories, the default, and what that leaves to be mended.
EXPENSES: dict[str, tuple[str, dict[str, Account], Account | None, list[Reason]]] = {
    "mapped": ("Office", {"Office": SUPPLIES}, UNCATEGORISED, []),
    "mapped, no default": ("Office", {"Office": SUPPLIES}, None, []),
    "mapped, inactive default": ("Office", {"Office": SUPPLIES}, inactive(UNCATEGORISED), []),
    "mapped to inactive": (
        "Office",
        {"Office": inactive(SUPPLIES)},
        UNCATEGORISED,
        [Reason(ReasonCode.ACCOUNT_INACTIVE, "6110 Office supplies")],
    ),
    "unmapped": ("Office", {}, UNCATEGORISED, []),
    "unmapped, inactive default": (
        "Office",
        {"Travel": SUPPLIES},
        inactive(UNCATEGORISED),
        [Reason(ReasonCode.ACCOUNT_INACTIVE, "6990 Uncategorised expense")],
    ),
    "unmapped, no default": (
        "Office",
        {"Travel": SUPPLIES},
        None,
        [Reason(ReasonCode.NO_ACCOUNT_FOR_CATEGORY, "Office")],
    ),
    "no category": ("", {"Office": SUPPLIES}, UNCATEGORISED, []),
    "no category, inactive default": (
        "",
        {},
        inactive(UNCATEGORISED),
        [Reason(ReasonCode.ACCOUNT_INACTIVE, "6990 Uncategorised expense")],
    ),
    "no category, no default": ("", {"Office": SUPPLIES}, None, [Reason(ReasonCode.NO_ACCOUNT_WITHOUT_CATEGORY)]),
}


@pytest.mark.parametrize(("currency", "card", "expense"), [*product(CURRENCIES, CARDS, EXPENSES)])
def test_all_that_is_missing_is_named_at_once(currency: str, card: str, expense: str) -> None:
    money, of_money = CURRENCIES[currency]
    card_account, of_card = CARDS[card]
    category, categories, default, of_expense = EXPENSES[expense]
    mapping = replace(COMPLETE, card_account=card_account, categories=categories, default=default)

    coding = code_charge(replace(PAPER, money=money, category=category), mapping)

    expected = {*of_money, *of_card, *of_expense}
    if expected:
        assert isinstance(coding, Uncoded)
        assert set(coding.reasons) == expected
        assert len(coding.reasons) == len(expected)
    else:
        assert not isinstance(coding, Uncoded)


@pytest.mark.parametrize(
    ("category", "account", "why"),
    [
        ("Office", SUPPLIES, "Category Office is mapped to it (version 3)."),
        ("Travel", UNCATEGORISED, "Category Travel has no account; the default applies (version 3)."),
        ("office", UNCATEGORISED, "Category office has no account; the default applies (version 3)."),
        ("", UNCATEGORISED, "The charge has no category; the default applies (version 3)."),
    ],
)
def test_the_expense_account_says_why_it_was_chosen(category: str, account: Account, why: str) -> None:
    coding = coded(category=category)
    assert coding.account == account
    assert coding.why["account"] == why


def test_the_card_account_is_one_for_all_cards_of_the_entity() -> None:
    coding = coded()
    assert coding.card_account == FLEX_CARD
    assert coding.why["card_account"] == "Every card of this entity posts there (version 3)."


@pytest.mark.parametrize("merchant", ["Staples", "staples", "STAPLES", "sTaPlEs"])
def test_a_vendor_of_the_same_name_is_taken_whatever_its_capitals(merchant: str) -> None:
    coding = coded(merchant=merchant)
    assert coding.vendor == STAPLES
    assert coding.why["vendor"] == "The books have a vendor named Staples."


def test_folding_knows_more_than_lower_case() -> None:
    mapping = replace(COMPLETE, vendors={"grosse strasse": Vendor("77", "Große Straße")})
    assert coded(mapping=mapping, merchant="GROSSE STRASSE").vendor == Vendor("77", "Große Straße")
    assert coded(mapping=mapping, merchant="Große Straße").vendor == Vendor("77", "Große Straße")


@pytest.mark.parametrize("merchant", ["Staples #114", "Stapl", "", "Office Depot"])
def test_a_vendor_is_never_guessed(merchant: str) -> None:
    coding = coded(merchant=merchant)
    assert coding.vendor is None
    assert coding.why["vendor"] == (
        f"No vendor in the books is named {merchant}; the merchant stands in the description."
    )


def test_a_missing_vendor_blocks_nothing() -> None:
    assert coded(mapping=replace(COMPLETE, vendors={})).account == SUPPLIES


@pytest.mark.parametrize(
    ("merchant", "vendor"),
    [("Staples", "Staples"), ("Office Depot", "")],
)
def test_a_coding_is_kept_with_its_version_and_its_reasons(merchant: str, vendor: str) -> None:
    stored = coded(merchant=merchant).as_json()
    assert stored.keys() == {"version", "card_account", "account", "vendor", "why"}
    assert stored["version"] == 3
    assert (stored["card_account"], stored["account"]) == ("2110 Flex Card", "6110 Office supplies")
    assert stored["vendor"] == vendor
    assert stored["why"].keys() == {"account", "card_account", "vendor"}


@pytest.mark.parametrize("changes", [{"holder": "Someone Else"}, {"memo": ""}, {"last_four": "0000"}, {"revision": 9}])
def test_who_spent_it_does_not_change_where_it_goes(changes: dict[str, Any]) -> None:
    assert coded(**changes) == coded()


def test_an_empty_mapping_names_card_and_category_together() -> None:
    empty = Mapping(version=0, home_currency="GBP", card_account=None, default=None, categories={}, vendors={})
    coding = code_charge(PAPER, empty)
    assert isinstance(coding, Uncoded)
    assert {reason.code for reason in coding.reasons} == {
        ReasonCode.OTHER_CURRENCY,
        ReasonCode.NO_CARD_ACCOUNT,
        ReasonCode.NO_ACCOUNT_FOR_CATEGORY,
    }

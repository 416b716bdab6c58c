"""A movement is coded with its reasons, or everything that is missing is named at once."""

from dataclasses import replace
from datetime import date
from itertools import product
from typing import Any

import pytest

from integrations.mapping.coding import Account, Mapping, Uncoded, Vendor
from integrations.mapping.facts import LineFacts, Term, TransactionFacts
from integrations.mapping.reasons import Reason, ReasonCode
from integrations.mapping.rules import code
from integrations.mapping.slots import MappingSlot
from integrations.mapping.vendors import in_currency, vendor_name
from integrations.providers.documents import Dimension, DimensionLevel
from ledger.domain.documents import DocumentKind
from ledger.domain.money import Money
from tests.unit.facts import (
    APOLLO,
    BANK,
    BOSTON,
    CARD,
    CASHBACK,
    CLASS,
    COMPLETE,
    CURRENT,
    ENGINEERS,
    FAIR,
    FEES,
    FLEX_CARD,
    LOCATION,
    NEW_YORK,
    OFFICE,
    PAPER,
    PAPERWORKS,
    PRODUCT,
    SALES,
    SAVINGS,
    SELLERS,
    STAPLES,
    SUPPLIES,
    TRAVEL,
    TRIPS,
    UNCATEGORISED,
    VISA,
    coded,
    inactive,
    line,
    mapped,
    of_kind,
    split,
)

CHARGE, REFUND, FEE, CASHED_BACK, PAYMENT = (
    DocumentKind.CHARGE,
    DocumentKind.REFUND,
    DocumentKind.FEE,
    DocumentKind.CASHBACK,
    DocumentKind.PAYMENT,
)
EMPTY = Mapping(version=0, home_currency="USD")


def reasons(facts: TransactionFacts, mapping: Mapping = COMPLETE) -> list[Reason]:
    coding = code(facts, mapping)
    return list(coding.reasons) if isinstance(coding, Uncoded) else []


# What is missing.

CURRENCIES = {
    "home currency": ("USD", []),
    "other currency": ("EUR", [Reason(ReasonCode.OTHER_CURRENCY, "EUR, the books are in USD")]),
}
CARDS: dict[str, tuple[Account | None, list[Reason]]] = {
    "card account": (FLEX_CARD, []),
    "inactive card account": (inactive(FLEX_CARD), [Reason(ReasonCode.ACCOUNT_INACTIVE, "2110 Flex Card")]),
    "no card account": (None, [Reason(ReasonCode.NO_CARD_ACCOUNT, "the cards")]),
}
# Category of the charge, its account, the default, and what that leaves to be mended.
EXPENSES: dict[str, tuple[Term | None, Account | None, Account | None, list[Reason]]] = {
    "mapped": (OFFICE, SUPPLIES, UNCATEGORISED, []),
    "mapped, no default": (OFFICE, SUPPLIES, None, []),
    "mapped, inactive default": (OFFICE, SUPPLIES, inactive(UNCATEGORISED), []),
    "mapped to inactive": (
        OFFICE,
        inactive(SUPPLIES),
        UNCATEGORISED,
        [Reason(ReasonCode.ACCOUNT_INACTIVE, "6110 Office supplies")],
    ),
    "unmapped": (OFFICE, None, UNCATEGORISED, []),
    "unmapped, inactive default": (
        OFFICE,
        None,
        inactive(UNCATEGORISED),
        [Reason(ReasonCode.ACCOUNT_INACTIVE, "6990 Uncategorised expense")],
    ),
    "unmapped, no default": (OFFICE, None, None, [Reason(ReasonCode.NO_ACCOUNT_FOR_CATEGORY, "Office")]),
    "no category": (None, SUPPLIES, UNCATEGORISED, []),
    "no category, inactive default": (
        None,
        SUPPLIES,
        inactive(UNCATEGORISED),
        [Reason(ReasonCode.ACCOUNT_INACTIVE, "6990 Uncategorised expense")],
    ),
    "no category, no default": (None, SUPPLIES, None, [Reason(ReasonCode.NO_ACCOUNT_WITHOUT_CATEGORY)]),
}


@pytest.mark.parametrize(("currency", "card", "expense"), [*product(CURRENCIES, CARDS, EXPENSES)])
@pytest.mark.parametrize("kind", [CHARGE, REFUND])
def test_all_that_is_missing_is_named_at_once(kind: DocumentKind, currency: str, card: str, expense: str) -> None:
    unit, of_money = CURRENCIES[currency]
    card_account, of_card = CARDS[card]
    category, account, default, of_expense = EXPENSES[expense]
    mapping = mapped(card_account=card_account, category_1=account, default=default)
    money = Money(kind.sign * 4250, unit)

    coding = code(of_kind(kind, money=money, lines=(LineFacts(money, category),)), mapping)

    expected = [*of_money, *of_card, *of_expense]
    assert isinstance(coding, Uncoded) is bool(expected)
    if isinstance(coding, Uncoded):
        assert sorted(map(str, coding.reasons)) == sorted(map(str, expected)), "each once"


@pytest.mark.parametrize(
    ("kind", "missing"),
    [
        (CHARGE, {ReasonCode.NO_CARD_ACCOUNT, ReasonCode.NO_ACCOUNT_WITHOUT_CATEGORY}),
        (REFUND, {ReasonCode.NO_CARD_ACCOUNT, ReasonCode.NO_ACCOUNT_WITHOUT_CATEGORY}),
        (FEE, {ReasonCode.NO_CARD_ACCOUNT, ReasonCode.NO_ACCOUNT_FOR_FEES}),
        (CASHED_BACK, {ReasonCode.NO_CARD_ACCOUNT, ReasonCode.NO_ACCOUNT_FOR_CASHBACK}),
        (PAYMENT, {ReasonCode.NO_CARD_ACCOUNT, ReasonCode.NO_BANK_ACCOUNT}),
    ],
)
def test_of_an_empty_mapping_every_kind_says_what_it_needs(kind: DocumentKind, missing: set[ReasonCode]) -> None:
    told = reasons(of_kind(kind), EMPTY)
    assert {reason.code for reason in told} == missing
    assert len(told) == len(missing)


def test_every_missing_piece_of_a_split_is_named_at_once_and_each_once() -> None:
    facts = split(
        line(100, category=OFFICE, department=ENGINEERS),
        line(200, category=TRIPS, department=SELLERS),
        line(300, category=TRIPS),
        line(400),
        merchant="Nowhere & Co",
    )
    mapping = Mapping(
        version=1,
        home_currency="GBP",
        accounts={(MappingSlot.CATEGORY, OFFICE.id): inactive(SUPPLIES)},
        dimensions=(CLASS, LOCATION),
        values={
            ("class", MappingSlot.DEPARTMENT, ENGINEERS.id): inactive(PRODUCT),
            ("location", MappingSlot.DEPARTMENT, ENGINEERS.id): BOSTON,
            ("location", MappingSlot.DEPARTMENT, SELLERS.id): NEW_YORK,
        },
        create_vendors=True,
        refused_vendors={"nowhere & co": "A customer has this name."},
    )
    assert sorted(map(str, reasons(facts, mapping))) == sorted(
        map(
            str,
            [
                Reason(ReasonCode.OTHER_CURRENCY, "USD, the books are in GBP"),
                Reason(ReasonCode.NO_CARD_ACCOUNT, "the cards"),
                Reason(ReasonCode.NO_ACCOUNT_FOR_CATEGORY, "Trips"),
                Reason(ReasonCode.NO_ACCOUNT_WITHOUT_CATEGORY),
                Reason(ReasonCode.ACCOUNT_INACTIVE, "6110 Office supplies"),
                Reason(ReasonCode.VALUE_INACTIVE, "Class Product"),
                Reason(ReasonCode.SPLIT_OVER_SEVERAL, "Location"),
                Reason(ReasonCode.VENDOR_REFUSED, "Nowhere & Co. A customer has this name."),
            ],
        )
    )


# Where each kind goes.


@pytest.mark.parametrize(
    ("kind", "category", "account", "why"),
    [
        (CHARGE, OFFICE, SUPPLIES, "Category Office is mapped to it (version 3)."),
        (CHARGE, TRIPS, UNCATEGORISED, "Category Trips has no account; the default applies (version 3)."),
        (CHARGE, None, UNCATEGORISED, "It has no category; the default applies (version 3)."),
        (REFUND, OFFICE, SUPPLIES, "Category Office is mapped to it (version 3)."),
        (REFUND, None, UNCATEGORISED, "It has no category; the default applies (version 3)."),
        (FEE, None, FEES, "Card fees go there (version 3)."),
        (FEE, TRIPS, FEES, "Card fees go there (version 3)."),
        (FEE, OFFICE, SUPPLIES, "Category Office is mapped to it (version 3)."),
        (CASHED_BACK, None, CASHBACK, "Cashback goes there (version 3)."),
        (CASHED_BACK, TRIPS, CASHBACK, "Cashback goes there (version 3)."),
        (CASHED_BACK, OFFICE, SUPPLIES, "Category Office is mapped to it (version 3)."),
        (PAYMENT, None, FLEX_CARD, "Every card of this entity posts there (version 3)."),
        (PAYMENT, OFFICE, FLEX_CARD, "Every card of this entity posts there (version 3)."),
    ],
)
def test_the_account_of_a_line_says_why_it_was_chosen(
    kind: DocumentKind, category: Term | None, account: Account, why: str
) -> None:
    money = Money(kind.sign * 4250, "USD")
    coding = coded(of_kind(kind, lines=(LineFacts(money, category),)))
    [coded_line] = coding.lines
    assert (coded_line.account, coded_line.why, coding.why["account"]) == (account, why, why)


@pytest.mark.parametrize("kind", [FEE, CASHED_BACK])
def test_the_default_account_is_for_purchases_only(kind: DocumentKind) -> None:
    told = reasons(of_kind(kind), mapped(fees=None, cashback=None))
    assert [reason.code for reason in told] == [
        ReasonCode.NO_ACCOUNT_FOR_FEES if kind is FEE else ReasonCode.NO_ACCOUNT_FOR_CASHBACK
    ]


@pytest.mark.parametrize("kind", [CHARGE, REFUND, FEE, CASHED_BACK])
@pytest.mark.parametrize(
    ("accounts", "account", "why"),
    [
        ({}, FLEX_CARD, "Every card of this entity posts there (version 3)."),
        ({"card_4": VISA}, VISA, "Card ··4821 is mapped to it (version 3)."),
        ({"card_4": VISA, "card_account": None}, VISA, "Card ··4821 is mapped to it (version 3)."),
        ({"card_5": VISA}, FLEX_CARD, "Every card of this entity posts there (version 3)."),
    ],
)
def test_a_card_of_its_own_account_goes_before_the_one_for_all_cards(
    kind: DocumentKind, accounts: dict[str, Account | None], account: Account, why: str
) -> None:
    coding = coded(of_kind(kind), mapped(**accounts))
    assert (coding.paid_from, coding.why["paid_from"]) == (account, why)


@pytest.mark.parametrize(
    ("bank_account", "accounts", "account", "why"),
    [
        (None, {}, CURRENT, "Payments are made from it (version 3)."),
        (BANK, {}, CURRENT, "Payments are made from it (version 3)."),
        (BANK, {"bank_account_8": SAVINGS}, SAVINGS, "Bank account House bank is mapped to it (version 3)."),
        (None, {"bank_account_8": SAVINGS}, CURRENT, "Payments are made from it (version 3)."),
        (
            BANK,
            {"bank_account_8": SAVINGS, "bank": None},
            SAVINGS,
            "Bank account House bank is mapped to it (version 3).",
        ),
    ],
)
def test_a_statement_is_paid_from_the_bank_to_the_account_of_its_card(
    bank_account: Term | None, accounts: dict[str, Account | None], account: Account, why: str
) -> None:
    coding = coded(of_kind(PAYMENT, bank_account=bank_account), mapped(**accounts, card_4=VISA))
    assert (coding.paid_from, coding.why["paid_from"]) == (account, why)
    assert [one.account for one in coding.lines] == [VISA]


def test_each_line_of_a_split_goes_to_the_account_of_its_own_category() -> None:
    facts = split(line(100, category=OFFICE), line(200, category=TRIPS), line(300))
    coding = coded(facts, mapped(category_2=TRAVEL))
    assert [one.account for one in coding.lines] == [SUPPLIES, TRAVEL, UNCATEGORISED]
    assert [one.facts for one in coding.lines] == list(facts.lines)


def test_an_inactive_card_account_is_named_once_though_a_payment_looks_at_it_twice() -> None:
    told = reasons(of_kind(PAYMENT), mapped(card_account=inactive(FLEX_CARD), bank=inactive(FLEX_CARD)))
    assert told == [Reason(ReasonCode.ACCOUNT_INACTIVE, "2110 Flex Card")]


# Dimensions.

TRACKED = replace(
    COMPLETE,
    dimensions=(CLASS, LOCATION),
    values={
        ("class", MappingSlot.TAG, APOLLO.id): PRODUCT,
        ("class", MappingSlot.DEPARTMENT, SELLERS.id): SALES,
        ("location", MappingSlot.TAG, FAIR.id): BOSTON,
        ("location", MappingSlot.DEPARTMENT, ENGINEERS.id): NEW_YORK,
    },
)


@pytest.mark.parametrize(
    ("tags", "department", "of_line", "of_header"),
    [
        ((), None, {}, {}),
        ((), SELLERS, {"class": SALES}, {}),
        ((), ENGINEERS, {}, {"location": NEW_YORK}),
        ((APOLLO,), None, {"class": PRODUCT}, {}),
        ((APOLLO,), SELLERS, {"class": PRODUCT}, {}),
        ((APOLLO,), ENGINEERS, {"class": PRODUCT}, {"location": NEW_YORK}),
        ((FAIR,), ENGINEERS, {}, {"location": BOSTON}),
        ((FAIR, APOLLO), SELLERS, {"class": PRODUCT}, {"location": BOSTON}),
        ((Term(99, "Unmapped"),), SELLERS, {"class": SALES}, {}),
    ],
)
def test_a_tag_goes_before_the_department(
    tags: tuple[Term, ...], department: Term | None, of_line: dict[str, Account], of_header: dict[str, Account]
) -> None:
    coding = coded(PAPER, TRACKED, lines=(line(tags=tags, department=department),))
    assert ([one.values for one in coding.lines], coding.header) == ([of_line], of_header)


def test_a_value_of_one_dimension_says_nothing_about_another() -> None:
    values = {("class", MappingSlot.TAG, 1): PRODUCT, ("location", MappingSlot.DEPARTMENT, 1): BOSTON}
    coding = coded(PAPER, replace(TRACKED, values=values), lines=(line(tags=(Term(1, "x"),)),))
    assert (coding.lines[0].values, coding.header) == ({"class": PRODUCT}, {})


@pytest.mark.parametrize(
    ("departments", "header", "told"),
    [
        ((ENGINEERS, ENGINEERS), {"location": NEW_YORK}, []),
        ((ENGINEERS, None), {"location": NEW_YORK}, []),
        ((None, None), {}, []),
        ((ENGINEERS, SELLERS), None, [Reason(ReasonCode.SPLIT_OVER_SEVERAL, "Location")]),
    ],
)
def test_lines_that_disagree_about_the_whole_document_are_a_reason(
    departments: tuple[Term | None, ...], header: dict[str, Account] | None, told: list[Reason]
) -> None:
    mapping = replace(TRACKED, values={**TRACKED.values, ("location", MappingSlot.DEPARTMENT, SELLERS.id): BOSTON})
    facts = split(*(line(100, department=department) for department in departments))
    assert reasons(facts, mapping) == told
    if header is not None:
        assert coded(facts, mapping).header == header


def test_lines_that_disagree_by_line_are_what_a_line_dimension_is_for() -> None:
    facts = split(line(100, department=SELLERS), line(200, tags=(APOLLO,)), line(300))
    assert [one.values for one in coded(facts, TRACKED).lines] == [{"class": SALES}, {"class": PRODUCT}, {}]


@pytest.mark.parametrize(
    ("key", "value", "label"),
    [
        (("class", MappingSlot.DEPARTMENT, SELLERS.id), SALES, "Class Sales"),
        (("location", MappingSlot.DEPARTMENT, SELLERS.id), BOSTON, "Location Boston"),
    ],
)
def test_an_inactive_value_is_named_once_however_many_lines_have_it(
    key: tuple[str, MappingSlot, int], value: Account, label: str
) -> None:
    mapping = replace(TRACKED, values={key: inactive(value)})
    facts = split(line(100, department=SELLERS), line(200, department=SELLERS))
    assert reasons(facts, mapping) == [Reason(ReasonCode.VALUE_INACTIVE, label)]


def test_a_statement_payment_is_analysed_by_nothing_and_stopped_by_no_value() -> None:
    """A transfer carries no class and no location, so what these say must not be told of it either."""
    mapping = replace(TRACKED, values={key: inactive(value) for key, value in TRACKED.values.items()})
    facts = of_kind(PAYMENT, lines=(line(-4250, tags=(APOLLO, FAIR), department=SELLERS),))
    coding = coded(facts, mapping)
    assert (coding.header, coding.lines[0].values) == ({}, {})


def test_a_dimension_that_the_books_no_longer_have_is_left_out() -> None:
    coding = coded(PAPER, replace(TRACKED, dimensions=()), lines=(line(tags=(APOLLO, FAIR)),))
    assert (coding.lines[0].values, coding.header) == ({}, {})


def test_a_dimension_of_any_name_is_carried_by_its_descriptor_alone() -> None:
    grant = Dimension("grant", "Grant", DimensionLevel.LINE)
    mapping = replace(
        COMPLETE, dimensions=(grant,), values={("grant", MappingSlot.TAG, 21): Account("g", "Grant X", active=True)}
    )
    assert coded(PAPER, mapping, lines=(line(tags=(APOLLO,)),)).lines[0].values["grant"].external_id == "g"


# Vendors.


@pytest.mark.parametrize("merchant", ["Staples", "staples", "STAPLES", "sTaPlEs", " Staples ", "Staples\t"])
def test_a_vendor_of_the_same_name_is_taken_whatever_its_capitals(merchant: str) -> None:
    coding = coded(merchant=merchant)
    assert coding.vendor == STAPLES
    assert coding.why["vendor"] == "The books have a vendor named Staples."


def test_of_a_vendor_that_we_made_and_had_to_write_otherwise_the_reason_says_both() -> None:
    mapping = replace(
        COMPLETE,
        vendors_by_name={"brand new-shop": Vendor("80", "Brand New-Shop", ours=True)},
        known_as={"brand: new/shop": "Brand New-Shop"},
    )
    assert coded(PAPER, mapping, merchant="Brand: New/Shop").why["vendor"] == (
        "The books have a vendor named Brand New-Shop, which FlexSync made; Brand: New/Shop is written so there."
    )


@pytest.mark.parametrize(
    ("merchant", "vendor", "name"),
    [
        ("  Acme \t Ltd\n", None, "Acme Ltd"),
        ("Acme", PAPERWORKS, "Paperworks"),
        ("", Term(1, "Two  Blanks"), "Two Blanks"),
    ],
)
def test_the_books_know_a_vendor_by_our_name_or_the_merchants(merchant: str, vendor: Term | None, name: str) -> None:
    assert vendor_name(replace(PAPER, merchant=merchant, vendor=vendor)) == name


@pytest.mark.parametrize(
    ("vendors", "vendor", "why"),
    [
        (
            {31: Vendor("77", "Paperworks Holding")},
            Vendor("77", "Paperworks Holding"),
            "Vendor Paperworks is mapped to Paperworks Holding (version 3).",
        ),
        ({32: Vendor("78", "Other")}, Vendor("62", "Paperworks"), "The books have a vendor named Paperworks."),
    ],
)
def test_our_own_vendor_is_mapped_or_else_found_by_its_name_not_the_merchants(
    vendors: dict[int, Vendor], vendor: Vendor, why: str
) -> None:
    by_name = {"staples": STAPLES, "paperworks": Vendor("62", "Paperworks")}
    mapping = replace(COMPLETE, vendors=vendors, vendors_by_name=by_name)
    coding = coded(PAPER, mapping, vendor=PAPERWORKS)
    assert (coding.vendor, coding.why["vendor"]) == (vendor, why)


def test_folding_knows_more_than_lower_case() -> None:
    mapping = replace(COMPLETE, vendors_by_name={"grosse strasse": Vendor("77", "Große Straße")})
    assert coded(mapping=mapping, merchant="GROSSE STRASSE").vendor == Vendor("77", "Große Straße")
    assert coded(mapping=mapping, merchant="Große Straße").vendor == Vendor("77", "Große Straße")


@pytest.mark.parametrize("merchant", ["Staples #114", "Stapl", "Office Depot"])
def test_a_vendor_is_never_guessed(merchant: str) -> None:
    coding = coded(merchant=merchant)
    assert coding.vendor is None
    assert coding.why["vendor"] == (
        f"No vendor in the books is named {merchant}; the merchant stands in the description."
    )


@pytest.mark.parametrize("creates", [True, False])
def test_a_vendor_is_found_under_the_name_that_the_books_can_write(*, creates: bool) -> None:
    mapping = replace(
        COMPLETE,
        known_as={"staples: paper “&” more": 'Staples paper "&" more'},
        vendors_by_name={'staples paper "&" more': Vendor("63", 'Staples Paper "&" More')},
        create_vendors=creates,
    )
    assert coded(PAPER, mapping, merchant="Staples: paper “&” more").vendor == Vendor("63", 'Staples Paper "&" More')


def test_the_name_as_it_is_goes_before_the_one_that_we_would_write() -> None:
    slash, blank = Vendor("64", "7/11"), Vendor("65", "7 11")
    mapping = replace(COMPLETE, known_as={"7/11": "7 11"}, vendors_by_name={"7/11": slash, "7 11": blank})
    assert coded(PAPER, mapping, merchant="7/11").vendor == slash
    assert coded(PAPER, replace(mapping, vendors_by_name={"7 11": blank}), merchant="7/11").vendor == blank


def test_a_vendor_is_made_under_the_name_that_the_books_can_write() -> None:
    mapping = replace(COMPLETE, known_as={"łódź café": "Lódz Café"}, create_vendors=True)
    assert coded(PAPER, mapping, merchant="Łódź Café").vendor == Vendor("", "Lódz Café")


@pytest.mark.parametrize(("merchant", "told"), [("東京", "東京"), ("", "an empty name")])
def test_what_the_books_cannot_write_becomes_no_vendor_and_blocks_nothing(merchant: str, told: str) -> None:
    coding = coded(PAPER, replace(COMPLETE, known_as={merchant: ""}, create_vendors=True), merchant=merchant)
    assert coding.vendor is None
    assert coding.why["vendor"] == f"The books cannot write {told}; the merchant stands in the description."


def test_a_mapped_vendor_that_is_inactive_is_named_before_anything_is_sent() -> None:
    mapping = replace(COMPLETE, vendors={PAPERWORKS.id: Vendor("77", "Paperworks Holding", active=False)})
    assert reasons(replace(PAPER, vendor=PAPERWORKS), mapping) == [
        Reason(ReasonCode.VALUE_INACTIVE, "Vendor Paperworks Holding")
    ]


def test_what_the_books_lack_is_made_where_the_switch_says_so() -> None:
    coding = coded(PAPER, replace(COMPLETE, create_vendors=True), merchant="Office  Depot")
    assert coding.vendor == Vendor("", "Office Depot"), "without an id: it is to be made"
    assert coding.why["vendor"] == "The books had no vendor named Office Depot, so it is made."


def test_a_refused_vendor_is_a_reason_in_the_words_of_the_books() -> None:
    mapping = replace(COMPLETE, create_vendors=True, refused_vendors={"office depot": "A customer has this name."})
    assert reasons(replace(PAPER, merchant="Office Depot"), mapping) == [
        Reason(ReasonCode.VENDOR_REFUSED, "Office Depot. A customer has this name.")
    ]


@pytest.mark.parametrize(
    "mapping",
    [
        replace(COMPLETE, refused_vendors={"staples": "No."}),
        replace(COMPLETE, vendors_by_name={}, refused_vendors={"staples": "No."}),
    ],
    ids=["known", "not to be made"],
)
def test_a_refusal_stops_only_what_would_be_made(mapping: Mapping) -> None:
    assert reasons(PAPER, mapping) == []


@pytest.mark.parametrize("kind", [FEE, CASHED_BACK, PAYMENT])
def test_what_is_between_issuer_and_card_has_no_vendor(kind: DocumentKind) -> None:
    coding = coded(of_kind(kind), replace(COMPLETE, create_vendors=True))
    assert (coding.vendor, coding.why["vendor"]) == (None, f"A {kind.word} has no vendor.")


def test_a_missing_vendor_blocks_nothing() -> None:
    assert coded(mapping=replace(COMPLETE, vendors_by_name={})).lines[0].account == SUPPLIES


# The whole.


@pytest.mark.parametrize(
    "changes",
    [
        {"holder": "Someone Else"},
        {"document_id": 8},
        {"revision": 9},
        {"mark": "FX-B"},
        {"dated": date(2026, 1, 1)},
        {"refund_of": "FX-C"},
        {"original": Money(4000, "EUR")},
    ],
)
def test_who_spent_it_and_when_does_not_change_where_it_goes(changes: dict[str, Any]) -> None:
    assert coded(**changes) == coded()


@pytest.mark.parametrize("kind", DocumentKind)
def test_a_coding_names_its_version_and_a_reason_for_each_value(kind: DocumentKind) -> None:
    coding = coded(of_kind(kind))
    assert coding.version == 3
    assert coding.why.keys() == {"account", "paid_from", "vendor"}
    assert all(coding.why.values())


def test_a_card_of_another_number_is_another_card() -> None:
    assert coded(PAPER, mapped(card_4=VISA), card=replace(CARD, id=5)).paid_from == FLEX_CARD


# Currencies: whatever is paid from and to must be able to hold what was spent.

EURO = "EUR"
EURO_CARD = Account("43", "2155 Euro card", active=True, currency=EURO)
DOLLAR_CARD = replace(FLEX_CARD, currency="USD")
EURO_BANK, YEN_BANK = replace(CURRENT, currency=EURO), replace(SAVINGS, currency="JPY")
SEVERAL = replace(COMPLETE, several_currencies=True)


def in_euros(kind: DocumentKind = CHARGE, **changes: Any) -> TransactionFacts:
    money = Money(kind.sign * 4250, EURO)
    return of_kind(kind, **{"money": money, "lines": (LineFacts(money, OFFICE),), **changes})


def differ(what: str) -> list[Reason]:
    return [Reason(ReasonCode.ACCOUNT_CURRENCY, what)]


@pytest.mark.parametrize(
    ("facts", "accounts", "expected"),
    [
        (PAPER, {"card_account": FLEX_CARD}, []),
        (PAPER, {"card_account": DOLLAR_CARD}, []),
        (PAPER, {"card_account": EURO_CARD}, differ("the charge is in USD, 2155 Euro card in EUR")),
        (in_euros(), {"card_account": EURO_CARD}, []),
        (in_euros(REFUND), {"card_account": EURO_CARD}, []),
        (in_euros(), {"card_account": FLEX_CARD}, differ("the charge is in EUR, 2110 Flex Card in USD")),
        (in_euros(REFUND), {"card_account": DOLLAR_CARD}, differ("the refund is in EUR, 2110 Flex Card in USD")),
        (
            in_euros(),
            {"card_account": EURO_CARD, "category_1": replace(SUPPLIES, currency="GBP")},
            differ("the charge is in EUR, 6110 Office supplies in GBP"),
        ),
        (in_euros(), {"card_account": EURO_CARD, "category_1": replace(SUPPLIES, currency=EURO)}, []),
        (in_euros(PAYMENT), {"card_account": EURO_CARD, "bank": CURRENT}, []),
        (in_euros(PAYMENT), {"card_account": EURO_CARD, "bank": EURO_BANK}, []),
        (
            in_euros(PAYMENT),
            {"card_account": EURO_CARD, "bank": YEN_BANK},
            differ("the statement payment is in EUR, 1020 Savings in JPY"),
        ),
        (
            in_euros(PAYMENT),
            {"card_account": FLEX_CARD, "bank": EURO_BANK},
            differ("the statement payment is in EUR, 2110 Flex Card in USD"),
        ),
    ],
)
def test_each_account_that_cannot_hold_the_currency_is_named_with_its_own(
    facts: TransactionFacts, accounts: dict[str, Account], expected: list[Reason]
) -> None:
    assert reasons(facts, mapped(SEVERAL, **accounts)) == expected


def test_books_of_one_currency_say_that_and_nothing_about_accounts() -> None:
    other = [Reason(ReasonCode.OTHER_CURRENCY, "EUR, the books are in USD")]
    assert reasons(in_euros(), mapped(COMPLETE, card_account=EURO_CARD)) == other
    assert reasons(in_euros(), COMPLETE) == other


STAPLES_EURO = Vendor("71", "Staples (EUR)", currency=EURO)
STAPLES_OTHER = Vendor("72", "Staples (EUR)", currency="GBP")
IN_DOLLARS = replace(STAPLES, currency="USD")
KEPT = "Vendor Staples is kept in USD"


@pytest.mark.parametrize(
    ("vendors", "creates", "chosen", "why"),
    [
        ((replace(STAPLES, currency=EURO),), False, "61", "The books have a vendor named Staples."),
        ((IN_DOLLARS, STAPLES_EURO), False, "71", f"{KEPT}, Staples (EUR) in EUR."),
        ((STAPLES, STAPLES_EURO), True, "71", f"{KEPT}, Staples (EUR) in EUR."),
        ((STAPLES_EURO,), True, "71", "It is paid in EUR, Staples (EUR) in EUR."),
        ((IN_DOLLARS,), True, "", f"{KEPT}, so Staples (EUR) is made."),
        ((IN_DOLLARS, STAPLES_OTHER), True, "", f"{KEPT}, so Staples (EUR) is made."),
        ((), True, "", "It is paid in EUR, so Staples (EUR) is made."),
        (
            (IN_DOLLARS,),
            False,
            None,
            f"{KEPT}, and there is no vendor named Staples (EUR); the merchant stands in the description.",
        ),
    ],
)
def test_a_vendor_in_another_currency_is_never_used_but_its_twin_is(
    vendors: tuple[Vendor, ...], creates: bool, chosen: str | None, why: str
) -> None:
    known = {vendor.name.casefold(): vendor for vendor in vendors}
    mapping = replace(mapped(SEVERAL, card_account=EURO_CARD), vendors_by_name=known, create_vendors=creates)
    coding = coded(in_euros(), mapping)
    assert coding.why["vendor"] == why
    assert (coding.vendor.external_id if coding.vendor else None) == chosen
    if chosen == "":
        assert coding.vendor == Vendor("", "Staples (EUR)", currency=EURO)


def test_a_charge_at_home_does_not_use_a_foreign_vendor_either() -> None:
    mapping = replace(SEVERAL, vendors_by_name={"staples": replace(STAPLES, currency=EURO)}, create_vendors=True)
    assert coded(PAPER, mapping).vendor == Vendor("", "Staples (USD)", currency="USD")


@pytest.mark.parametrize("creates", [False, True])
def test_what_a_person_mapped_to_a_vendor_in_another_currency_is_a_reason_unless_it_has_a_twin(creates: bool) -> None:
    facts = in_euros(vendor=PAPERWORKS)
    mapping = replace(
        mapped(SEVERAL, card_account=EURO_CARD), vendors={PAPERWORKS.id: IN_DOLLARS}, create_vendors=creates
    )
    says = Reason(ReasonCode.VENDOR_CURRENCY, "the charge is in EUR, vendor Staples in USD")
    assert reasons(facts, mapping) == ([] if creates else [says])
    twin = replace(mapping, vendors_by_name={"staples (eur)": STAPLES_EURO})
    assert coded(facts, twin).vendor == STAPLES_EURO


def test_a_twin_is_never_so_long_that_its_currency_is_cut_off() -> None:
    assert in_currency("x" * 100, "EUR") == "x" * 90 + " (EUR)"

"""A row gives its values in our fields, or every reason at once why it cannot."""

import json
from datetime import date, time
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.imports.amounts import AmountFormat, Convention, DecimalMark
from ledger.imports.dates import DateOrder
from ledger.imports.fields import TRANSACTION_FIELDS, VENDOR_FIELDS, Field
from ledger.imports.matching import Matching, gaps_for_transactions, gaps_for_vendors
from ledger.imports.rows import Row
from ledger.imports.values import Reason, Refused, TransactionValues, VendorValues, read_transaction, read_vendor

PLAIN = {
    Field.DATE: "2026-11-19",
    Field.MERCHANT: "Staples",
    Field.AMOUNT: "12.30",
    Field.CURRENCY: "USD",
    Field.CARD: "4471",
}
STAPLES = TransactionValues(date(2026, 11, 19), None, "Staples", Decimal("12.30"), "USD", "4471")


def read(cells: dict[Field, str], **choices: Any) -> TransactionValues | Refused:
    matching = Matching({field: place for place, field in enumerate(cells)}, **choices)
    return read_transaction(Row(2, [*cells.values()]), tuple(map(str, cells)), matching)


def reasons(result: object) -> list[tuple[Field | None, str]]:
    assert isinstance(result, Refused)
    return [(reason.field, reason.sentence) for reason in result.reasons]


def test_a_header_in_the_middle_is_no_row() -> None:
    columns = ("Name", "Email")
    again = read_vendor(Row(9, [*columns]), columns, Matching({Field.NAME: 0, Field.EMAIL: 1}))
    assert reasons(again) == [(None, "It repeats the names of the columns.")]
    other = read_vendor(Row(9, ["Name", ""]), columns, Matching({Field.NAME: 0, Field.EMAIL: 1}))
    assert other == VendorValues("Name")


def test_a_plain_row_is_read() -> None:
    assert read(PLAIN) == STAPLES


def test_every_field_is_read() -> None:
    cells = PLAIN | {
        Field.DATE: "19/11/2026 10:40",
        Field.EXTERNAL_ID: " T-1 ",
        Field.ORIGINAL_AMOUNT: "10,50",
        Field.ORIGINAL_CURRENCY: "eur",
        Field.CATEGORY: "Office supplies",
        Field.CATEGORY_CODE: "6110",
        Field.DEPARTMENT: "Sales",
        Field.MEMO: "two\r\nlines",
        Field.MERCHANT_CATEGORY_CODE: "763",
        Field.REFUND_OF: "T-0",
        Field.APPROVED_BY: "Ann Lee",
    }
    comma = {Field.ORIGINAL_AMOUNT: AmountFormat(DecimalMark.COMMA)}
    assert read(cells, dates=DateOrder.DAY_FIRST, amounts=comma) == TransactionValues(
        dated=date(2026, 11, 19),
        at=time(10, 40),
        merchant="Staples",
        amount=Decimal("12.30"),
        currency="USD",
        card="4471",
        external_id="T-1",
        original_amount=Decimal("10.50"),
        original_currency="EUR",
        category="Office supplies",
        category_code="6110",
        department="Sales",
        memo="two  lines",
        merchant_category_code="0763",
        refund_of="T-0",
        approved_by="Ann Lee",
    )


def test_tags_keep_the_names_of_their_columns_and_the_empty_ones_are_left_out() -> None:
    row = Row(2, [*PLAIN.values(), "Moon", " "])
    columns = (*map(str, PLAIN), "Project", "Region")
    matching = Matching({field: place for place, field in enumerate(PLAIN)}, tags=(5, 6))
    result = read_transaction(row, columns, matching)
    assert isinstance(result, TransactionValues)
    assert result.tags == (("Project", "Moon"),)


@pytest.mark.parametrize(
    ("cells", "convention", "amount"),
    [
        ({Field.AMOUNT: "-12.30"}, Convention.REFUNDS_NEGATIVE, "-12.30"),
        ({Field.AMOUNT: "-12.30"}, Convention.CHARGES_NEGATIVE, "12.30"),
        ({Field.AMOUNT: "12.30 CR"}, Convention.CHARGES_NEGATIVE, "-12.30"),
        ({Field.AMOUNT: "0"}, Convention.REFUNDS_NEGATIVE, "0.00"),
    ],
)
def test_a_charge_is_above_zero_and_a_refund_below(
    cells: dict[Field, str], convention: Convention, amount: str
) -> None:
    result = read(PLAIN | cells, amounts={Field.AMOUNT: AmountFormat(convention=convention)})
    assert isinstance(result, TransactionValues)
    assert str(result.amount) == amount


PAIR = {field: text for field, text in PLAIN.items() if field is not Field.AMOUNT}
PAIR_FORMATS = {
    Field.CHARGE: AmountFormat(convention=Convention.REFUNDS_NEGATIVE),
    Field.REFUND: AmountFormat(convention=Convention.CHARGES_NEGATIVE),
}


@pytest.mark.parametrize(
    ("charge", "refund", "amount"),
    [
        ("12.30", "", "12.30"),
        ("", "12.30", "-12.30"),
        ("12.30", "0.00", "12.30"),
        ("0.00", "12.30", "-12.30"),
        ("-12.30", "", "-12.30"),
        ("0.00", "0.00", "0.00"),
    ],
)
def test_charges_and_refunds_can_stand_in_two_columns(charge: str, refund: str, amount: str) -> None:
    result = read(PAIR | {Field.CHARGE: charge, Field.REFUND: refund}, amounts=PAIR_FORMATS)
    assert isinstance(result, TransactionValues)
    assert str(result.amount) == amount


@pytest.mark.parametrize(
    ("charge", "refund", "field", "says"),
    [
        ("12.30", "5.00", Field.AMOUNT, "Both a charged and a refunded amount are filled"),
        ("", "", Field.AMOUNT, "Amount is empty."),
        ("12.30", "x", Field.REFUND, "“x” is not an amount"),
    ],
)
def test_a_row_is_a_charge_or_a_refund(charge: str, refund: str, field: Field, says: str) -> None:
    ((named, sentence),) = reasons(read(PAIR | {Field.CHARGE: charge, Field.REFUND: refund}, amounts=PAIR_FORMATS))
    assert named == field
    assert says in sentence


@pytest.mark.parametrize(
    ("cells", "field", "says"),
    [
        ({Field.DATE: ""}, Field.DATE, "Date is empty."),
        ({Field.DATE: "19/11/2026"}, Field.DATE, "“19/11/2026” is not a date like 2026-11-19."),
        ({Field.MERCHANT: " "}, Field.MERCHANT, "Merchant is empty."),
        ({Field.MERCHANT: "x" * 201}, Field.MERCHANT, "Merchant is longer than 200 characters."),
        ({Field.AMOUNT: ""}, Field.AMOUNT, "Amount is empty."),
        ({Field.AMOUNT: "12,30"}, Field.AMOUNT, "“12,30” is not an amount like 1,234.56."),
        ({Field.AMOUNT: "12.345"}, Field.AMOUNT, "'12.345' has more decimals than USD has (2)."),
        ({Field.AMOUNT: "12345678901"}, Field.AMOUNT, "'12345678901' is out of range."),
        ({Field.AMOUNT: "12.50", Field.CURRENCY: "JPY"}, Field.AMOUNT, "more decimals than JPY has (0)"),
        ({Field.AMOUNT: "£12.30"}, Field.CURRENCY, "The amount is written in GBP, but its currency is USD."),
        ({Field.CURRENCY: ""}, Field.CURRENCY, "Currency is empty."),
        ({Field.CURRENCY: "$"}, Field.CURRENCY, "“$” can be several currencies."),
        ({Field.CURRENCY: "dollars"}, Field.CURRENCY, "“dollars” can be several currencies."),
        ({Field.CARD: ""}, Field.CARD, "Card is empty."),
        ({Field.MERCHANT_CATEGORY_CODE: "59431"}, Field.MERCHANT_CATEGORY_CODE, "is not a merchant category code"),
        ({Field.MERCHANT_CATEGORY_CODE: "Shops"}, Field.MERCHANT_CATEGORY_CODE, "is not a merchant category code"),
        ({Field.EXTERNAL_ID: "x" * 65}, Field.EXTERNAL_ID, "Id is longer than 64 characters."),
        ({Field.ORIGINAL_AMOUNT: "9.00"}, Field.ORIGINAL_CURRENCY, "nothing says its currency"),
        ({Field.ORIGINAL_AMOUNT: "x"}, Field.ORIGINAL_AMOUNT, "“x” is not an amount"),
        (
            {Field.ORIGINAL_AMOUNT: "9.5", Field.ORIGINAL_CURRENCY: "JPY"},
            Field.ORIGINAL_AMOUNT,
            "more decimals than JPY",
        ),
        ({Field.ORIGINAL_AMOUNT: "9.5", Field.ORIGINAL_CURRENCY: "?"}, Field.ORIGINAL_CURRENCY, "“?” is no currency."),
    ],
)
def test_a_row_that_cannot_be_read_says_why(cells: dict[Field, str], field: Field, says: str) -> None:
    ((named, sentence),) = reasons(read(PLAIN | cells))
    assert named == field
    assert says in sentence


def test_all_reasons_come_at_once() -> None:
    result = read({Field.DATE: "x", Field.MERCHANT: "", Field.AMOUNT: "y", Field.CURRENCY: "USD", Field.CARD: ""})
    assert [field for field, _ in reasons(result)] == [Field.DATE, Field.AMOUNT, Field.MERCHANT, Field.CARD]


def test_a_row_that_is_broken_as_a_whole_has_one_reason() -> None:
    assert read_transaction(Row(2, ["a"], "Too many cells."), ("a",), Matching({})) == Refused(
        (Reason(None, "Too many cells."),)
    )


def test_a_default_stands_in_where_the_file_says_nothing() -> None:
    cells = PLAIN | {Field.CURRENCY: "", Field.CARD: "1"}
    without = {field: text for field, text in cells.items() if field is not Field.CARD}
    assert read(without, defaults={Field.CURRENCY: "USD", Field.CARD: "4471"}) == STAPLES
    assert read(PLAIN, defaults={Field.CURRENCY: "EUR", Field.CARD: "1"}) == STAPLES


def test_the_currency_can_stand_beside_the_amount() -> None:
    assert read(PLAIN | {Field.AMOUNT: "US$12.30", Field.CURRENCY: ""}) == STAPLES


@pytest.mark.parametrize(
    ("amount", "original", "kept"),
    [("12.30", "10.00", "10.00"), ("-12.30", "10.00", "-10.00"), ("-12.30", "-10.00", "-10.00")],
)
def test_the_original_goes_the_way_of_what_was_billed(amount: str, original: str, kept: str) -> None:
    cells = {Field.AMOUNT: amount, Field.ORIGINAL_AMOUNT: original, Field.ORIGINAL_CURRENCY: "EUR"}
    result = read(PLAIN | cells)
    assert isinstance(result, TransactionValues)
    assert (str(result.original_amount), result.original_currency) == (kept, "EUR")


def test_an_original_that_only_repeats_the_amount_is_not_kept() -> None:
    assert read(PLAIN | {Field.ORIGINAL_AMOUNT: "12.3"}) == STAPLES


@given(st.lists(st.text(), min_size=len(TRANSACTION_FIELDS), max_size=len(TRANSACTION_FIELDS)))
def test_any_cells_give_values_or_reasons(cells: list[str]) -> None:
    result = read(dict(zip(TRANSACTION_FIELDS, cells, strict=True)))
    assert isinstance(result, TransactionValues) or result.reasons


def vendor(cells: dict[Field, str]) -> VendorValues | Refused:
    matching = Matching({field: place for place, field in enumerate(cells)})
    return read_vendor(Row(2, [*cells.values()]), tuple(map(str, cells)), matching)


def test_a_vendor_is_read() -> None:
    cells = dict(zip(VENDOR_FIELDS, ["V-1", "Acme", "a@acme.example", "+44 20", "gbp"], strict=True))
    assert vendor(cells) == VendorValues("Acme", "V-1", "a@acme.example", "+44 20", "GBP")


def test_a_vendor_says_why_it_cannot_be_read() -> None:
    result = vendor({Field.NAME: "", Field.EMAIL: "acme.example", Field.CURRENCY: "£££"})
    assert [field for field, _ in reasons(result)] == [Field.NAME, Field.EMAIL, Field.CURRENCY]
    assert read_vendor(Row(2, [], "Broken."), (), Matching({})) == Refused((Reason(None, "Broken."),))


@pytest.mark.parametrize(
    ("columns", "defaults", "gaps"),
    [
        ({}, {}, [Field.DATE, Field.MERCHANT, Field.CARD, Field.AMOUNT]),
        (PLAIN, {}, []),
        (PAIR, {}, [Field.AMOUNT]),
        ([*PAIR, Field.CHARGE], {}, []),
        ([*PAIR, Field.REFUND], {}, []),
        ([*PLAIN, Field.CHARGE], {}, [Field.CHARGE]),
        ([Field.DATE, Field.MERCHANT, Field.AMOUNT], {Field.CARD: "4471"}, []),
        ([Field.DATE, Field.MERCHANT, Field.AMOUNT], {Field.CARD: ""}, [Field.CARD]),
    ],
)
def test_what_is_still_to_be_chosen_is_named(
    columns: list[Field], defaults: dict[Field, str], gaps: list[Field]
) -> None:
    matching = Matching({field: place for place, field in enumerate(columns)}, defaults=defaults)
    assert [*gaps_for_transactions(matching)] == gaps


def test_a_vendor_needs_its_name() -> None:
    assert [*gaps_for_vendors(Matching({Field.EMAIL: 0}))] == [Field.NAME]
    assert not gaps_for_vendors(Matching({Field.NAME: 0}))


def test_a_matching_survives_being_stored() -> None:
    matching = Matching(
        columns={Field.DATE: 0, Field.AMOUNT: 3},
        tags=(4, 5),
        dates=DateOrder.MONTH_FIRST,
        amounts={Field.AMOUNT: AmountFormat(DecimalMark.COMMA, Convention.CHARGES_NEGATIVE)},
    ).with_default(Field.CURRENCY, "USD")
    assert Matching.from_json(json.loads(json.dumps(matching.as_json()))) == matching

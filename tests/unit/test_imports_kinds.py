"""Sale, fee or payment in a column of its own: read by row, guessed by name and values, never against the sign."""

import pytest

from ledger.domain.documents import ON_CARDS, DocumentKind
from ledger.imports.amounts import AmountFormat, Convention
from ledger.imports.fields import Field
from ledger.imports.guessing import Guess, guess_transactions
from ledger.imports.kinds import is_statement_payment, kind_of
from ledger.imports.matching import Matching
from ledger.imports.rows import Row
from ledger.imports.suggestions import suggested
from ledger.imports.values import Refused, TransactionValues, read_transaction
from tests.unit.csv_files import layout_of, rows_of

FIELDS = (Field.DATE, Field.MERCHANT, Field.AMOUNT, Field.CURRENCY, Field.CARD, Field.KIND)
KNOWN = "Write charge, refund, fee, cashback or payment, or leave the column out."
MEND = "Check what a minus means, or mend the row."


def read(
    amount: str, kind: str, merchant: str = "Staples", without: Field | None = None
) -> TransactionValues | Refused:
    matching = Matching({field: place for place, field in enumerate(FIELDS) if field is not without})
    return read_transaction(Row(2, ["2026-11-19", merchant, amount, "USD", "4471", kind]), FIELDS, matching)


def guessed(header: str, rows: list[str]) -> Guess:
    text = "\n".join([f"Date,Merchant,Card,{header}", *(f"2026-03-02,Staples,4471,{row}" for row in rows)])
    return guess_transactions(layout_of(text).columns, rows_of(text))


@pytest.mark.parametrize(
    ("amount", "text", "kind"),
    [
        ("12.30", "Sale", DocumentKind.CHARGE),
        ("12.30", "PURCHASE", DocumentKind.CHARGE),
        ("12.30", "card_charge", DocumentKind.CHARGE),
        ("-12.30", "Return", DocumentKind.REFUND),
        ("12.30 CR", " refund ", DocumentKind.REFUND),
        ("12.30", "Annual Fee", DocumentKind.FEE),
        ("12.30", "Interest", DocumentKind.FEE),
        ("-12.30", "Cash-back", DocumentKind.CASHBACK),
        ("-12.30", "Rewards", DocumentKind.CASHBACK),
        ("-12.30", "Payment", DocumentKind.PAYMENT),
        ("12.30", "Gebühr", DocumentKind.FEE),
        ("12.30", "Achat", DocumentKind.CHARGE),
    ],
)
def test_the_column_says_what_it_is(amount: str, text: str, kind: DocumentKind) -> None:
    values = read(amount, text)
    assert isinstance(values, TransactionValues)
    assert values.kind is kind


@pytest.mark.parametrize("kind", ON_CARDS)
def test_every_kind_is_known_by_our_own_words(kind: DocumentKind) -> None:
    assert kind_of(kind.value) is kind or kind is DocumentKind.PAYMENT
    assert kind_of(kind.word) is kind


@pytest.mark.parametrize(
    ("amount", "text", "sentence"),
    [
        ("12.30", "Adjustment", f"“Adjustment” does not say which kind it is. {KNOWN}"),
        ("-12.30", "Credit", f"“Credit” does not say which kind it is. {KNOWN}"),
        ("12.30", "Card payment", f"“Card payment” does not say which kind it is. {KNOWN}"),
        ("12.30", "", f"Kind is empty. {KNOWN}"),
        ("12.30", "Payment", f"“Payment” lessens what the card owes, but the amount adds to it. {MEND}"),
        ("-12.30", "Fee", f"“Fee” adds to what the card owes, but the amount lessens it. {MEND}"),
    ],
)
def test_what_is_not_known_or_contradicts_the_sign_is_refused(amount: str, text: str, sentence: str) -> None:
    refused = read(amount, text)
    assert isinstance(refused, Refused)
    assert [(reason.field, reason.sentence) for reason in refused.reasons] == [(Field.KIND, sentence)]


def test_an_amount_that_cannot_be_read_contradicts_nothing() -> None:
    refused = read("none", "Payment")
    assert isinstance(refused, Refused)
    assert [reason.field for reason in refused.reasons] == [Field.AMOUNT]


@pytest.mark.parametrize(("amount", "kind"), [("12.30", DocumentKind.CHARGE), ("-12.30", DocumentKind.REFUND)])
def test_without_the_column_the_sign_says_it(amount: str, kind: DocumentKind) -> None:
    values = read(amount, "Fee", without=Field.KIND)
    assert isinstance(values, TransactionValues)
    assert values.kind is kind


@pytest.mark.parametrize(
    "merchant",
    [
        *("PAYMENT THANK YOU", "Payment, thank you", "PAYMENT RECEIVED - THANK YOU", "Payment Thank You-Mobile"),
        *("AUTOPAY PAYMENT", "AUTOPAY PAYMENT - THANK YOU", "AUTOMATIC PAYMENT - THANK", "ONLINE PAYMENT, THANK YOU"),
        *("DIRECT DEBIT PAYMENT RECEIVED", "Direct Debit Payment - Thank You", "ZAHLUNG ERHALTEN. BESTEN DANK."),
    ],
)
def test_a_statement_payment_does_not_become_a_refund_in_silence(merchant: str) -> None:
    refused = read("-12.30", "", merchant, without=Field.KIND)
    assert isinstance(refused, Refused)
    assert [(reason.field, reason.sentence) for reason in refused.reasons] == [
        (
            Field.MERCHANT,
            f"“{merchant}” reads like a payment of the card's statement, not like a refund. Add or choose a column "
            "for the kind that says payment or refund, or take the row out.",
        )
    ]


@pytest.mark.parametrize(
    ("amount", "text", "without"),
    [("12.30", "", Field.KIND), ("-12.30", "Payment", None), ("-12.30", "Refund", None)],
)
def test_it_is_read_where_its_kind_is_told_or_it_is_a_charge(amount: str, text: str, without: Field | None) -> None:
    assert isinstance(read(amount, text, "PAYMENT THANK YOU", without), TransactionValues)


@pytest.mark.parametrize(
    "merchant", ["Payment Systems Inc", "Thank You Bakery", "Global Payments", "PAYPAL PAYMENT", "Autopay Garage", ""]
)
def test_merchants_are_none_whatever_they_are_called(merchant: str) -> None:
    assert not is_statement_payment(merchant)


@pytest.mark.parametrize(
    ("header", "rows", "is_chosen"),
    [
        ("Amount,Type", ["-10.00,Sale", "4.00,Return", "50.00,Payment"], True),
        ("Amount,Transaction type", ["10.00,Purchase", "1.00,Fee"], True),
        ("Amount,Kind", ["10.00,charge"], True),
        ("Amount,Umsatzart", ["10.00,Kauf"], True),
        ("Debit,Credit,Type", ["10.00,,Sale", ",4.00,Payment"], True),
        ("Amount,Type", ["10.00,Online", "4.00,In store"], False),
        ("Amount,Type", ["10.00,Debit", "4.00,Credit"], False),
        # What is no kind is refused, and payments stay payments; unless debit or credit tells more.
        ("Amount,Type", ["10.00,Sale", "4.00,Sale", "-50.00,Payment", "-1.00,Adjustment"], True),
        ("Amount,Type", ["10.00,Sale", "4.00,Sale", "-50.00,Payment", "-1.00,Credit"], False),
        ("Amount,Type", ["10.00,Visa", "4.00,Sale"], False),
        ("Amount,Type", ["10.00,", "4.00,"], False),
        ("Amount,Card type", ["10.00,Sale"], False),
        ("Amount,Notes", ["10.00,Sale", "-4.00,Payment"], False),
    ],
)
def test_it_is_guessed_by_its_name_where_its_values_speak(header: str, rows: list[str], is_chosen: bool) -> None:
    assert (Field.KIND in guessed(header, rows).columns) is is_chosen


@pytest.mark.parametrize(
    ("rows", "convention"),
    [
        (["-4.00,Payment", "-2.00,Return", "10.00,Sale"], Convention.REFUNDS_NEGATIVE),
        (["4.00,Payment", "2.00,Return", "-10.00,Sale"], Convention.CHARGES_NEGATIVE),
        (["-4.00,Payment"], Convention.REFUNDS_NEGATIVE),
        # One slip is refused, and changes nothing for the others.
        (["4.00,Payment"] * 6 + ["-2.00,Sale"] * 5 + ["3.00,Sale"], Convention.CHARGES_NEGATIVE),
    ],
)
def test_kinds_say_what_a_minus_means(rows: list[str], convention: Convention) -> None:
    suggestion = suggested(guessed("Amount,Type", rows))
    assert suggestion.matching.amounts[Field.AMOUNT].convention is convention
    assert not suggestion.is_sign_unclear


def test_kinds_that_do_not_agree_with_each_other_leave_the_question_open() -> None:
    rows = ["-4.00,Sale", "4.00,Sale", "-4.00,Return", "4.00,Return"]
    assert suggested(guessed("Amount,Type", rows)).is_sign_unclear


@pytest.mark.parametrize("returns", [1, 20])
def test_where_no_amount_has_a_sign_the_kind_says_the_way(returns: int) -> None:
    guess = guessed("Amount,Type", ["10.00,Sale", *["4.00,Return"] * returns, "50.00,Payment"])
    matching = guess.matching().with_default(Field.CURRENCY, "USD")
    assert guess.columns[Field.SIDE].column == guess.columns[Field.KIND].column
    columns = ("Date", "Merchant", "Card", "Amount", "Type")
    found = [
        read_transaction(Row(2, ["2026-03-02", "Staples", "4471", "50.00", text]), columns, matching)
        for text in ("Sale", "Return", "Payment", "Fee", "Credit")
    ]
    told = [(one.kind, int(one.amount)) for one in found if isinstance(one, TransactionValues)]
    assert told == [
        (DocumentKind.CHARGE, 50),
        (DocumentKind.REFUND, -50),
        (DocumentKind.PAYMENT, -50),
        (DocumentKind.FEE, 50),
    ]
    assert isinstance(found[-1], Refused)
    assert [reason.field for reason in found[-1].reasons] == [Field.KIND]


def test_a_payment_beside_debit_and_credit_is_the_kinds_to_tell() -> None:
    fields = (*FIELDS, Field.SIDE)
    matching = Matching(
        {field: place for place, field in enumerate(fields)},
        amounts={Field.AMOUNT: AmountFormat(convention=Convention.CHARGES_NEGATIVE)},
    )
    row = ["2026-11-19", "Bank", "12.30", "USD", "4471"]
    paid = read_transaction(Row(2, [*row, "Payment", "C"]), fields, matching)
    assert isinstance(paid, TransactionValues)
    assert paid.kind is DocumentKind.PAYMENT
    assert isinstance(read_transaction(Row(2, [*row, "Payment", "D"]), fields, matching), Refused)

"""Columns are matched by what they are called and by what they hold, and the guess says what it rests on."""

import pytest

from ledger.imports.amounts import Convention, DecimalMark
from ledger.imports.dates import DateOrder
from ledger.imports.fields import LABELS, Field
from ledger.imports.guessing import Guess, guess_transactions, guess_vendors, plain_words
from ledger.imports.matching import Matching
from ledger.imports.suggestions import Suggestion
from ledger.imports.vocabulary import TRANSACTION_WORDS, VENDOR_WORDS
from tests.unit.csv_files import layout_of, rows_of


def guessed(text: str) -> tuple[Guess, dict[Field, str]]:
    columns = layout_of(text).columns
    guess = guess_transactions(columns, rows_of(text))
    return guess, {field: columns[chosen.column] for field, chosen in guess.columns.items()}


PURCHASE_CARDS = """\
id,date,merchant,original_amount,currency,billed_amount,vat_code,card_last4,account_code,account,cost_centre_code,cost_centre,directorate
BCC-0074625,2016-01-01,wilko retail limit,5.0,GBP,5.0,VR,0142,L120,Equip Other,RV014,Camborne House HLDC,CYP&F
BCC-0074626,2016-01-01,amazon uk marketplace,-9.99,GBP,-9.99,VZ,0810,L0J0,Personal Needs,RV01E,Reservoir Road,CYP&F
BCC-0074627,2016-01-01,wix.com,5.94,GBP,5.94,VZ,1069,L9Y0,Computing Other,REANM,St Vincent's (NC),CYP&F Schools
BCC-0074628,2016-01-01,wix.com,5.94,GBP,5.94,VZ,1069,L100,Equip Operational,REANM,St Vincent's (NC),CYP&F Schools
"""


def test_a_councils_purchase_cards_need_no_help() -> None:
    guess, columns = guessed(PURCHASE_CARDS)
    assert columns == {
        Field.EXTERNAL_ID: "id",
        Field.DATE: "date",
        Field.MERCHANT: "merchant",
        Field.ORIGINAL_AMOUNT: "original_amount",
        Field.CURRENCY: "currency",
        Field.AMOUNT: "billed_amount",
        Field.CARD: "card_last4",
        Field.CATEGORY_CODE: "account_code",
        Field.CATEGORY: "account",
        Field.DEPARTMENT: "cost_centre",
    }
    assert guess.tags == (12,)
    assert not guess.ambiguous
    assert guess.columns[Field.AMOUNT].basis == "“billed_amount” is a usual name for it; 4 of 4 values looked at fit."


def test_a_german_statement_is_understood() -> None:
    guess, columns = guessed(
        "Buchungstag;Händler;Betrag;Währung;Kartennummer;Verwendungszweck;Kostenstelle;Saldo\n"
        "19.11.2026;Bäckerei;-12,30;EUR;4471;Frühstück;Vertrieb;1.000,00\n"
        "20.11.2026;Bahn;-1.234,50;EUR;4471;Reise;Vertrieb;900,00\n"
        "21.11.2026;Bahn;34,50;EUR;4471;Storno;Vertrieb;934,50\n"
    )
    assert columns == {
        Field.DATE: "Buchungstag",
        Field.MERCHANT: "Händler",
        Field.AMOUNT: "Betrag",
        Field.CURRENCY: "Währung",
        Field.CARD: "Kartennummer",
        Field.MEMO: "Verwendungszweck",
        Field.DEPARTMENT: "Kostenstelle",
    }
    matching = guess.matching()
    assert matching.dates is DateOrder.DAY_FIRST
    assert matching.amounts[Field.AMOUNT].mark is DecimalMark.COMMA
    assert matching.amounts[Field.AMOUNT].convention is Convention.CHARGES_NEGATIVE


def test_a_french_statement_is_understood() -> None:
    _, columns = guessed(
        "Date d'opération;Libellé;Débit;Crédit;Devise;Numéro de carte\n"
        "19/11/2026;Boulangerie;12,30;;EUR;4471\n20/11/2026;SNCF;;5,00;EUR;4471\n"
    )
    assert columns == {
        Field.DATE: "Date d'opération",
        Field.MERCHANT: "Libellé",
        Field.CHARGE: "Débit",
        Field.REFUND: "Crédit",
        Field.CURRENCY: "Devise",
        Field.CARD: "Numéro de carte",
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Transaction Date,Posting Date,Description,Type,Amount\n11/19/2026,11/20/2026,STAPLES,Sale,-5.00\n",
            {
                Field.DATE: "Transaction Date",
                Field.MERCHANT: "Description",
                Field.KIND: "Type",
                Field.AMOUNT: "Amount",
            },
        ),
        (
            "Date,Merchant,Debit,Credit,Amount,Balance\n2026-11-19,Staples,5.00,,5.00,100.00\n",
            {Field.DATE: "Date", Field.MERCHANT: "Merchant", Field.CHARGE: "Debit", Field.REFUND: "Credit"},
        ),
        (
            "Date,Merchant,Refund,Amount\n2026-11-19,Staples,,5.00\n",
            {Field.DATE: "Date", Field.MERCHANT: "Merchant", Field.AMOUNT: "Amount"},
        ),
        (
            "date,merchant,transaction_amount,transaction_currency,billing_amount,billing_currency\n"
            "2026-11-19,Staples,5.00,EUR,5.80,USD\n",
            {
                Field.DATE: "date",
                Field.MERCHANT: "merchant",
                Field.ORIGINAL_AMOUNT: "transaction_amount",
                Field.ORIGINAL_CURRENCY: "transaction_currency",
                Field.AMOUNT: "billing_amount",
                Field.CURRENCY: "billing_currency",
            },
        ),
        (
            "Date,Payee,Amount USD,MCC,Card holder,Approved By,Refund Of\n2026-11-19,Staples,5.00,5943,Ann,Bo,T-1\n",
            {
                Field.DATE: "Date",
                Field.MERCHANT: "Payee",
                Field.AMOUNT: "Amount USD",
                Field.MERCHANT_CATEGORY_CODE: "MCC",
                Field.APPROVED_BY: "Approved By",
                Field.REFUND_OF: "Refund Of",
            },
        ),
        # The names promise what the values do not hold, and where a name says nothing the values may.
        ("Date,Merchant,Amount\nsoon,Staples,n/a\n", {Field.MERCHANT: "Merchant"}),
        (
            "Date,Merchant,Amount\n2026-11-19,Staples,5.00\n2026-11-31,Uber,none\n2026-11-20,Uber,7.00\n",
            {Field.DATE: "Date", Field.MERCHANT: "Merchant", Field.AMOUNT: "Amount"},
        ),
        (
            "When,Merchant,How much,In\n2026-11-19,Staples,5.00,USD\n",
            {Field.DATE: "When", Field.MERCHANT: "Merchant", Field.AMOUNT: "How much", Field.CURRENCY: "In"},
        ),
        ("A,B,Merchant\n2026-11-19,2026-11-20,Staples\n", {Field.MERCHANT: "Merchant"}),
        # A reference that two rows share names neither of them.
        ("Reference,Merchant\nR1,Staples\nR1,Uber\n", {Field.MERCHANT: "Merchant"}),
        ("Merchant,Line,Reason,Row id\nStaples,2,No.,row-1\n", {Field.MERCHANT: "Merchant"}),
        (
            "Date,Merchant,Debit,Balance\n2026-11-19,Staples,5.00,100.00\n",
            {Field.DATE: "Date", Field.MERCHANT: "Merchant", Field.CHARGE: "Debit"},
        ),
        (
            "Date,Merchant,Debit,Points\n2026-11-19,Staples,5.00,7.00\n",
            {Field.DATE: "Date", Field.MERCHANT: "Merchant", Field.CHARGE: "Debit"},
        ),
        ("Merchant,Balance\nStaples,100.00\n", {Field.MERCHANT: "Merchant"}),
        ("VAT amount,Merchant,Card limit\n1.00,Staples,500.00\n", {Field.MERCHANT: "Merchant"}),
        ("GL Account,Merchant\n6110,Staples\n", {Field.CATEGORY_CODE: "GL Account", Field.MERCHANT: "Merchant"}),
        ("GL Account,Merchant\nOffice,Staples\n", {Field.CATEGORY: "GL Account", Field.MERCHANT: "Merchant"}),
        ("Memo,Notes,Merchant\n,Paper,Staples\n", {Field.MEMO: "Notes", Field.MERCHANT: "Merchant"}),
        ("Memo,Merchant\n,Staples\n", {Field.MEMO: "Memo", Field.MERCHANT: "Merchant"}),
    ],
)
def test_columns_are_matched(text: str, expected: dict[Field, str]) -> None:
    assert guessed(text)[1] == expected


def test_what_can_be_read_in_two_ways_is_said() -> None:
    guess, _ = guessed('Date,Merchant,Amount\n03/04/2026,A,"1,234"\n05/04/2026,B,"5,678"\n')
    assert guess.ambiguous == {Field.DATE: "05/04/2026", Field.AMOUNT: "5,678"}


def test_a_late_row_settles_what_the_first_left_open() -> None:
    text = "Date,Merchant\n" + "03/04/2026,A\n" * 500 + "19/04/2026,A\n"
    guess, _ = guessed(text)
    assert guess.matching().dates is DateOrder.DAY_FIRST
    assert not guess.ambiguous


def test_refunds_of_a_column_of_their_own_need_no_sign() -> None:
    guess, _ = guessed("Date,Merchant,Debit,Credit\n2026-11-19,A,5.00,\n2026-11-20,B,,7.00\n")
    amounts = guess.matching().amounts
    assert amounts[Field.CHARGE].convention is Convention.REFUNDS_NEGATIVE
    assert amounts[Field.REFUND].convention is Convention.CHARGES_NEGATIVE


def test_tags_are_columns_of_words_that_nothing_else_took() -> None:
    guess, _ = guessed("Merchant,Project,Project code,Region,Tag no\nStaples,Moon,7,North,1\n")
    assert guess.tags == (1, 3)


def test_vendors_are_matched_too() -> None:
    header = "Supplier No,Company Name,E-Mail,Telefon,USt-IdNr.,Default account,Currency"
    text = f"{header}\nV1,Acme,a@acme.example,1,DE1,Rent,EUR\n"
    columns = layout_of(text).columns
    guess = guess_vendors(columns, rows_of(text))
    assert {field: columns[chosen.column] for field, chosen in guess.columns.items()} == {
        Field.EXTERNAL_ID: "Supplier No",
        Field.NAME: "Company Name",
        Field.EMAIL: "E-Mail",
        Field.PHONE: "Telefon",
        Field.CURRENCY: "Currency",
    }


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        *(("MerchantName", "merchant name"), ("merchant_name", "merchant name"), ("MERCHANT NAME", "merchant name")),
        *(
            ("Währung", "wahrung"),
            ("Date d'achat", "date d achat"),
            (" e-Mail ", "e mail"),
            ("card-last4", "card last4"),
        ),
    ],
)
def test_names_are_compared_without_their_looks(name: str, plain: str) -> None:
    assert plain_words(name) == plain


def test_a_choice_that_was_stored_with_a_field_of_old_is_still_read() -> None:
    matching = Matching({Field.NAME: 0})
    stored = Suggestion(matching, basis={Field.NAME: "Its name."}).as_json()
    stored["matching"]["columns"]["tax_id"] = 1
    stored["basis"]["tax_id"] = "Its name."
    assert Suggestion.from_json(stored) == Suggestion(matching, basis={Field.NAME: "Its name."})


def test_every_word_of_the_vocabulary_can_be_met() -> None:
    for words in (TRANSACTION_WORDS, VENDOR_WORDS):
        assert all(plain_words(name) == name for names in words.values() for name in names)
    assert TRANSACTION_WORDS.keys() | VENDOR_WORDS.keys() == set(Field) == LABELS.keys()

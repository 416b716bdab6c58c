"""What we write to QuickBooks, to the byte."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
import simplejson
from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.providers.documents import Action, CardCharge, Item, Line, Write
from integrations.providers.quickbooks.client import QuickBooksClient
from integrations.providers.quickbooks.payloads import batch, display_name, encoded, purchase
from integrations.providers.quickbooks.provider import BATCH_SIZE, QuickBooksProvider
from ledger.domain.money import Money

PAPER = CardCharge(
    mark="FX-AAAQEAYEAUDAOCAJ",
    dated=date(2026, 8, 14),
    money=Money(4250, "USD"),
    card_account="41",
    vendor="61",
    note="Flex card ··4821, Jane Roe. FX-AAAQEAYEAUDAOCAJ",
    lines=(Line("66", Decimal("42.50"), "Staples: Printer paper"),),
)


MARK = PAPER.mark


def _creation(charge: CardCharge = PAPER) -> Write:
    return Write(Action.CREATE, charge.mark, charge)


def _amounts(*amounts: Decimal) -> CardCharge:
    return replace(PAPER, lines=tuple(Line("66", amount, "") for amount in amounts))


def _texts(text: str) -> CardCharge:
    return replace(PAPER, note=f"{text} {MARK}", lines=(Line("66", Decimal(1), text),))


def _provider() -> QuickBooksProvider:
    """It only packs here, so its address is never called."""
    client = QuickBooksClient("http://127.0.0.1:9", "1", lambda rejected="": "", timeout_seconds=1)
    return QuickBooksProvider(client, settling=timedelta(0))


def test_a_card_charge_is_a_purchase_by_credit_card() -> None:
    assert purchase(PAPER) == {
        "PaymentType": "CreditCard",
        "AccountRef": {"value": "41"},
        "EntityRef": {"value": "61", "type": "Vendor"},
        "TxnDate": "2026-08-14",
        "DocNumber": "FX-AAAQEAYEAUDAOCAJ",
        "PrivateNote": "Flex card ··4821, Jane Roe. FX-AAAQEAYEAUDAOCAJ",
        "Line": [
            {
                "Amount": Decimal("42.50"),
                "DetailType": "AccountBasedExpenseLineDetail",
                "Description": "Staples: Printer paper",
                "AccountBasedExpenseLineDetail": {"AccountRef": {"value": "66"}},
            }
        ],
    }


def test_without_a_vendor_there_is_no_payee() -> None:
    body = purchase(replace(PAPER, vendor=""))
    assert "EntityRef" not in body
    assert body.keys() == purchase(PAPER).keys() - {"EntityRef"}


def test_the_sent_bytes_are_these() -> None:
    assert encoded(purchase(PAPER)) == (
        '{"AccountRef":{"value":"41"},"DocNumber":"FX-AAAQEAYEAUDAOCAJ",'
        '"EntityRef":{"type":"Vendor","value":"61"},'
        '"Line":[{"AccountBasedExpenseLineDetail":{"AccountRef":{"value":"66"}},"Amount":42.50,'
        '"Description":"Staples: Printer paper","DetailType":"AccountBasedExpenseLineDetail"}],'
        '"PaymentType":"CreditCard",'
        '"PrivateNote":"Flex card \\u00b7\\u00b74821, Jane Roe. FX-AAAQEAYEAUDAOCAJ","TxnDate":"2026-08-14"}'
    )


@pytest.mark.parametrize(
    ("amount", "written"),
    [
        (Decimal("0.1") + Decimal("0.2"), "0.3"),
        (Decimal("0.10") + Decimal("0.20"), "0.30"),
        (Decimal("1234567.89"), "1234567.89"),
        (Decimal("9999999999.99"), "9999999999.99"),
        (Decimal("42.50"), "42.50"),
        (Decimal("42.00"), "42.00"),
        (Decimal("42"), "42"),
        (Decimal("0.01"), "0.01"),
        (Decimal("0.07"), "0.07"),
        (Decimal("2.675"), "2.675"),
        (Decimal("1235"), "1235"),
        (Decimal("1.1") * 3, "3.3"),
        (Money(100, "USD").amount, "1.00"),
        (Money(123456789, "USD").amount, "1234567.89"),
        (Money(999999999999, "USD").amount, "9999999999.99"),
        (Money(0, "USD").amount, "0.00"),
        (Money(1, "KWD").amount, "0.001"),
        (Money(5000000, "JPY").amount, "5000000"),
    ],
)
def test_an_amount_is_a_number_with_exactly_its_digits(amount: Decimal, written: str) -> None:
    text = encoded(purchase(_amounts(amount)))
    assert f'"Amount":{written},' in text
    assert simplejson.loads(text, use_decimal=True)["Line"][0]["Amount"] == amount


@settings(deadline=None)
@given(st.integers(0, 10**12), st.sampled_from(["USD", "JPY", "KWD"]))
def test_no_amount_changes_on_the_way(minor: int, currency: str) -> None:
    amount = Money(minor, currency).amount
    sent = simplejson.loads(encoded(purchase(_amounts(amount))), use_decimal=True, parse_int=Decimal)
    assert sent["Line"][0]["Amount"] == amount


def test_lines_stay_in_their_order() -> None:
    body = purchase(_amounts(Decimal("1.00"), Decimal("3.00"), Decimal("2.00")))
    assert [str(line["Amount"]) for line in body["Line"]] == ["1.00", "3.00", "2.00"]


@pytest.mark.parametrize(
    ("letter", "length"),
    [("x", 3979), ("x", 3980), ("x", 3981), ("x", 4000), ("x", 4001), ("é", 5000), ("…", 4000)],
)
def test_a_long_text_is_cut_to_what_quickbooks_takes_and_a_note_keeps_its_mark(letter: str, length: int) -> None:
    body = purchase(_texts(letter * length))
    spelt_out = "." * 3 * length if letter == "…" else letter * length
    assert body["Line"][0]["Description"] == spelt_out[:4000]
    assert body["PrivateNote"] == f"{spelt_out[: 4000 - 1 - len(MARK)]} {MARK}"


@pytest.mark.parametrize(
    ("text", "us", "elsewhere"),
    [
        ("Plain & <simple>", "Plain & <simple>", "Plain & <simple>"),
        ("Zoë ··4821 café £5 ½", "Zoë ··4821 café £5 ½", "Zoë ··4821 café £5 ½"),
        ("“Zoë’s” – a…", '"Zoë\'s" - a...', "“Zoë’s” – a…"),
        ("€5", "EUR5", "€5"),
        ("Dvořák Škoda", "Dvorák Skoda", "Dvořák Škoda"),
        ("Łódź Đakovo Œuvre", "Lódz Dakovo OEuvre", "Łódź Đakovo Œuvre"),
        ("寿司 Sushi", "?? Sushi", "寿司 Sushi"),
        ("Pizza 🍕!", "Pizza ?!", "Pizza ?!"),
    ],
)
def test_texts_keep_to_the_letters_that_the_company_takes(text: str, us: str, elsewhere: str) -> None:
    for outside_us, written in ((False, us), (True, elsewhere)):
        body = purchase(_texts(text), outside_us=outside_us)
        assert (body["PrivateNote"], body["Line"][0]["Description"]) == (f"{written} {MARK}", written)


@given(st.text())
def test_every_text_fits_the_company(text: str) -> None:
    purchase(_texts(text))["PrivateNote"].encode("latin-1")
    assert all(ord(letter) < 0x10000 for letter in purchase(_texts(text), outside_us=True)["PrivateNote"])


@pytest.mark.parametrize(
    ("name", "us", "elsewhere"),
    [
        ("Figma Inc", "Figma Inc", "Figma Inc"),
        ("  Two  blanks \t", "Two blanks", "Two blanks"),
        ("Uber: Eats\nBerlin\tMitte", "Uber Eats Berlin Mitte", "Uber Eats Berlin Mitte"),
        ("Joe’s “Diner” – 24 h", "Joe's Diner - 24 h", "Joe’s “Diner” – 24 h"),
        ('7/11 "Store" 100%', "7 11 Store 100", "7 11 Store 100"),
        (
            "A & B, C. #1 (x) *y* ~z_ - ; + @ !",
            "A & B, C. #1 (x) *y* ~z_ - ; + @ !",
            "A & B, C. #1 (x) *y* ~z_ - ; + @ !",
        ),
        ("Zoe\u0308 Café", "Zoë Café", "Zoë Café"),
        ("Łódź Škoda", "Lódz Skoda", "Łódź Škoda"),
        ("Pizza 🍕 Roma", "Pizza Roma", "Pizza Roma"),
        ("★ Star ★", "Star", "★ Star ★"),
        ("Why? Not!", "Why? Not!", "Why? Not!"),
        ("東京", "", "東京"),
        ("Sushi 東京", "", "Sushi 東京"),
        ("𠮷野家", "", ""),
        ("🍕", "", ""),
        ("", "", ""),
        (":", "", ""),
        ("x" * 101, "x" * 100, "x" * 100),
        (f"{'x' * 99} yz", "x" * 99, "x" * 99),
    ],
)
def test_a_vendors_name_is_one_that_the_company_can_write_or_none(name: str, us: str, elsewhere: str) -> None:
    assert display_name(name) == us
    assert display_name(name, outside_us=True) == elsewhere


@given(name=st.text(), outside_us=st.booleans())
def test_a_written_name_is_written_the_same_again(name: str, outside_us: bool) -> None:
    written = display_name(name, outside_us=outside_us)
    assert display_name(written, outside_us=outside_us) == written
    assert len(written) <= 100
    assert not set(written) & set(":\t\r\n")


def test_outside_the_us_a_charge_says_that_no_tax_applies() -> None:
    inside, outside = purchase(PAPER), purchase(PAPER, outside_us=True)
    assert outside == {**inside, "GlobalTaxCalculation": "NotApplicable"}


@pytest.mark.parametrize("text", ['"', "\\", "\n\t", "</script>", "\u2028", "😀", "Zoë’s café", "\x00"])
def test_any_text_is_valid_json_in_plain_ascii(text: str) -> None:
    written = encoded({"PrivateNote": text})
    assert written.isascii()
    assert "\n" not in written
    assert simplejson.loads(written) == {"PrivateNote": text}


def test_the_same_charge_gives_the_same_bytes_however_its_body_was_put_together() -> None:
    body = purchase(PAPER)
    turned = dict(reversed(body.items()))
    assert list(turned) != list(body)
    assert encoded(turned) == encoded(body) == encoded(purchase(replace(PAPER)))


def test_a_batch_holds_the_stored_bodies_untouched() -> None:
    bodies = [encoded(purchase(PAPER)), '{"Line": [ {"Amount": 1.10} ],  "DocNumber":"as it was stored"}', "{}"]
    items = [Item(str(number), "FX-A", body) for number, body in enumerate(bodies, start=1)]
    written = batch(items)
    assert written == (
        '{"BatchItemRequest":['
        f'{{"bId":"1","operation":"create","Purchase":{bodies[0]}}},'
        f'{{"bId":"2","operation":"create","Purchase":{bodies[1]}}},'
        f'{{"bId":"3","operation":"create","Purchase":{bodies[2]}}}'
        "]}"
    )
    sent = simplejson.loads(written, use_decimal=True)["BatchItemRequest"]
    assert [item["Purchase"] for item in sent] == [simplejson.loads(body, use_decimal=True) for body in bodies]


@pytest.mark.parametrize(
    ("documents", "size", "sizes"),
    [(0, 30, []), (1, 1, [1]), (3, 1, [1, 1, 1]), (30, 30, [30]), (31, 30, [30, 1]), (45, 20, [20, 20, 5])],
)
def test_an_envelope_holds_as_many_as_asked_and_one_alone_is_no_batch(
    documents: int, size: int, sizes: list[int]
) -> None:
    charges = [replace(PAPER, mark=f"FX-{number}") for number in range(documents)]
    envelopes = _provider().pack([_creation(charge) for charge in charges], size)
    assert [len(envelope.items) for envelope in envelopes] == sizes
    assert {envelope.batched for envelope in envelopes} <= {size > 1}
    assert [item.mark for envelope in envelopes for item in envelope.items] == [charge.mark for charge in charges]
    assert [item.body for envelope in envelopes for item in envelope.items] == [
        encoded(purchase(charge)) for charge in charges
    ]


def test_keys_fit_what_quickbooks_takes_and_are_drawn_once() -> None:
    envelopes = _provider().pack([_creation()] * 300, BATCH_SIZE) + _provider().pack([_creation()] * 8, 1)
    requests = [envelope.request_id for envelope in envelopes]
    assert len(set(requests)) == len(requests) == 18
    # Intuit: 36 characters with a batch, and 10 for the name of an item.
    assert max(map(len, requests)) <= 36
    for envelope in envelopes:
        keys = [item.key for item in envelope.items]
        assert len(set(keys)) == len(keys)
        assert max(map(len, keys)) <= 10

"""All that a card does, over HTTP: its kinds, its stages, splits, tags, other currencies, and changes."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest

from ledger.models import BankAccount, Card, Category, Department, Entity, SourceDocument, Tag, TagGroup, Vendor
from ledger.tenancy.context import acting_for
from tests.cast import Cast, Tenant
from tests.ledger.caller import Issuer, charge, closing, happenings, recorded, refusal

KINDS = {"charge": 1230, "fee": 1230, "refund": -1230, "cashback": -1230, "payment": -1230}


def stored_amount(tenant: Tenant, external_id: str) -> int:
    with acting_for(tenant.id):
        return SourceDocument.objects.get(external_id=external_id).amount_minor


@pytest.fixture
def names(cast: Cast) -> None:
    """Larkfield's tags, a second category and department, a vendor, and an account from which statements are paid."""
    larkfield = cast.larkfield
    with acting_for(larkfield.id):
        project, region = TagGroup.objects.create(name="Project"), TagGroup.objects.create(name="Region")
        for group, name in [(project, "Apollo"), (project, "Borealis"), (region, "North")]:
            Tag.objects.create(group=group, name=name)
        Category.objects.create(name="Meals")
        Department.objects.create(name="Sales")
        Vendor.objects.create(name="Figma Inc.", name_key="figma inc.")
        BankAccount.objects.create(entity=larkfield.entity, external_id="bank-1", name="Operating account")


def split(*amounts: str, **values: Any) -> list[dict[str, Any]]:
    return [{"amount": amount, "category": "Software", **values} for amount in amounts]


# --- kinds, and which way the money goes -----------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_the_kind_says_which_way_the_money_goes_and_the_amount_is_above_zero(
    issuer: Issuer, cast: Cast, kind: str
) -> None:
    assert issuer.post(charge(kind=kind)).status_code == 201
    assert stored_amount(cast.larkfield, "c-1") == KINDS[kind]
    shown = issuer.read("c-1")
    assert (shown["kind"], shown["amount"]) == (kind, "12.30")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("amount", ["-12.30", "0.00"])
def test_no_kind_takes_an_amount_that_is_not_above_zero(issuer: Issuer, kind: str, amount: str) -> None:
    assert set(refusal(issuer.post(charge(kind=kind, amount=amount)), 400, "invalid")) == {"amount"}


@pytest.mark.parametrize(
    ("name", "value"),
    [("kind", value) for value in ["", "Charge", "card_charge", "bill", "\ud800", None, 1, True, ["charge"], {}]]
    + [("stage", value) for value in ["", "posted", "\ud800", None, 1, ["pending"]]],
    ids=ascii,
)
def test_another_kind_or_stage_is_refused_with_those_there_are(issuer: Issuer, name: str, value: Any) -> None:
    [[sentence]] = refusal(issuer.post(charge(**{name: value})), 400, "invalid").values()
    assert ("charge" if name == "kind" else "pending") in sentence or value is None


def test_what_was_recorded_as_one_kind_stays_that_kind(issuer: Issuer, cast: Cast) -> None:
    issuer.post(charge())
    assert set(refusal(issuer.post(charge(kind="refund")), 400, "invalid")) == {"kind"}
    assert stored_amount(cast.larkfield, "c-1") == 1230


@pytest.mark.usefixtures("names")
def test_a_statement_payment_names_the_account_it_was_paid_from(issuer: Issuer) -> None:
    assert issuer.post(charge(kind="payment", bank_account="bank-1", category="")).status_code == 201
    assert issuer.read("c-1")["bank_account"] == "bank-1"


@pytest.mark.usefixtures("names")
@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"bank_account": "bank-1"}, "bank_account"),
        ({"kind": "payment", "bank_account": "bank-9"}, "bank_account"),
        ({"kind": "payment", "lines": split("12.30")}, "lines"),
        ({"refund_of": "c-0"}, "refund_of"),
        ({"kind": "fee", "refund_of": "c-0"}, "refund_of"),
    ],
)
def test_what_belongs_to_another_kind_is_refused(issuer: Issuer, values: dict[str, Any], field: str) -> None:
    assert set(refusal(issuer.post(charge(**values)), 400, "invalid")) == {field}


# --- stages ----------------------------------------------------------------------------------------------------------

AUTHORISED = {"stage": "pending", "authorised_at": "2026-03-01T10:00:00-05:00", "cleared_at": None}
CLEARED = {"authorised_at": "2026-03-01T10:00:00-05:00"}
REVERSED = {**CLEARED, "stage": "reversed"}


def test_a_charge_is_pending_then_clears_then_is_reversed_as_one_document(issuer: Issuer, cast: Cast) -> None:
    answers = [issuer.post(charge(amount="10.00", **AUTHORISED)), issuer.post(charge(**CLEARED))]
    answers.append(issuer.post(charge(**REVERSED)))
    assert [answer.json()["results"][0]["result"] for answer in answers] == ["created", "changed", "changed"]
    shown = issuer.read("c-1")
    assert (shown["stage"], shown["revision"], shown["dated"]) == ("reversed", 3, "2026-03-02")
    assert happenings(cast.larkfield, "c-1") == [
        ("recorded", ""),
        ("changed", "pending became cleared, amount from $10.00 to $12.30 and time of clearing"),
        ("reversed", "cleared became reversed"),
    ]
    assert recorded(cast.larkfield) == (1, 1, 3)


def test_what_is_pending_stands_on_the_day_it_was_authorised(issuer: Issuer) -> None:
    issuer.post(charge(**AUTHORISED))
    assert issuer.read("c-1")["dated"] == "2026-03-01"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"stage": "cleared", "cleared_at": None}, "cleared_at"),
        ({"stage": "cleared", "cleared_at": None, "authorised_at": "2026-03-01T10:00:00Z"}, "cleared_at"),
        ({"stage": "pending", "cleared_at": None}, "authorised_at"),
        ({"stage": "reversed", "cleared_at": None}, "authorised_at"),
        ({"stage": "pending", "cleared_at": None, "authorised_at": "1999-12-31T12:00:00Z"}, "authorised_at"),
    ],
)
def test_each_stage_needs_its_moment(issuer: Issuer, values: dict[str, Any], field: str) -> None:
    assert set(refusal(issuer.post(charge(**values)), 400, "invalid")) == {field}


@pytest.mark.parametrize(
    ("known", "late"),
    [(CLEARED, AUTHORISED), (REVERSED, AUTHORISED)],
    ids=["cleared, then told as pending", "reversed, then told as pending"],
)
def test_a_message_that_was_overtaken_changes_nothing(
    issuer: Issuer, cast: Cast, known: dict[str, Any], late: dict[str, Any]
) -> None:
    issuer.post(charge(**known))
    before = issuer.read("c-1")
    answer = issuer.post(charge(amount="99.00", **late))
    assert (answer.status_code, answer.json()["existing"]) == (200, 1)
    assert issuer.read("c-1") == before
    assert recorded(cast.larkfield) == (1, 1, 1)


def test_a_clearing_that_comes_after_the_reversal_and_says_nothing_else_came_late(issuer: Issuer) -> None:
    issuer.post(charge(**REVERSED))
    assert issuer.post(charge(**CLEARED)).json()["existing"] == 1
    assert issuer.read("c-1")["stage"] == "reversed"


def test_what_was_reversed_does_not_come_back_with_other_values(issuer: Issuer) -> None:
    issuer.post(charge(**REVERSED))
    assert set(refusal(issuer.post(charge(amount="99.00", **CLEARED)), 400, "invalid")) == {"stage"}
    assert issuer.read("c-1")["amount"] == "12.30"


def test_a_charge_may_be_told_as_reversed_before_anything_else_was_told(issuer: Issuer, cast: Cast) -> None:
    assert issuer.post(charge(**REVERSED)).status_code == 201
    assert happenings(cast.larkfield, "c-1") == [("recorded", "")]


# --- changes, and how the diary tells them ---------------------------------------------------------------------------


@pytest.mark.usefixtures("names")
@pytest.mark.parametrize(
    ("values", "detail"),
    [
        ({"amount": "14.00"}, "amount from $12.30 to $14.00"),
        ({"currency": "EUR"}, "amount from $12.30 to €12.30"),
        ({"merchant_name": "Figma"}, "merchant from Figma Inc to Figma"),
        ({"category": "Meals"}, "category from Software to Meals"),
        ({"category": ""}, "category from Software to none"),
        ({"department": "Sales"}, "department from none to Sales"),
        ({"vendor": "FIGMA INC."}, "vendor from none to Figma Inc."),
        ({"memo": "Two seats"}, "memo from none to Two seats"),
        ({"approved_by": "Priya Raman"}, "approver from none to Priya Raman"),
        ({"cleared_at": "2026-03-03T10:00:00-05:00"}, "time of clearing"),
        ({"custom_fields": {"Trip": "Boston"}}, "custom fields"),
        ({"tags": {"Project": "Apollo"}}, "lines or tags"),
        ({"lines": split("12.00", "0.30")}, "lines or tags"),
        ({"original_amount": "11.00", "original_currency": "EUR"}, "the amount in the merchant's currency"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else None,
)
def test_a_change_is_the_next_revision_and_the_diary_says_what_changed(
    issuer: Issuer, cast: Cast, values: dict[str, Any], detail: str
) -> None:
    issuer.post(charge())
    assert issuer.post(charge(**values)).json()["changed"] == 1
    assert issuer.post(charge(**values)).json()["existing"] == 1
    assert happenings(cast.larkfield, "c-1") == [("recorded", ""), ("changed", detail)]
    shown = issuer.read("c-1")
    assert shown["revision"] == 2
    assert shown["updated_at"] > shown["recorded_at"]


@pytest.mark.parametrize(("length", "is_cut"), [(482, False), (483, True), (1000, True)])
def test_a_change_that_is_too_long_to_be_told_whole_says_so(
    issuer: Issuer, cast: Cast, length: int, is_cut: bool
) -> None:
    issuer.post(charge())
    issuer.post(charge(memo="m" * length))
    _, detail = happenings(cast.larkfield, "c-1")[-1]
    assert len(detail) == 500
    assert detail.endswith("…") is is_cut


@pytest.mark.usefixtures("names")
def test_what_a_later_message_leaves_out_is_empty_from_then_on(issuer: Issuer) -> None:
    whole = {"memo": "Two seats", "tags": {"Project": "Apollo"}, "lines": split("12.30", tags={"Region": "North"})}
    issuer.post(charge(**whole, custom_fields={"Trip": "Boston"}))
    issuer.post(charge())
    shown = issuer.read("c-1")
    assert [shown[name] for name in ("memo", "tags", "lines", "custom_fields")] == ["", {}, [], {}]


def test_a_charge_does_not_move_to_a_card_of_another_entity(issuer: Issuer, cast: Cast) -> None:
    with acting_for(cast.larkfield.id):
        limited = Entity.objects.create(name="Larkfield Ltd", currency="GBP", time_zone="Europe/London")
        Card.objects.create(entity=limited, external_id="card-7730", last_four="7730", holder="Sam Ikeda")
    issuer.post(charge())
    assert set(refusal(issuer.post(charge(card="card-7730")), 400, "invalid")) == {"card"}
    assert issuer.read("c-1")["card"] == "card-4471"


def test_in_one_list_a_transaction_is_told_five_times_at_most(issuer: Issuer) -> None:
    results = issuer.post([charge(amount=f"{number}.00") for number in range(1, 7)]).json()["results"]
    assert [result["result"] for result in results] == ["created", *["changed"] * 4, "refused"]
    assert set(results[5]["errors"]) == {"external_id"}
    assert issuer.read("c-1")["amount"] == "5.00"


# --- splits and tags -------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("names")
@pytest.mark.parametrize("kind", ["charge", "refund"])
def test_a_split_is_read_back_line_by_line(issuer: Issuer, kind: str) -> None:
    lines = [
        {"amount": "10.00", "category": "Software", "department": "Product", "memo": "Seats", "tags": {}},
        {"amount": "2.30", "category": "Meals", "department": "", "memo": "", "tags": {"Project": "Apollo"}},
    ]
    assert issuer.post(charge(kind=kind, category="", lines=lines, tags={"Region": "North"})).status_code == 201
    shown = issuer.read("c-1")
    assert (shown["lines"], shown["tags"]) == (lines, {"Region": "North"})


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        (split("10.00", "2.00"), "The lines leave USD 0.30 over."),
        (split("10.00", "2.31"), "The lines leave USD 0.01 too much."),
        (split("13.30", "-1.00"), "Line 2: An amount is above zero; the kind says which way it goes."),
        (split("12.30", "0"), "Line 2: An amount is above zero; the kind says which way it goes."),
        (split("12.305"), "Line 1: '12.305' has more decimals than USD has (2)."),
        (split("12,30"), "Line 1: '12,30' is not an amount. Write it like 12.30."),
        ([{"category": "Software"}], "Line 1: amount: This field is required."),
        ([{"amount": 12.3}], "Line 1: amount: Not a valid string."),
        ([{"amount": "12.30", "account": "6110"}], "Line 1: account: There is nothing of this name here."),
        ([{"amount": "12.30", "tags": {"Project": 7}}], "Line 1: tags: Project: Not a valid string."),
        (["12.30"], "Line 1: Invalid data. Expected a dictionary, but got str."),
        (split("12.30", category="Unheard of"), "Line 1: There is no category “Unheard of”."),
        (split("12.30", department="Unheard of"), "Line 1: There is no department “Unheard of”."),
        (split("12.30", tags={"Project": "Cygnus"}), "Line 1: There is no tag “Cygnus” in a group “Project”."),
        ("12.30", 'Expected a list of items but got type "str".'),
        (None, "This field may not be null."),
        (split(*["0.01"] * 101), "Ensure this field has no more than 100 elements."),
    ],
    ids=lambda value: value if isinstance(value, str) and value.endswith(".") else "",
)
@pytest.mark.usefixtures("names")
def test_lines_that_cannot_be_are_refused_by_their_number(issuer: Issuer, lines: Any, sentence: str) -> None:
    assert refusal(issuer.post(charge(lines=lines)), 400, "invalid") == {"lines": [sentence]}


@pytest.mark.usefixtures("names")
@pytest.mark.parametrize(
    "tags",
    [
        {"Project": "Cygnus"},
        {"Region": "Apollo"},
        {"Planet": "Apollo"},
        {"project": "Apollo"},
        {"Project": ""},
        {"Project": None},
        {"": "Apollo"},
        {"\ud800": "Apollo"},
        {"a\0": "Apollo"},
        {"Project": "\ud800"},
        {"x" * 101: "Apollo"},
        {str(number): "Apollo" for number in range(21)},
        ["Apollo"],
        "Apollo",
        None,
    ],
    ids=ascii,
)
def test_a_tag_that_is_not_in_its_group_is_refused(issuer: Issuer, tags: Any) -> None:
    assert set(refusal(issuer.post(charge(tags=tags)), 400, "invalid")) == {"tags"}


@pytest.mark.usefixtures("names")
def test_every_unknown_name_is_named_at_once(issuer: Issuer) -> None:
    unknown = {"card": "card-0", "vendor": "Nobody", "category": "None", "department": "None", "tags": {"None": "None"}}
    named = refusal(issuer.post(charge(**unknown, lines=split("12.30", category="None"))), 400, "invalid")
    assert set(named) == {*unknown, "lines"}


@pytest.mark.parametrize("name", ["catgeory", "Amount", "\ud800", "x" * 1000, "a\0"], ids=lambda name: ascii(name)[:20])
def test_a_field_that_is_not_known_is_refused_not_lost(issuer: Issuer, cast: Cast, name: str) -> None:
    assert len(refusal(issuer.post({**charge(), name: "Software"}), 400, "invalid")) == 1
    assert recorded(cast.larkfield) == (0, 0, 0)


# --- custom fields, and other currencies -----------------------------------------------------------------------------


def test_custom_fields_are_kept_as_they_were_sent(issuer: Issuer) -> None:
    fields = {"Trip": "Boston", "Łódź 東京 🍣": "%s {} \\u0041", "": "nameless"}
    issuer.post(charge(custom_fields=fields))
    assert issuer.read("c-1")["custom_fields"] == fields


@pytest.mark.parametrize(
    "fields",
    [
        {str(number): "x" for number in range(21)},
        {"x" * 101: "x"},
        {"x": "x" * 201},
        {"x": 1},
        {"x": {"y": "z"}},
        {"\ud800": "x"},
        {"a\0": "x"},
        {"x": "\ud800"},
        {"x": "\0"},
        "x",
        [],
        None,
    ],
    ids=lambda value: ascii(value)[:24],
)
def test_custom_fields_are_short_texts_and_not_too_many(issuer: Issuer, fields: Any) -> None:
    assert set(refusal(issuer.post(charge(custom_fields=fields)), 400, "invalid")) == {"custom_fields"}


@pytest.mark.parametrize("kind", ["charge", "refund"])
def test_what_the_merchant_was_paid_is_kept_beside_what_was_billed(issuer: Issuer, kind: str) -> None:
    issuer.post(charge(kind=kind, original_amount="1890", original_currency="JPY"))
    shown = issuer.read("c-1")
    assert (shown["amount"], shown["original_amount"], shown["original_currency"]) == ("12.30", "1890", "JPY")


@pytest.mark.parametrize(
    ("amount", "currency", "field"),
    [
        ("10.00", "", "original_currency"),
        ("", "EUR", "original_amount"),
        ("10.5", "JPY", "original_amount"),
        ("-1", "EUR", "original_amount"),
        ("1", "XXX", "original_currency"),
        ("1", "eur", "original_currency"),
    ],
)
def test_an_original_amount_that_cannot_be_is_refused(issuer: Issuer, amount: str, currency: str, field: str) -> None:
    body = charge(original_amount=amount, original_currency=currency)
    assert set(refusal(issuer.post(body), 400, "invalid")) == {field}


# --- two at once -----------------------------------------------------------------------------------------------------


def test_two_changes_at_the_same_moment_are_two_revisions_and_the_lines_of_one(
    transactional_db: None, issuer: Issuer, cast: Cast
) -> None:
    issuer.post(charge())
    bodies = [charge(amount=f"{n}.00", lines=split(f"{n - 1}.00", "1.00")) for n in range(2, 10)]
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(closing(issuer.post), bodies))
    assert [answer.json()["results"][0]["result"] for answer in answers] == ["changed"] * 8
    shown = issuer.read("c-1")
    assert shown["revision"] == 9
    assert sum(Decimal(line["amount"]) for line in shown["lines"]) == Decimal(shown["amount"])
    assert recorded(cast.larkfield) == (1, 1, 9)


def test_a_clearing_and_a_late_authorisation_at_once_end_as_cleared(transactional_db: None, issuer: Issuer) -> None:
    bodies = [charge(**CLEARED), charge(amount="10.00", **AUTHORISED)] * 4
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(closing(issuer.post), bodies))
    assert {answer.status_code for answer in answers} == {200, 201}
    shown = issuer.read("c-1")
    assert (shown["stage"], shown["amount"]) == ("cleared", "12.30")

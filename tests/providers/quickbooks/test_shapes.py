"""Objects in other shapes than Intuit's: read as what they are, or refused by themselves, and never anything else."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import simplejson

from integrations.providers.base import Provider
from integrations.providers.documents import (
    Action,
    CardCharge,
    Item,
    Line,
    LinePart,
    Merge,
    Posted,
    ReferenceRecord,
    Reversal,
    Thing,
    Transfer,
    Write,
)
from integrations.providers.errors import Refused, Temporary
from integrations.providers.quickbooks.provider import QuickBooksProvider
from ledger.domain.money import Money
from tests.providers.quickbooks.loopback import answers, serving
from tests.providers.quickbooks.test_client import PAGE, _client
from tests.providers.quickbooks.test_sides import DETAIL, raw, there

MARK = "FX-AAAQEAYEAUDAOCAJ"
TARGET = Posted("Purchase", "212", "3")
THING = TARGET.thing
[LINE] = there()["Line"]
TRANSFER = {
    "Id": "212",
    "SyncToken": "0",
    "TxnDate": "2026-11-19",
    "Amount": Decimal("5.00"),
    "PrivateNote": f"Paid. {MARK}",
    "FromAccountRef": {"value": "35"},
    "ToAccountRef": {"value": "41"},
}
CREATED = Item("1", MARK, raw({"TxnDate": "2026-11-19", "PrivateNote": f"Flex card {MARK}"}))
CHANGED = Item("1", MARK, raw({"Id": "212", "SyncToken": "2", "PrivateNote": f"Flex card {MARK}"}), Action.UPDATE)
PAID = Item("1", MARK, raw({"TxnDate": "2026-11-19", "PrivateNote": f"Paid. {MARK}"}), kind="Transfer")


def told(ask: Callable[[Provider], Any], *bodies: Any) -> Any:
    with serving(*(answers(200, body if isinstance(body, str) else raw(body)) for body in bodies)) as server:
        return ask(QuickBooksProvider(_client(server), settling=timedelta(0)))


def rows(*shown: Any, kind: str = "Purchase") -> dict[str, Any]:
    return {"QueryResponse": {kind: list(shown)}}


def examined(body: dict[str, Any]) -> Any:
    return told(lambda provider: provider.examine([TARGET])[THING], {"Purchase": body})


def without(*keys: str) -> dict[str, Any]:
    return {key: value for key, value in there().items() if key not in keys}


LIKE_INTUITS = [
    there(Id=212, SyncToken=3),
    there(TotalAmt="60.00"),
    there(TotalAmt="60"),
    there(TotalAmt=Decimal("60.0000")),
    there(TxnDate="2026-11-19T00:00:00-08:00"),
    there(TxnDate="2026-11-19-08:00"),
    there(TxnDate="2026-11-19Z"),
    there(Credit=False),
    there(Credit="false"),
    there(Credit=None),
    there(AccountRef={"value": 41, "name": "Flex Card"}),
    there(Line=[{**LINE, "Amount": "60.00"}]),
    there(Line=[{**LINE, "Amount": 60}]),
    there(Line=[{**LINE, "Id": 1}]),
    there(ExchangeRate=1, CurrencyRef={"value": "USD"}),
    there(ExchangeRate="1.0"),
]


@pytest.mark.parametrize("body", LIKE_INTUITS)
def test_another_writing_of_the_same_is_the_same(body: dict[str, Any]) -> None:
    found, usual = examined(body), examined(there())
    assert (found.posted, found.dated, found.total, found.side) == (
        usual.posted,
        date(2026, 11, 19),
        Decimal(60),
        usual.side,
    )


@pytest.mark.parametrize("body", LIKE_INTUITS)
def test_a_person_is_shown_the_same_too(body: dict[str, Any]) -> None:
    def shown(body: dict[str, Any]) -> Any:
        return told(lambda provider: provider.read(TARGET), {"Purchase": body})

    assert shown(body) == shown(there())


ODD = [
    there(TxnDate="19/11/2026"),
    there(TxnDate=""),
    there(TxnDate=20261119),
    there(TxnDate="2026-13-45"),
    without("TxnDate"),
    there(SyncToken=None),
    there(SyncToken={}),
    there(SyncToken="9" * 60),
    without("SyncToken"),
    there(TotalAmt="sixty"),
    there(TotalAmt=[]),
    there(TotalAmt=True),
    there(TotalAmt=Decimal("1E+400")),
    there(Line=[{**LINE, "Amount": "60,00"}]),
    there(Line=[{**LINE, "Amount": Decimal("1E-400")}]),
    there(Line=["x"]),
    there(Line=5),
    there(AccountRef={"value": "41", "name": "Flex"}, Line=[{**LINE, DETAIL: "x"}]),
]


@pytest.mark.parametrize("body", ODD)
def test_one_that_cannot_be_read_is_refused_by_itself(body: dict[str, Any]) -> None:
    with pytest.raises(Refused, match="cannot be read"):
        examined(body)


@pytest.mark.parametrize("body", [*ODD, there(Id=None), there(Id={}), there(Id="x" * 80), there(PrivateNote=7)])
@pytest.mark.parametrize(
    "ask",
    [
        lambda provider: provider.examine([TARGET], fresh=False),
        lambda provider: provider.versions([TARGET]),
        lambda provider: provider.read(TARGET),
        lambda provider: provider.look_at([THING]),
        lambda provider: provider.find_existing([CREATED, CHANGED]),
    ],
    ids=["examine", "versions", "read", "look at", "find"],
)
def test_nothing_else_than_a_refusal_gets_out(ask: Callable[[Provider], Any], body: dict[str, Any]) -> None:
    for shape in (rows(body), {"Purchase": body}):
        try:
            told(ask, shape, {"Purchase": body})
        except (Refused, Temporary):
            continue


@pytest.mark.parametrize("token", [None, {}, "abc", "9" * 60, True])
def test_a_version_that_cannot_be_told_is_read_before_the_next_change(token: Any) -> None:
    found = told(lambda provider: provider.versions([TARGET]), rows(there(SyncToken=token)))
    assert found[THING].version in ("", "abc")


@pytest.mark.parametrize("before", ["abc", "1.5", "-1"])
def test_behind_a_version_that_is_no_number_comes_one_that_nobody_knows(before: str) -> None:
    item = Item("1", MARK, raw({"Id": "212", "SyncToken": before, "PrivateNote": f"n {MARK}/2"}), Action.UPDATE)
    shown = there(SyncToken="z", PrivateNote=f"n {MARK}/2")
    found = told(lambda provider: provider.find_existing([item]), rows(shown))
    assert found == {MARK: Posted("Purchase", "212", "")}


def test_what_is_found_without_an_id_is_neither_there_nor_missing() -> None:
    with pytest.raises(Refused):
        told(lambda provider: provider.find_existing([CREATED]), rows({**without("Id"), "DocNumber": MARK}))


@pytest.mark.parametrize("row", [None, 5, "x", []])
def test_a_row_that_is_none_is_refused_and_not_for_later(row: Any) -> None:
    with pytest.raises(Refused, match="cannot be read"):
        told(lambda provider: provider.find_existing([CREATED]), rows(row))


def test_somebodys_odd_transfer_does_not_hide_ours() -> None:
    odd = {"Id": None, "Amount": "x", "PrivateNote": 5, "FromAccountRef": "y"}
    found = told(lambda provider: provider.find_existing([PAID]), rows(odd, TRANSFER, {}, kind="Transfer"))
    assert found == {MARK: Posted("Transfer", "212", "0")}


def test_the_same_id_may_be_of_two_kinds() -> None:
    """Intuit counts all transactions together; others count each kind by itself."""
    both = [TARGET, Posted("Transfer", "212", "0")]

    def read(provider: Provider) -> Any:
        return provider.versions(both), provider.examine(both, fresh=False)

    pages = [rows(there()), rows(TRANSFER, kind="Transfer")] * 2
    versions, found = told(read, *pages)
    assert {thing: one.version for thing, one in versions.items()} == {THING: "3", Thing("Transfer", "212"): "0"}
    assert {thing: one.total for thing, one in found.items()} == {THING: 60, Thing("Transfer", "212"): -5}


def test_what_is_removed_is_told_by_its_kind() -> None:
    gone = Item("1", MARK, raw({"Id": "212", "SyncToken": "0"}), Action.REMOVE, "Purchase")
    stays = Item("2", f"{MARK}/p", raw({"Id": "212", "SyncToken": "0"}), Action.REMOVE, "Transfer")
    missing = '{"Fault":{"Error":[{"Message":"m","code":"610"}]}}'
    found = told(
        lambda provider: provider.find_existing([gone, stays]), rows(), rows(TRANSFER, kind="Transfer"), missing
    )
    assert found == {MARK: Posted("Purchase", "212", "", gone=True)}


def test_a_platform_that_gives_a_hundred_at_once_is_read_to_its_end() -> None:
    pages = [[{"Id": str(number), "Name": f"A{number}"} for number in range(at, at + 100)] for at in (0, 100)]

    def accounts(provider: Provider) -> int:
        return len(listed(provider))

    assert told(accounts, *(rows(*page, kind="Account") for page in pages), rows(), rows()) == 200


def listed(provider: Provider) -> list[ReferenceRecord]:
    return [record for listing in provider.list_references([]) for record in listing.records]


@pytest.mark.parametrize(
    "changes",
    [
        {"Active": "true"},
        {"Active": None},
        {"AcctNum": 6110},
        {"CurrencyRef": {"value": "Euro"}},
        {"CurrencyRef": None},
    ],
)
def test_lists_are_read_in_other_writings(changes: dict[str, Any]) -> None:
    account = {"Id": 34, "Name": "Paper", "AccountType": "Expense", **changes}
    [found] = told(listed, rows(account, kind="Account"), rows())
    assert (found.external_id, found.path, found.active, found.currency) == ("34", "Paper", True, "")


@pytest.mark.parametrize("odd", [{"Id": {}, "Name": "Odd"}, None, 5, []], ids=str)
def test_an_account_that_cannot_be_read_hides_no_other(odd: Any) -> None:
    accounts = rows(odd, {"Id": "34", "Name": "Paper"}, kind="Account")
    [found] = told(listed, accounts, rows())
    assert found.name == "Paper"


def test_a_list_says_that_something_in_it_was_passed_over() -> None:
    accounts = rows({"Id": {}, "Name": "Odd"}, {"Id": "34", "Name": "Paper"}, kind="Account")
    listings = told(lambda provider: list(provider.list_references([])), accounts, rows())
    assert [(one.kind, one.whole) for one in listings] == [("account", False), ("vendor", True)]


def test_inactive_is_inactive_as_a_word_too() -> None:
    account = {"Id": "34", "Name": "Paper (deleted)", "AccountType": "Expense", "Active": "false"}
    [found] = told(listed, rows(account, kind="Account"), rows())
    assert (found.name, found.active) == ("Paper", False)


@pytest.mark.parametrize(
    ("day", "expected"), [("2026-06-30", date(2026, 6, 30)), ("2026-06-30T00:00:00Z", date(2026, 6, 30)), ("", None)]
)
def test_how_far_the_books_are_closed_is_read_from_a_moment_too(day: str, expected: date | None) -> None:
    preferences = {"Preferences": {"AccountingInfoPrefs": {"BookCloseDate": day}}}
    assert told(lambda provider: provider.closed_to(), preferences) == expected


@pytest.mark.parametrize("day", ["soon", "30/06/2026", 5, {}])
def test_a_closing_date_that_is_none_is_not_taken_for_open_books(day: Any) -> None:
    preferences = {"Preferences": {"AccountingInfoPrefs": {"BookCloseDate": day or "?"}}}
    with pytest.raises(Refused, match="cannot be read"):
        told(lambda provider: provider.closed_to(), preferences)


UNTRACKED = {"ClassTrackingPerTxn": "false", "ClassTrackingPerTxnLine": False}


def described(currency: Any = "USD", **accounting: Any) -> Any:
    company = {"CompanyInfo": {"CompanyName": "Larkfield", "Country": "US"}}
    prefs = {"CurrencyPrefs": {"HomeCurrency": {"value": currency}}, "AccountingInfoPrefs": accounting}
    return told(lambda provider: provider.describe_company(), company, {"Preferences": prefs})


def test_a_company_describes_itself_without_a_closing_date_that_is_none() -> None:
    """What lies in the closed period its books refuse themselves."""
    assert described(BookCloseDate="2026-06-30T00:00:00Z").closed_to == date(2026, 6, 30)
    assert described(BookCloseDate="soon").closed_to is None
    assert [one.key for one in described(TrackDepartments="true", **UNTRACKED).dimensions] == ["location"]


@pytest.mark.parametrize("currency", [None, "", "Dollar", 5])
def test_a_company_without_a_currency_is_none(currency: Any) -> None:
    with pytest.raises(Refused, match="cannot be read"):
        described(currency)


def test_of_what_changed_there_one_that_cannot_be_read_hides_no_other() -> None:
    groups = [{"Purchase": [there(TotalAmt="x"), there(Id="213"), "y", {"Id": 9, "status": "deleted"}]}]
    answer = {"CDCResponse": [{"QueryResponse": groups}], "time": "2026-11-20T10:00:00-08:00"}
    seen = told(lambda provider: provider.changes(["Purchase"], datetime.now(UTC)), answer).seen
    assert [one.posted.external_id for one in seen.documents] == ["213"]
    assert seen.gone == (Thing("Purchase", "9"),)


@pytest.mark.parametrize("time", [None, 1786901661634, "yesterday"])
def test_changes_without_a_time_do_not_say_up_to_when_they_are(time: Any) -> None:
    answer = {"CDCResponse": [{"QueryResponse": [{}]}], "time": time}
    assert told(lambda provider: provider.changes(["Purchase"], datetime.now(UTC)), answer).read_to is None


@pytest.mark.parametrize("body", [{}, {"CDCResponse": 5}, {"CDCResponse": ["x"]}, {"CDCResponse": [{}]}, PAGE, "[]"])
def test_changes_that_are_none_move_no_bookmark(body: Any) -> None:
    try:
        assert told(lambda provider: provider.changes(["Purchase"], datetime.now(UTC)), body).read_to is None
    except Temporary:
        return


def test_a_line_of_theirs_without_an_amount_adds_nothing_to_what_we_wrote() -> None:
    written = Item("1", MARK, raw(there(Line=[LINE, {"Description": "Thanks", "DetailType": "DescriptionOnly"}])))
    [shown] = told(lambda provider: provider.wrote([written], lambda things: {})).values()
    assert shown.total == LINE["Amount"]


# What is written upon it.


def charge(**changes: Any) -> CardCharge:
    line = Line("34", Decimal("60.00"), "Figma")
    values = {"dated": date(2026, 11, 20), "card_account": "41", "vendor": "", "note": f"n {MARK}/2", **changes}
    return CardCharge(mark=MARK, money=Money(6000, "USD"), lines=(line,), **values)


def packed(merge: Merge | None = None, document: Any = None) -> Any:
    action = Action.UPDATE if merge else Action.REVERSE
    write = Write(action, MARK, document or charge(), target=TARGET, merge=merge)
    [envelope] = told(lambda provider: provider.pack([write], 1))
    return simplejson.loads(envelope.items[0].body, use_decimal=True)


def test_lines_without_ids_and_lines_of_one_id_are_told_by_their_places() -> None:
    first, second = {**LINE, "Amount": 40}, {**LINE, "Amount": 20}
    for lines in ([first, second], [{**first, "Id": None}, {**second, "Id": ""}]):
        body = there(Line=lines)
        keys = [line.key for line in examined(body).side.lines]
        merge = Merge(raw(body), frozenset({"dated"}), tuple(LinePart(key) for key in keys), "note")
        assert [line["Amount"] for line in packed(merge)["Line"]] == [40, 20]


@pytest.mark.parametrize(
    "merge",
    [
        Merge("{}", frozenset(), (LinePart("1"),), "n"),
        Merge(raw(there()), frozenset(), (LinePart(),), "n"),
        Merge(raw(there(Line=[{"Id": "1"}])), frozenset(), (LinePart("1", 0, frozenset({"account"})),), "n"),
        Merge(raw(there()), frozenset({"weather"}), (), "n"),
        Merge("x", frozenset(), (), "n"),
    ],
)
def test_what_cannot_be_built_upon_is_refused(merge: Merge) -> None:
    with pytest.raises(Refused, match="cannot be read"):
        packed(merge)


@pytest.mark.parametrize(("kind", "body"), [("Transfer", {"Id": "7"}), ("Purchase", {"Line": ["x"]})])
def test_what_cannot_be_turned_round_is_refused(kind: str, body: dict[str, Any]) -> None:
    with pytest.raises(Refused, match="cannot be read"):
        packed(document=Reversal(f"{MARK}-R", "n", kind, raw(body)))


@pytest.mark.parametrize("flag", [True, "true", "True"])
def test_a_refund_is_one_however_it_is_written(flag: Any) -> None:
    body = there(Credit=flag)
    assert examined(body).total == -60
    assert "Credit" not in packed(document=Reversal(f"{MARK}-R", "n", "Purchase", raw(body)))


# Reports.


def report(*listed: list[Any], keys: tuple[str, ...] = ("tx_date", "txn_type", "doc_num", "is_cleared")) -> Any:
    columns = [{"MetaData": [{"Name": "ColKey", "Value": key}]} for key in keys]
    data = [{"ColData": [cell if isinstance(cell, dict) else {"value": cell} for cell in row]} for row in listed]
    return {"Columns": {"Column": columns}, "Rows": {"Row": [{"Rows": {"Row": data}}]}}


def kind(number: Any) -> dict[str, Any]:
    return {"value": "Expense", "id": number}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (report(["d", kind("12"), "n", "R"]), {"12"}),
        (report(["d", kind(12), "n", "R"]), {"12"}),
        (report(["d", kind("12"), "n", "C"], ["d", kind("13"), "n", ""], ["d", kind("14"), "n", "R"]), {"14"}),
        (report(["d", kind("12"), {"value": "n", "id": "99"}, "R"]), {"12"}),
        (report(["R", kind("12")], ["C", kind("13")], keys=("is_cleared", "txn_type")), {"12"}),
        ({**report(["d", kind("12"), "n", "R"], ["d", kind("13"), "n", ""]), "Columns": None}, {"12"}),
        (report(["d", kind("12"), "n"], keys=("tx_date", "txn_type", "doc_num")), {"12"}),
        (report(["d", kind("12"), "n", "Rapproché"]), {"12"}),
        ({}, set()),
        ({"Rows": {}}, set()),
    ],
)
def test_what_is_reconciled_is_told_by_its_own_row(body: Any, expected: set[str]) -> None:
    """Whoever does not heed the filter names every document."""
    day = date(2026, 11, 19)
    assert told(lambda provider: provider.reconciled(day, day), body) == expected


@pytest.mark.parametrize("body", [{"Rows": 5}, {"Rows": {"Row": ["x"]}}, {"Rows": {"Row": [{"ColData": ["x", "y"]}]}}])
def test_a_report_that_cannot_be_read_is_refused(body: Any) -> None:
    day = date(2026, 11, 19)
    with pytest.raises(Refused, match="cannot be read"):
        told(lambda provider: provider.reconciled(day, day), body)


# Money in other currencies.


@pytest.mark.parametrize("amount", ["10.001", "10.0001"])
def test_a_third_decimal_is_a_change(amount: str) -> None:
    [changed] = examined(there(Line=[{**LINE, "Amount": Decimal(amount)}])).side.lines
    assert changed.fields["amount"] == amount


def test_a_merge_takes_the_rate_of_the_day_with_it() -> None:
    euros = there(CurrencyRef={"value": "EUR"}, ExchangeRate=Decimal("1.17"))
    assert examined(euros).side.fields | {} == examined(there()).side.fields | {"currency": "EUR", "rate": "1.17"}
    merge = Merge(raw(euros), frozenset({"dated", "rate"}), (LinePart("1"),), "n")
    body = packed(merge, charge(rate=Decimal("1.18")))
    assert (body["TxnDate"], body["ExchangeRate"]) == ("2026-11-20", Decimal("1.18"))
    assert body["CurrencyRef"] == {"value": "EUR"}


def test_a_payment_has_a_rate_too() -> None:
    paid = Transfer(MARK, date(2026, 11, 20), Money(500, "EUR"), "35", "41", f"n {MARK}", Decimal("1.18"))
    [envelope] = told(lambda provider: provider.pack([Write(Action.CREATE, MARK, paid)], 1))
    side = told(lambda provider: provider.side_of(envelope.items[0]))
    assert (side.fields["currency"], side.fields["rate"]) == ("EUR", "1.18")


def rate_of(rate: Any) -> Decimal:
    body = {"ExchangeRate": {"SourceCurrencyCode": "EUR", "Rate": rate}}
    found: Decimal = told(lambda provider: provider.exchange_rate("EUR", date(2026, 11, 19)), body)
    return found


@pytest.mark.parametrize("rate", [Decimal("1.17"), "1.17", "1.1700"])
def test_a_rate_may_be_a_text(rate: Any) -> None:
    assert rate_of(rate) == Decimal("1.17")


@pytest.mark.parametrize("rate", [None, "", 0, -1, True, "1,17", {}, Decimal("1E+30"), Decimal("1E-30"), "NaN"])
def test_what_is_no_rate_is_none(rate: Any) -> None:
    with pytest.raises(Refused, match="no rate of EUR"):
        rate_of(rate)

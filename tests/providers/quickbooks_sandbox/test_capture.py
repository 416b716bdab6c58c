"""Change data capture (§6): what changed since a moment, and what is gone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import requests
from quickbooks.cdc import change_data_capture
from quickbooks.objects import Purchase, Vendor

from .client import UK, US, Company, Json, Server, fresh
from .libraries import python_quickbooks

HERE = ZoneInfo("America/Los_Angeles")


def asked(us: Company, entities: str, since: str, **more: str) -> requests.Response:
    return us.call("GET", "cdc", params={"entities": entities, "changedSince": since, **more})


def changed(us: Company, entities: str, since: str) -> list[Json]:
    answer = asked(us, entities, since)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["CDCResponse"][0]["QueryResponse"])


def rows(us: Company, entity: str, since: str) -> list[Json]:
    (group,) = changed(us, entity, since)
    return list(group.get(entity, []))


def hour_ago() -> str:
    return (datetime.now(UTC) - timedelta(hours=1)).isoformat(timespec="seconds")


def future() -> str:
    return (datetime.now(UTC) + timedelta(hours=1)).isoformat(timespec="seconds")


def test_it_shows_the_whole_object_as_a_read_does(us: Company) -> None:
    made = us.create("Purchase", us.charge())
    assert next(row for row in rows(us, "Purchase", hour_ago()) if row["Id"] == made["Id"]) == made


def test_groups_are_counted_and_one_without_changes_is_empty(us: Company) -> None:
    for _ in range(2):
        us.create("Purchase", us.charge())
    purchases, bills = changed(us, "Bill,Purchase,Purchase", hour_ago())
    found = purchases["Purchase"]
    assert (purchases["startPosition"], purchases["maxResults"], purchases["totalCount"]) == (1, *[len(found)] * 2)
    times = [row["MetaData"]["LastUpdatedTime"] for row in found if "status" not in row]
    assert times == sorted(times)
    assert bills == {} or "Bill" in bills
    assert changed(us, "Purchase,Bill,Vendor", future()) == [{}, {}, {}]


def test_what_was_deleted_is_a_stub_after_all_that_live(us: Company) -> None:
    gone = us.create("Purchase", us.charge())
    us.delete("Purchase", gone)
    us.create("Purchase", us.charge())
    found = rows(us, "Purchase", hour_ago())
    states = ["status" in row for row in found]
    assert states == sorted(states)
    stub = next(row for row in found if row["Id"] == gone["Id"])
    assert stub.keys() == {"domain", "status", "Id", "MetaData"}
    assert (stub["status"], list(stub["MetaData"])) == ("Deleted", ["LastUpdatedTime"])


def test_an_inactive_name_is_there_in_full_and_a_deactivation_is_a_change(us: Company) -> None:
    made = us.create("Vendor", {"DisplayName": fresh("Vendor")})
    body = {"Id": made["Id"], "SyncToken": "0", "sparse": True, "Active": False}
    after = us.create("Vendor", body)
    assert next(row for row in rows(us, "Vendor", hour_ago()) if row["Id"] == made["Id"]) == after


def test_a_card_payment_goes_by_either_of_its_names(us: Company) -> None:
    made = us.create("CreditCardPaymentTxn", us.card_payment())
    for name in ("creditcardpayment", "CreditCardPaymentTxn"):
        (group,) = changed(us, name, hour_ago())
        assert made["Id"] in [row["Id"] for row in group["CreditCardPaymentTxn"]]


@pytest.mark.parametrize(
    "spell",
    [
        lambda when: when.strftime("%Y-%m-%dT%H:%M:%SZ"),
        lambda when: when.isoformat(timespec="milliseconds"),
        lambda when: when.astimezone(HERE).isoformat(timespec="seconds"),
        lambda when: when.astimezone(HERE).strftime("%Y-%m-%dT%H:%M:%S"),
        lambda when: when.astimezone(HERE).strftime("%Y-%m-%d"),
        lambda when: when.isoformat(timespec="seconds").replace("+", " "),
    ],
    ids=["Z", "milliseconds", "offset", "of the company", "a day", "an unescaped plus"],
)
def test_moments_of_any_spelling_are_understood(us: Company, spell: Callable[[datetime], str]) -> None:
    made = us.create("Purchase", us.charge())
    now = datetime.now(UTC)
    assert made["Id"] in [row["Id"] for row in rows(us, "Purchase", spell(now - timedelta(minutes=1)))]
    assert rows(us, "Purchase", spell(now + timedelta(days=2))) == []


def test_the_moment_asked_for_counts_unless_switched_off(own: Callable[..., Server], us: Company) -> None:
    made = us.create("Purchase", us.charge())
    assert made["Id"] in [row["Id"] for row in rows(us, "Purchase", made["MetaData"]["LastUpdatedTime"])]
    us = own(SANDBOX_CDC_BOUNDARY="exclusive", SANDBOX_CDC_TOO_OLD="empty").company()
    made = us.create("Purchase", us.charge())
    assert rows(us, "Purchase", made["MetaData"]["LastUpdatedTime"]) == []
    assert rows(us, "Purchase", "2020-01-01") == []


@pytest.mark.parametrize(
    ("params", "code", "element"),
    [
        ({"entities": "Purchase"}, "2020", "changedSince"),
        ({"changedSince": "2026-08-01"}, "2020", "entities"),
        ({"entities": " , ", "changedSince": "2026-08-01"}, "2020", "entities"),
        ({"entities": "Purchase,Nothing", "changedSince": "2026-08-01"}, "2000", "entities"),
        ({"entities": "Purchase", "changedSince": "yesterday"}, "2060", "changedSince"),
        ({"entities": "Purchase", "changedSince": "2026-13-01"}, "2060", "changedSince"),
        ({"entities": "Purchase", "changedSince": "2020-01-01"}, "500", "changedSince"),
    ],
)
def test_a_question_that_cannot_be_answered_is_refused(us: Company, params: Any, code: str, element: str) -> None:
    fault = us.fault(us.call("GET", "cdc", params=params))
    assert (fault["code"], fault["element"]) == (code, element)


@pytest.mark.parametrize("entity", ["JournalCode", "TaxAgency", "TaxCode", "TaxRate", "TimeActivity"])
def test_five_entities_are_not_tracked(us: Company, entity: str) -> None:
    assert us.fault(asked(us, f"Purchase,{entity}", hour_ago()))["code"] == "500"


def test_what_a_tap_asks_for_in_one_call_is_answered(us: Company) -> None:
    """The list of tap-quickbooks: budgets among them, of which there are none."""
    names = (
        "Account,BillPayment,Bill,Budget,Class,CreditMemo,Customer,Department,Deposit,Employee,Estimate,Invoice,Item,"
        "JournalEntry,PaymentMethod,Payment,PurchaseOrder,Purchase,RefundReceipt,SalesReceipt,Term,Transfer,"
        "VendorCredit,Vendor"
    )
    assert len(changed(us, names, future())) == 24


def test_thirty_days_may_be_looked_back_and_no_more(us: Company) -> None:
    now = datetime.now(UTC)
    assert asked(us, "Bill", (now - timedelta(days=29, hours=23)).isoformat()).status_code == 200
    fault = us.fault(asked(us, "Bill", (now - timedelta(days=30, minutes=1)).isoformat()))
    assert "which is older than fixed days is not supported" in fault["Detail"]


def test_a_thousand_objects_are_all_there_is_over_all_entities(own: Callable[..., Server]) -> None:
    us = own().company()
    for _ in range(34):
        items = [{"bId": str(n), "operation": "create", "Transfer": us.transfer()} for n in range(30)]
        assert "Fault" not in us.batch(items).text
    purchase = us.create("Purchase", us.charge())
    transfers, purchases = sorted(changed(us, "Transfer,Purchase", hour_ago()), key=lambda each: "Purchase" in each)
    assert [row["Id"] for row in purchases["Purchase"]] == [purchase["Id"]]
    assert len(transfers["Transfer"]) == 999


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_python_quickbooks_reads_changes(us: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    made, gone = (us.create("Purchase", us.charge()) for _ in range(2))
    us.delete("Purchase", gone)
    since = (datetime.now(HERE) - timedelta(minutes=1)).replace(tzinfo=None)
    answer = change_data_capture([Purchase, Vendor], since, qb=python_quickbooks(us.server))
    found = {each.Id: getattr(each, "status", None) for each in answer.Purchase}
    assert (found[made["Id"]], found[gone["Id"]]) == (None, "Deleted")


def test_each_company_sees_its_own(us: Company, uk: Company) -> None:
    made = us.create("Purchase", us.charge())
    ids = [row["Id"] for row in rows(uk, "Purchase", hour_ago())]
    mine = {row["Id"] for row in uk.server.stored("Purchase", UK)}
    assert set(ids) <= mine | {row["Id"] for row in rows(uk, "Purchase", hour_ago()) if "status" in row}
    assert made["Id"] in {row["Id"] for row in us.server.stored("Purchase", US)}

"""Transactions on a schedule: kept and shown under the word of their kind, and posted nowhere."""

from __future__ import annotations

import pytest
from quickbooks import QuickBooks
from quickbooks.objects.recurringtransaction import RecurringTransaction

from .client import Company, Json, fresh
from .libraries import python_quickbooks

ENTITY = "RecurringTransaction"


@pytest.fixture
def books(us: Company, monkeypatch: pytest.MonkeyPatch) -> QuickBooks:
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    return python_quickbooks(us.server)


def _monthly(**changes: object) -> Json:
    schedule = {"IntervalType": "Monthly", "NumInterval": 1, "DayOfMonth": 1, "StartDate": "2026-12-01"}
    return {"Name": fresh("Rent"), "RecurType": "Automated", "Active": True, "ScheduleInfo": schedule, **changes}


def _bill(us: Company, **changes: object) -> Json:
    form = {"VendorRef": {"value": us.vendor("Staples")}, "Line": [us.line("500")], "RecurringInfo": _monthly()}
    return {"Bill": {**form, **changes}}


def test_a_bill_on_a_schedule_is_made_read_changed_and_deleted(us: Company) -> None:
    before = us.postings()
    made = us.create(ENTITY, _bill(us))["Bill"]
    assert (made["SyncToken"], made["TotalAmt"], made["VendorRef"]["name"]) == ("0", 500, "Staples")
    made["RecurringInfo"]["ScheduleInfo"]["DayOfMonth"] = 15
    made["Line"][0]["Amount"] = 250
    changed = us.create(ENTITY, {"Bill": made})["Bill"]
    assert us.read(ENTITY, made["Id"])["Bill"] == changed
    assert (changed["SyncToken"], changed["TotalAmt"]) == ("1", 250)
    assert changed["RecurringInfo"]["ScheduleInfo"]["DayOfMonth"] == 15
    answer = us.post("recurringtransaction", {"Bill": changed}, operation="delete")
    assert answer.json()[ENTITY] == {"Bill": {"domain": "QBO", "status": "Deleted", "Id": made["Id"]}}
    assert us.fault(us.call("GET", f"recurringtransaction/{made['Id']}"))["code"] == "610"
    assert us.moved(before) == {}


def test_schedules_are_found_by_kind_and_never_among_the_transactions(us: Company) -> None:
    made = us.create(ENTITY, _bill(us))["Bill"]
    found = us.query("select * from RecurringTransaction where Type = 'Bill'")[ENTITY]
    assert made in [row["Bill"] for row in found]
    assert us.query(f"select * from Bill where Id = '{made['Id']}'") == {}
    assert us.fault(us.call("GET", f"bill/{made['Id']}"))["code"] == "610"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "2020"),
        ({"Bill": "x"}, "2020"),
        ({"Bill": {}, "Invoice": {}}, "2020"),
        ({"Bill": {"Line": []}}, "2020"),
        ({"Bill": {"Wish": 1}}, "2010"),
        ({"Bill": {"VendorRef": {"value": "99999"}, "RecurringInfo": {"Name": "x", "RecurType": "Automated"}}}, "2500"),
        ({"Bill": {"RecurringInfo": {"Name": "x", "RecurType": "Sometimes"}}}, "2170"),
    ],
)
def test_a_schedule_obeys_the_rules_of_its_kind(us: Company, body: Json, code: str) -> None:
    assert us.fault(us.post("recurringtransaction", body))["code"] == code
    item = us.batch([{"bId": "1", "operation": "create", ENTITY: body}]).json()["BatchItemResponse"][0]
    assert item["Fault"]["Error"][0]["code"] == code


def test_two_schedules_have_two_names(us: Company) -> None:
    body = _bill(us)
    us.create(ENTITY, body)
    assert us.fault(us.post("recurringtransaction", body))["code"] == "6240"


def test_python_quickbooks_keeps_a_schedule(us: Company, books: QuickBooks) -> None:
    made = us.create(ENTITY, _bill(us))["Bill"]
    read = RecurringTransaction.get(made["Id"], qb=books)
    read.Bill.RecurringInfo.ScheduleInfo.NumInterval = 3
    saved = read.save(qb=books)
    assert saved.Bill.RecurringInfo.ScheduleInfo.NumInterval == 3
    assert RecurringTransaction.where("Type = 'Bill'", qb=books)
    saved.delete(qb=books)
    assert us.fault(us.call("GET", f"recurringtransaction/{made['Id']}"))["code"] == "610"

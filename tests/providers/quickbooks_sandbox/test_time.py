"""Time that people work: who, how long, at what rate, and what is refused."""

from __future__ import annotations

import pytest

from .client import Company, Json, fresh

pytestmark = pytest.mark.apart


@pytest.fixture
def worked(us: Company) -> Json:
    worker = us.create("Employee", {"GivenName": fresh("Jo"), "BillRate": 40})
    return {"NameOf": "Employee", "EmployeeRef": {"value": worker["Id"]}, "TxnDate": "2026-08-14", "Hours": 4}


def _customer(us: Company) -> Json:
    return {"value": us.create("Customer", {"DisplayName": fresh("C")})["Id"]}


def test_hours_are_answered_with_their_defaults_and_move_no_money(us: Company, worked: Json) -> None:
    before = us.postings()
    made = us.create("TimeActivity", {**worked, "Minutes": "45", "Description": "Poured concrete"})
    assert (made["Hours"], made["Minutes"], made["Seconds"], made["HourlyRate"]) == (4, 45, 0, 40)
    assert (made["BillableStatus"], made["Taxable"], made["CostRate"]) == ("NotBillable", False, 0)
    assert us.moved(before) == {}
    assert us.read("TimeActivity", made["Id"]) == made
    where = f"EmployeeRef = '{worked['EmployeeRef']['value']}' and TxnDate >= '2026-08-14'"
    assert us.query(f"select * from TimeActivity where {where}")["TimeActivity"] == [made]


def test_a_service_tells_the_rate_of_an_hour_billed(us: Company, worked: Json) -> None:
    item = us.create("Item", {"Name": fresh("Hour"), "UnitPrice": 75, "IncomeAccountRef": us.ref("4100")})
    billed = {"ItemRef": {"value": item["Id"]}, "CustomerRef": _customer(us), "BillableStatus": "Billable"}
    made = us.create("TimeActivity", {**worked, **billed})
    assert (made["HourlyRate"], made["ItemRef"]["name"]) == (75, item["Name"])


def test_a_vendor_works_from_then_to_then(us: Company) -> None:
    told = {
        **{"NameOf": "Vendor", "VendorRef": {"value": us.vendor("Staples")}, "BreakMinutes": 15},
        **{"StartTime": "2026-07-22T10:00:00-07:00", "EndTime": "2026-07-22T11:00:00-07:00"},
    }
    made = us.create("TimeActivity", told)
    assert (made["TxnDate"], made["StartTime"], made["EndTime"]) == (
        *("2026-07-22", "2026-07-22T10:00:00-07:00"),
        "2026-07-22T11:00:00-07:00",
    )
    assert us.create("TimeActivity", {**made, "Description": "again"})["SyncToken"] == "1"


def test_time_can_be_deleted(us: Company, worked: Json) -> None:
    made = us.create("TimeActivity", worked)
    assert us.delete("TimeActivity", made).json()["TimeActivity"]["status"] == "Deleted"
    assert us.fault(us.call("GET", f"timeactivity/{made['Id']}"))["code"] == "610"


@pytest.mark.parametrize(
    ("label", "changes", "code"),
    [
        ("nobody", {"NameOf": None}, "6300"),
        ("neither employee nor vendor", {"NameOf": "Customer"}, "6300"),
        ("an employee without name", {"EmployeeRef": None}, "6290"),
        ("both", {"VendorRef": {"value": "1"}}, "6290"),
        ("billable to nobody", {"BillableStatus": "Billable"}, "6310"),
        ("billed already", {"BillableStatus": "HasBeenBilled"}, "6320"),
        ("a rate below zero", {"HourlyRate": -1}, "6330"),
        ("sixty minutes", {"Minutes": 60}, "6340"),
        ("no time", {"Hours": None}, "6350"),
        ("a start alone", {"Hours": None, "StartTime": "2026-07-22T10:00:00"}, "6360"),
        ("more than a day", {"Hours": 25}, "6380"),
        ("no time at all", {"Hours": 0}, "6380"),
        ("hours and a start", {"StartTime": "2026-07-22T10:00:00"}, "6390"),
        ("an unknown property", {"Colour": "red"}, "2010"),
    ],
)
def test_wrong_time_is_refused(us: Company, worked: Json, label: str, changes: Json, code: str) -> None:
    told = {name: value for name, value in {**worked, **changes}.items() if value is not None}
    assert us.fault(us.post("timeactivity", told))["code"] == code


@pytest.mark.parametrize(
    ("end", "minutes", "code"),
    [("2026-07-22T09:00:00", 0, "6370"), ("2026-07-22T11:00:00", 61, "6360"), ("noon", 0, "6360")],
)
def test_a_wrong_end_or_break_is_refused(us: Company, worked: Json, end: str, minutes: int, code: str) -> None:
    told = {**worked, "StartTime": "2026-07-22T10:00:00", "EndTime": end, "BreakMinutes": minutes}
    del told["Hours"]
    assert us.fault(us.post("timeactivity", told))["code"] == code

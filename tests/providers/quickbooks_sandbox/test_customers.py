"""Customers: jobs below them, names shared with others, currencies, and what is refused."""

from __future__ import annotations

import pytest

from .client import US, Company, Json, fresh

pytestmark = pytest.mark.apart

UNFORESEEN = ("Id", "MetaData", "V4IDPseudonym", "DefaultTaxCodeRef")


def _job(us: Company, parent: Json, **changes: object) -> Json:
    return us.create("Customer", {"DisplayName": fresh("Job"), "Job": True, "ParentRef": _ref(parent), **changes})


def _ref(made: Json) -> Json:
    return {"value": made["Id"]}


def _inactive(us: Company, entity: str, made: Json) -> Json:
    head = {name: made[name] for name in ("Id", "SyncToken")}
    return us.create(entity, {**head, "sparse": True, "Active": False})


def test_a_customer_with_nothing_but_a_name_is_answered_as_recorded(us: Company) -> None:
    name = fresh("Doe, Jane")
    made = us.create("Customer", {"DisplayName": name})
    assert {key: value for key, value in made.items() if key not in UNFORESEEN} == {
        **{"Taxable": True, "Job": False, "BillWithParent": False, "Balance": 0, "BalanceWithJobs": 0},
        **{"CurrencyRef": {"value": "USD", "name": "United States Dollar"}, "PreferredDeliveryMethod": "Print"},
        **{"IsProject": False, "ClientEntityId": "0", "domain": "QBO", "sparse": False, "SyncToken": "0"},
        **dict.fromkeys(("FullyQualifiedName", "DisplayName", "PrintOnCheckName"), name),
        "Active": True,
    }
    assert us.read("Customer", made["Id"]) == made
    assert us.query(f"select * from Customer where DisplayName = '{name}'")["Customer"] == [made]


def test_a_customer_keeps_what_it_is_told(us: Company) -> None:
    told = {
        **{"Title": "Mr", "GivenName": "James", "MiddleName": "B", "FamilyName": "King", "Suffix": "Jr"},
        **{"CompanyName": "King Groceries", "Notes": "By the back door", "ResaleNum": "R-1", "Taxable": False},
        "BillAddr": {"Line1": "1 Main", "City": "Mountain View", "Country": "USA", "PostalCode": "94042"},
        "ShipAddr": {"Line1": "2 Main", "Note": "ring twice"},
        **{"PrimaryPhone": {"FreeFormNumber": "555-5555"}, "WebAddr": {"URI": "http://king.example"}},
        **{"PrimaryEmailAddr": {"Address": "a@king.example, b@king.example"}, "OpenBalanceDate": "2026-01-01"},
    }
    made = us.create("Customer", {"DisplayName": fresh("King's Groceries"), **told})
    assert {name: _told(made[name]) for name in told} == told
    assert made["PrintOnCheckName"] == "King Groceries"


def _told(value: object) -> object:
    """An address has an Id beside what was sent."""
    return {name: each for name, each in value.items() if name != "Id"} if isinstance(value, dict) else value


def test_terms_and_payment_methods_are_named_in_the_answer(us: Company) -> None:
    (term,) = us.query("select * from Term where Name = 'Net 30'")["Term"]
    (visa,) = us.query("select * from PaymentMethod where Name = 'Visa'")["PaymentMethod"]
    refs = {"SalesTermRef": _ref(term), "PaymentMethodRef": _ref(visa)}
    made = us.create("Customer", {"DisplayName": fresh("C"), **refs})
    assert (made["SalesTermRef"]["name"], made["PaymentMethodRef"]["name"]) == ("Net 30", "Visa")


def test_a_job_stands_below_its_customer_and_moves_with_it(us: Company) -> None:
    parent = us.create("Customer", {"DisplayName": fresh("Parent")})
    job = _job(us, parent)
    below = _job(us, job, BillWithParent=True)
    assert (job["Job"], job["Level"], below["Level"]) == (True, 1, 2)
    assert below["FullyQualifiedName"] == f"{parent['DisplayName']}:{job['DisplayName']}:{below['DisplayName']}"
    renamed = us.create("Customer", {**parent, "DisplayName": fresh("Renamed")})
    assert us.read("Customer", below["Id"])["FullyQualifiedName"].startswith(f"{renamed['DisplayName']}:")
    found = us.query(f"select * from Customer where ParentRef = '{parent['Id']}'")["Customer"]
    assert [row["Id"] for row in found] == [job["Id"]]


def test_two_customers_may_each_have_a_job_of_one_name(us: Company) -> None:
    first, second = (us.create("Customer", {"DisplayName": fresh("P")}) for _ in range(2))
    name = fresh("Kitchen")
    for parent in (first, second):
        _job(us, parent, DisplayName=name)
    again = {"DisplayName": name, "Job": True, "ParentRef": _ref(first)}
    assert us.fault(us.post("customer", again))["code"] == "6240"


def test_six_levels_of_jobs_are_too_many(us: Company) -> None:
    made = us.create("Customer", {"DisplayName": fresh("P")})
    for _ in range(4):
        made = _job(us, made)
    sixth = {"DisplayName": fresh("Job"), "Job": True, "ParentRef": _ref(made)}
    assert us.fault(us.post("customer", sixth))["code"] == "6180"


@pytest.mark.parametrize(
    ("label", "body", "code"),
    [
        ("no name", {"Notes": "nobody"}, "6080"),
        ("a name a vendor has", {"DisplayName": "Staples"}, "6240"),
        ("a colon in the name", {"DisplayName": "a:b"}, "2040"),
        ("a job of nobody", {"DisplayName": "J", "Job": True}, "6150"),
        ("a parent that is not there", {"DisplayName": "J", "ParentRef": {"value": "99999"}}, "2500"),
        ("a malformed address", {"DisplayName": "J", "PrimaryEmailAddr": {"Address": "nobody"}}, "2210"),
        ("a malformed page", {"DisplayName": "J", "WebAddr": {"URI": "no page"}}, "2200"),
        ("a term that is not there", {"DisplayName": "J", "SalesTermRef": {"value": "399"}}, "2500"),
        ("another currency", {"DisplayName": "J", "CurrencyRef": {"value": "EUR"}}, "6000"),
        ("a long title", {"DisplayName": "J", "Title": "x" * 17}, "2050"),
        ("an unknown way to deliver", {"DisplayName": "J", "PreferredDeliveryMethod": "Pigeon"}, "2170"),
        ("an unknown property", {"DisplayName": "J", "Colour": "red"}, "2010"),
    ],
)
def test_a_wrong_customer_is_refused(us: Company, label: str, body: Json, code: str) -> None:
    assert us.fault(us.post("customer", body))["code"] == code


def test_a_customer_given_up_frees_its_name_and_takes_no_more_jobs(us: Company) -> None:
    name = fresh("Gone")
    gone = _inactive(us, "Customer", us.create("Customer", {"DisplayName": name}))
    assert (gone["Active"], gone["DisplayName"], gone["FullyQualifiedName"]) == (False, *[f"{name} (deleted)"] * 2)
    us.create("Customer", {"DisplayName": name})
    late = {"DisplayName": fresh("Job"), "Job": True, "ParentRef": _ref(gone)}
    assert us.fault(us.post("customer", late))["code"] == "610"
    back = {**{key: gone[key] for key in ("Id", "SyncToken")}, "sparse": True, "Active": True, "DisplayName": name}
    assert us.fault(us.post("customer", back))["code"] == "6240"
    assert us.create("Customer", {**back, "DisplayName": fresh("Back")})["Active"] is True


def test_who_still_owes_or_is_owed_cannot_be_given_up(us: Company) -> None:
    vendor = us.create("Vendor", {"DisplayName": fresh("V")})
    us.create("Bill", {"VendorRef": _ref(vendor), "Line": [us.line("12.5")]})
    owed = us.read("Vendor", vendor["Id"])
    assert owed["Balance"] == 12.5
    answer = us.post("vendor", {"Id": owed["Id"], "SyncToken": owed["SyncToken"], "sparse": True, "Active": False})
    assert us.fault(answer)["code"] == "6220"


def test_with_several_currencies_customers_and_vendors_keep_theirs(us: Company) -> None:
    us.server.control(f"companies/{US}/preferences", {"MultiCurrencyEnabled": True})
    euro = {"value": "EUR", "name": "Euro"}
    for entity in ("Customer", "Vendor"):
        made = us.create(entity, {"DisplayName": fresh("E"), "CurrencyRef": {"value": "EUR"}})
        assert made["CurrencyRef"] == euro
        head = {name: made[name] for name in ("Id", "SyncToken")}
        changed = us.create(entity, {**head, "sparse": True, "CurrencyRef": {"value": "GBP"}})
        assert changed["CurrencyRef"] == euro
        unlisted = {"DisplayName": fresh("E"), "CurrencyRef": {"value": "SEK"}}
        assert us.fault(us.post(entity.lower(), unlisted))["code"] == "2500"


def test_an_employee_is_named_by_the_parts_and_hides_the_number(us: Company) -> None:
    family = fresh("Fox")
    told = {
        **{"GivenName": "Jenny", "FamilyName": family, "BillRate": 115, "Gender": "Female", "EmployeeNumber": "E-7"},
        **{"HiredDate": "2026-02-01", "PrimaryAddr": {"Line1": "45 Elm"}, "Organization": False},
    }
    made = us.create("Employee", {**told, "SSN": "123-45-6789"})
    assert made["DisplayName"] == made["PrintOnCheckName"] == f"Jenny {family}"
    assert (made["SSN"], made["BillableTime"], made["BillRate"]) == ("XXX-XX-XXXX", False, 115)
    found = us.query(f"select * from Employee where FamilyName = '{family}'")["Employee"]
    assert found == [made]
    taken = {"DisplayName": made["DisplayName"]}
    assert us.fault(us.post("vendor", taken))["Detail"].endswith(f"Id={made['Id']}")

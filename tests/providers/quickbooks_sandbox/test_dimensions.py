"""Classes on lines, locations on headers, and the lists behind them."""

from __future__ import annotations

import pytest

from .client import US, Company, Json, fresh

LISTS = [("Class", "SubClass"), ("Department", "SubDepartment")]


def _named(company: Company, entity: str, name: str) -> Json:
    return dict(company.query(f"select * from {entity} where Name = '{name}'")[entity][0])


def _prefer(company: Company, **wanted: object) -> Json:
    path = f"companies/{company.realm}/preferences"
    return dict(company.server.control(path, wanted)["Preferences"]["AccountingInfoPrefs"])


def _detail(made: Json) -> Json:
    return dict(made["Line"][0]["AccountBasedExpenseLineDetail"])


def test_one_company_tracks_classes_and_locations_and_the_other_neither(us: Company, uk: Company) -> None:
    ours, theirs = (each.call("GET", "preferences").json()["Preferences"]["AccountingInfoPrefs"] for each in (us, uk))
    assert (ours["ClassTrackingPerTxn"], ours["ClassTrackingPerTxnLine"]) == (False, True)
    assert (ours["TrackDepartments"], ours["DepartmentTerminology"]) == (True, "Location")
    assert (theirs["ClassTrackingPerTxnLine"], theirs["TrackDepartments"]) == (False, False)
    assert "DepartmentTerminology" not in theirs


def test_the_company_begins_with_three_classes_and_two_locations(us: Company) -> None:
    assert {"Product", "Sales", "Operations"} <= {row["Name"] for row in us.server.stored("Class")}
    assert {"New York", "Boston"} <= {row["Name"] for row in us.server.stored("Department")}


def test_ids_of_classes_have_nineteen_digits(us: Company) -> None:
    made = us.create("Class", {"Name": fresh("C")})
    assert len(made["Id"]) == 19
    assert us.read("Class", made["Id"]) == made
    assert us.query(f"select * from Class where Id = '{made['Id']}'")["Class"] == [made]


def test_a_charge_carries_a_class_per_line_and_one_location(us: Company) -> None:
    product, sales = _named(us, "Class", "Product"), _named(us, "Class", "Sales")
    boston = _named(us, "Department", "Boston")
    lines = [us.line("10", detail={"ClassRef": {"value": each["Id"]}}) for each in (product, sales)]
    made = us.create("Purchase", us.charge(Line=[*lines, us.line("5")], DepartmentRef={"value": boston["Id"]}))
    assert made["DepartmentRef"] == {"value": boston["Id"], "name": "Boston"}
    details = [line["AccountBasedExpenseLineDetail"] for line in made["Line"]]
    assert [detail.get("ClassRef") for detail in details] == [
        {"value": product["Id"], "name": "Product"},
        {"value": sales["Id"], "name": "Sales"},
        None,
    ]
    assert us.read("Purchase", made["Id"]) == made


def test_a_sparse_update_keeps_the_location_and_a_full_one_clears_it(us: Company) -> None:
    boston = {"value": _named(us, "Department", "Boston")["Id"]}
    made = us.create("Purchase", us.charge(DepartmentRef=boston))
    kept = {name: made[name] for name in ("Id", "PaymentType", "AccountRef")}
    after = us.create("Purchase", {**kept, "SyncToken": "0", "sparse": True, "PrivateNote": "x"})
    assert after["DepartmentRef"]["name"] == "Boston"
    assert "DepartmentRef" not in us.create("Purchase", us.charge(Id=made["Id"], SyncToken="1"))


@pytest.mark.parametrize(("entity", "flag"), LISTS)
def test_a_list_nests_and_a_rename_moves_what_is_below(us: Company, entity: str, flag: str) -> None:
    parent = us.create(entity, {"Name": fresh("P")})
    assert (parent[flag], parent["FullyQualifiedName"]) == (False, parent["Name"])
    child = us.create(entity, {"Name": "Child", flag: True, "ParentRef": {"value": parent["Id"]}})
    assert child["FullyQualifiedName"] == f"{parent['Name']}:Child"
    assert child["ParentRef"] == {"value": parent["Id"]}
    name = fresh("R")
    us.create(entity, {"Id": parent["Id"], "SyncToken": "0", "sparse": True, "Name": name})
    assert us.read(entity, child["Id"])["FullyQualifiedName"] == f"{name}:Child"


@pytest.mark.parametrize(("entity", "flag"), LISTS)
def test_a_list_has_five_levels_and_no_circles(us: Company, entity: str, flag: str) -> None:
    row = top = us.create(entity, {"Name": fresh("L")})
    for _ in range(4):
        row = us.create(entity, {"Name": fresh("L"), flag: True, "ParentRef": {"value": row["Id"]}})
    under = {"Name": fresh("L"), flag: True, "ParentRef": {"value": row["Id"]}}
    assert us.fault(us.post(entity.lower(), under))["code"] == "6180"
    circle = {"Id": top["Id"], "SyncToken": "0", "sparse": True, "ParentRef": {"value": row["Id"]}}
    assert us.fault(us.post(entity.lower(), circle))["code"] == "6150"


@pytest.mark.parametrize(("entity", "flag"), LISTS)
def test_names_are_unique_among_siblings_only(us: Company, entity: str, flag: str) -> None:
    one, two = us.create(entity, {"Name": fresh("S")}), us.create(entity, {"Name": fresh("S")})
    fault = us.fault(us.post(entity.lower(), {"Name": f" {one['Name'].upper()} "}))
    assert fault["code"] == "6240"
    assert fault["Detail"].endswith(f"Id={one['Id']}")
    for parent in (one, two):
        us.create(entity, {"Name": "Same", flag: True, "ParentRef": {"value": parent["Id"]}})
    again = {"Name": "Same", flag: True, "ParentRef": {"value": two["Id"]}}
    assert us.fault(us.post(entity.lower(), again))["code"] == "6240"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "2020"),
        ({"Name": "a:b"}, "2040"),
        ({"Name": "x" * 101}, "2050"),
        ({"Name": "T", "Colour": "red"}, "2010"),
        ({"Name": "T", "ParentRef": {"value": "99999"}}, "2500"),
    ],
)
@pytest.mark.parametrize("entity", ["Class", "Department"])
def test_a_wrong_row_of_a_list_is_refused(us: Company, entity: str, body: Json, code: str) -> None:
    assert us.fault(us.post(entity.lower(), body))["code"] == code


@pytest.mark.parametrize(("entity", "flag"), LISTS)
def test_what_is_made_inactive_gives_its_name_free_and_is_refused_on_charges(
    us: Company, entity: str, flag: str
) -> None:
    name = fresh("Gone")
    made = us.create(entity, {"Name": name})
    off = us.create(entity, {"Id": made["Id"], "SyncToken": "0", "sparse": True, "Active": False})
    assert (off["Name"], off["Active"]) == (f"{name} (deleted)", False)
    us.create(entity, {"Name": name})
    assert us.query(f"select count(*) from {entity} where Name like '{name}%'") == {"totalCount": 1}
    assert us.query(f"select count(*) from {entity} where Name like '{name}%' and Active in (true, false)") == {
        "totalCount": 2
    }
    ref = {"value": made["Id"]}
    change = {"DepartmentRef": ref} if entity == "Department" else {"Line": [us.line(detail={"ClassRef": ref})]}
    fault = us.fault(us.post("purchase", us.charge(**change)))
    assert fault["code"] == "610"
    assert "made inactive" in fault["Detail"]


def test_unknown_classes_and_locations_are_named_as_quickbooks_names_them(us: Company) -> None:
    wrong = us.charge(Line=[us.line(detail={"ClassRef": {"value": "7"}})])
    assert us.fault(us.post("purchase", wrong))["Detail"] == "Invalid Reference Id : Klasses element id 7 not found"
    wrong = us.charge(DepartmentRef={"value": "77"})
    assert us.fault(us.post("purchase", wrong))["Detail"] == "Invalid Reference Id : Depts element id 77 not found"


def test_lists_are_not_deleted(us: Company) -> None:
    made = us.create("Class", {"Name": fresh("C")})
    assert us.fault(us.delete("Class", made))["code"] == "500"


def test_what_is_not_tracked_is_5020(uk: Company) -> None:
    line = uk.line(detail={"ClassRef": {"value": "1"}})
    wrong = {"ClassRef": uk.charge(Line=[line]), "DepartmentRef": uk.charge(DepartmentRef={"value": "1"})}
    for element, body in wrong.items():
        fault = uk.fault(uk.post("purchase", body))
        assert (fault["code"], fault["element"]) == ("5020", element)
    assert uk.fault(uk.post("class", {"Name": "C"}))["code"] == "5020"
    assert "Department" not in uk.query("select * from Department where Name = 'No such place'")


def test_a_smaller_plan_has_neither_whatever_the_preferences_say(us: Company) -> None:
    _prefer(us, OfferingSku="QuickBooks Online Essentials")
    info = us.call("GET", f"companyinfo/{US}").json()["CompanyInfo"]
    assert {"Name": "OfferingSku", "Value": "QuickBooks Online Essentials"} in info["NameValue"]
    assert us.fault(us.post("class", {"Name": fresh("C")}))["code"] == "5020"
    _prefer(us, OfferingSku="QuickBooks Online Advanced")
    us.create("Class", {"Name": fresh("C")})


def test_the_control_plane_turns_tracking_on_and_off(uk: Company) -> None:
    on = _prefer(uk, ClassTrackingPerTxn=True, TrackDepartments=True, DepartmentTerminology="Store")
    assert (on["ClassTrackingPerTxn"], on["DepartmentTerminology"]) == (True, "Store")
    made = uk.create("Class", {"Name": fresh("C")})
    charge = uk.charge(Line=[uk.line(detail={"ClassRef": {"value": made["Id"]}})])
    assert _detail(uk.create("Purchase", charge))["ClassRef"]["name"] == made["Name"]
    other = _prefer(uk, ClassTrackingPerTxnLine=True)
    assert (other["ClassTrackingPerTxn"], other["ClassTrackingPerTxnLine"]) == (False, True)
    off = _prefer(uk, ClassTrackingPerTxnLine=False, TrackDepartments=False)
    assert "DepartmentTerminology" not in off
    assert uk.fault(uk.post("purchase", charge))["code"] == "5020"

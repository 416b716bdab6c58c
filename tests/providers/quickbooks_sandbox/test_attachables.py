"""Notes and links (§9.11): what hangs where, and what becomes of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from .client import Company, Json, Server, fresh
from .uploads import PDF, upload

VENDOR = {"type": "Vendor", "value": "1"}


def hung_on(entity: str, made: Json) -> Json:
    return {"EntityRef": {"type": entity, "value": made["Id"]}, "IncludeOnSend": False}


@pytest.fixture
def charge(us: Company) -> Json:
    return us.create("Purchase", us.charge())


def note(us: Company, *references: Json, **more: object) -> Json:
    return us.create("Attachable", {"Note": "Seen by Ann", "AttachableRef": list(references), **more})


def found(us: Company, entity: str, number: str) -> list[str]:
    statement = (
        f"select * from attachable where AttachableRef.EntityRef.Type = '{entity}'"
        f" and AttachableRef.EntityRef.value = '{number}'"
    )
    return [row["Id"] for row in us.query(statement).get("Attachable", [])]


def test_a_note_hangs_on_what_it_names_and_is_found_by_it(us: Company, charge: Json) -> None:
    made = note(us, hung_on("Purchase", charge))
    assert us.read("Attachable", made["Id"]) == made
    assert (made["Note"], made["SyncToken"]) == ("Seen by Ann", "0")
    assert made["AttachableRef"] == [hung_on("Purchase", charge)]
    assert not {"FileName", "Size", "FileAccessUri", "TempDownloadUri"} & made.keys()
    assert found(us, "Purchase", charge["Id"]) == [made["Id"]]
    assert found(us, "purchase", charge["Id"]) == [made["Id"]]
    assert found(us, "Vendor", charge["Id"]) == []


def test_one_attachment_hangs_on_several_things_and_is_found_by_each(us: Company, charge: Json) -> None:
    other = us.create("Transfer", us.transfer())
    made = note(us, hung_on("Purchase", charge), hung_on("Transfer", other))
    assert found(us, "Transfer", other["Id"]) == found(us, "Purchase", charge["Id"]) == [made["Id"]]


@pytest.mark.parametrize("sparse", [False, True], ids=["full", "sparse"])
def test_an_update_is_always_the_whole_and_replaces_the_list(us: Company, charge: Json, sparse: bool) -> None:
    other = us.create("Purchase", us.charge())
    made = note(us, hung_on("Purchase", charge), Category="Receipt")
    body = {"Id": made["Id"], "SyncToken": "0", "Note": "Other", "AttachableRef": [hung_on("Purchase", other)]}
    after = us.create("Attachable", {**body, "sparse": sparse})
    assert (after["SyncToken"], after["Note"], "Category" in after) == ("1", "Other", False)
    assert (found(us, "Purchase", charge["Id"]), found(us, "Purchase", other["Id"])) == ([], [made["Id"]])


def test_a_file_keeps_its_bytes_and_size_through_an_update_that_names_neither(us: Company, charge: Json) -> None:
    (result,) = upload(us, ({}, "receipt.pdf", PDF))
    made = result["Attachable"]
    body = {"Id": made["Id"], "SyncToken": "0", "AttachableRef": [hung_on("Purchase", charge)]}
    after = us.create("Attachable", body)
    assert (after["FileName"], after["Size"], after["ContentType"]) == ("receipt.pdf", len(PDF), "application/pdf")
    assert found(us, "Purchase", charge["Id"]) == [made["Id"]]


def test_what_was_read_may_be_sent_back_as_it_is(us: Company, charge: Json) -> None:
    (result,) = upload(us, ({"AttachableRef": [hung_on("Purchase", charge)]}, "receipt.pdf", PDF))
    made = result["Attachable"]
    assert us.create("Attachable", made)["SyncToken"] == "1"


@pytest.mark.parametrize(
    ("body", "code", "element"),
    [
        ({}, "6000", ""),
        ({"FileName": "a.pdf", "ContentType": "application/pdf"}, "6000", ""),
        ({"Note": "x", "Category": "Invoice"}, "2170", "Category"),
        ({"Note": "x" * 2001}, "2050", "Note"),
        ({"Note": "x", "FileName": "x" * 1001}, "2050", "FileName"),
        ({"Note": "x", "Content-Type": "application/pdf"}, "2010", "Content-Type"),
        ({"Note": "x", "AttachableRef": {"EntityRef": {}}}, "2120", "AttachableRef"),
        ({"Note": "x", "AttachableRef": [{"Entity": {}}]}, "2010", "Entity"),
        ({"Note": "x", "AttachableRef": [{"EntityRef": {"type": "Account", "value": "1"}}]}, "6050", "EntityRef"),
        ({"Note": "x", "AttachableRef": [{"EntityRef": {"type": "Receipt", "value": "1"}}]}, "6050", "EntityRef"),
        ({"Note": "x", "AttachableRef": [{"EntityRef": {"type": "Bill", "value": "99999"}}]}, "2500", "EntityRef"),
        ({"Note": "x", "AttachableRef": [{"EntityRef": {"type": "Bill", "value": "B-1"}}]}, "2030", "EntityRef"),
        *(
            ({"Note": "x", "AttachableRef": [{"EntityRef": wrong}]}, "2120", "EntityRef")
            for wrong in ("x", " ", -1, 1.5, True, [None], {"type": "Bill", "value": [1]})
        ),
        *(({"Note": "x", "AttachableRef": wrong}, "2120", "AttachableRef") for wrong in ("x", 0, True, [None], [[]])),
        *(
            ({"Note": "x", "AttachableRef": [{"EntityRef": VENDOR, "IncludeOnSend": wrong}]}, "2230", "IncludeOnSend")
            for wrong in ("x", " ", 0, [], {})
        ),
    ],
)
def test_an_attachment_that_says_nothing_or_hangs_nowhere_is_refused(
    us: Company, body: Json, code: str, element: str
) -> None:
    fault = us.fault(us.post("attachable", body))
    assert (fault["code"], fault["element"]) == (code, element)


def test_empty_values_of_a_client_that_sends_every_property_are_none(us: Company, charge: Json) -> None:
    reference = {**hung_on("Purchase", charge), "LineInfo": None, "Inactive": False, "NoRefOnly": False}
    made = note(us, {**reference, "CustomField": []}, FileName=None, Category="", Lat=None, Size=None)
    assert found(us, "Purchase", charge["Id"]) == [made["Id"]]


def test_a_deleted_attachment_is_gone(us: Company, charge: Json) -> None:
    (result,) = upload(us, ({"AttachableRef": [hung_on("Purchase", charge)]}, "receipt.pdf", PDF))
    made = result["Attachable"]
    answer = us.delete("Attachable", made)
    assert answer.json()["Attachable"] == {"status": "Deleted", "domain": "QBO", "Id": made["Id"]}
    assert found(us, "Purchase", charge["Id"]) == []
    assert us.fault(us.call("GET", f"attachable/{made['Id']}"))["code"] == "610"
    assert us.fault(us.call("GET", f"download/{made['Id']}"))["code"] == "610"


def test_it_outlives_the_transaction_and_hangs_on_nothing_then(us: Company, charge: Json) -> None:
    made = note(us, hung_on("Purchase", charge))
    us.delete("Purchase", charge)
    assert us.read("Attachable", made["Id"])["AttachableRef"] == []
    assert found(us, "Purchase", charge["Id"]) == []


def test_its_link_may_be_kept_and_the_code_of_a_missing_target_chosen(own: Callable[..., Server]) -> None:
    us = own(SANDBOX_ORPHAN_LINKS="shown", SANDBOX_ATTACH_MISSING="610").company()
    charge = us.create("Purchase", us.charge())
    made = note(us, hung_on("Purchase", charge))
    us.delete("Purchase", charge)
    assert us.read("Attachable", made["Id"])["AttachableRef"] == [hung_on("Purchase", charge)]
    assert found(us, "Purchase", charge["Id"]) == [made["Id"]]
    body = {"Note": "x", "AttachableRef": [hung_on("Purchase", charge)]}
    assert us.fault(us.post("attachable", body))["code"] == "610"
    # What is echoed back hangs where it hung.
    assert us.create("Attachable", made)["AttachableRef"] == [hung_on("Purchase", charge)]


def test_files_are_found_by_name_and_counted(us: Company) -> None:
    name = fresh("Receipt") + ".pdf"
    upload(us, ({"FileName": name}, "", PDF), ({"FileName": name}, "", PDF))
    assert len(us.query(f"select * from Attachable where FileName = '{name}' orderby Id")["Attachable"]) == 2
    assert us.query(f"select count(*) from Attachable where FileName like '{name[:-4]}%'")["totalCount"] == 2


@pytest.mark.parametrize("sent", [True, "true", "True", "TRUE"])
def test_a_boolean_may_be_spelled_as_other_languages_do(us: Company, charge: Json, sent: object) -> None:
    made = note(us, {**hung_on("Purchase", charge), "IncludeOnSend": sent})
    assert made["AttachableRef"][0]["IncludeOnSend"] is True

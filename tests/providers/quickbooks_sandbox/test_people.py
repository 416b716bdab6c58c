"""A person behind our back (§11): what an app finds changed, and hears of."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal

import pytest
import requests

from .client import US, Company, Json, Server, fresh
from .listening import VERIFIER, Listener, listening, until
from .selling import stock


@pytest.fixture
def listener(sandbox: Server) -> Iterator[Listener]:
    with listening() as found:
        made = sandbox.control("webhooks", {"url": found.url, "verifier": VERIFIER})["webhook"]
        yield found
        sandbox.control(f"webhooks/{made['id']}", method="DELETE")


def person(us: Company, act: str, entity: str, made: Json, **more: object) -> Json:
    body = {"act": act, "entity": entity, "id": made["Id"], **more}
    return dict(us.server.control(f"companies/{us.realm}/human", body)[entity])


def vendor(us: Company) -> Json:
    return us.create("Vendor", {"DisplayName": fresh("Vendor")})


def billed(us: Company, owner: Json, amount: int = 30) -> Json:
    return us.create("Bill", {"VendorRef": {"value": owner["Id"]}, "Line": [us.line(amount)]})


def test_an_edit_makes_what_the_app_holds_stale(us: Company, listener: Listener) -> None:
    made = us.create("Purchase", us.charge(PrivateNote="mine", DocNumber=fresh("D")))
    after = person(us, "edit", "Purchase", made, changes={"PrivateNote": "theirs"})
    assert (after["SyncToken"], after["PrivateNote"], after["DocNumber"]) == ("1", "theirs", made["DocNumber"])
    assert us.read("Purchase", made["Id"]) == after
    assert us.fault(us.delete("Purchase", made))["code"] == "5010"
    until(lambda: listener.told("Purchase", made["Id"]) == ["Create", "Update"])


def test_a_rename_keeps_the_id_and_a_deactivation_marks_the_name(us: Company, listener: Listener) -> None:
    made, name = vendor(us), fresh("Renamed")
    assert person(us, "rename", "Vendor", made, name=name)["DisplayName"] == name
    gone = person(us, "deactivate", "Vendor", made)
    assert (gone["DisplayName"], gone["Active"], gone["SyncToken"]) == (f"{name} (deleted)", False, "2")
    assert us.fault(us.post("purchase", us.charge(EntityRef={"value": made["Id"], "type": "Vendor"})))["code"] == "610"
    assert person(us, "activate", "Vendor", made)["Active"] is True
    until(lambda: listener.told("Vendor", made["Id"]) == ["Create", *["Update"] * 3])


def test_a_deletion_leaves_nothing_to_read(us: Company, listener: Listener) -> None:
    made = us.create("Purchase", us.charge())
    assert person(us, "delete", "Purchase", made)["status"] == "Deleted"
    assert us.fault(us.call("GET", f"purchase/{made['Id']}"))["code"] == "610"
    until(lambda: listener.told("Purchase", made["Id"]) == ["Create", "Delete"])


@pytest.mark.parametrize(
    ("note", "after"), [({"PrivateNote": "Paper"}, "Voided - Paper"), ({}, "Voided")], ids=["a note", "none"]
)
def test_a_void_no_app_could_make_reads_as_zero_and_says_so(
    us: Company, listener: Listener, note: Json, after: str
) -> None:
    before = us.postings()
    made = us.create("Purchase", us.charge(Line=[us.line(10), us.line(20)], **note))
    voided = person(us, "void", "Purchase", made)
    assert (voided["TotalAmt"], voided["PrivateNote"], voided["SyncToken"]) == (0, after, "1")
    assert [line["Amount"] for line in voided["Line"]] == [0, 0]
    assert us.moved(before) == {}
    until(lambda: listener.told("Purchase", made["Id"]) == ["Create", "Void"])


def test_a_voided_bill_is_open_no_more(us: Company) -> None:
    bill = billed(us, vendor(us))
    voided = person(us, "void", "Bill", bill)
    assert (voided["TotalAmt"], voided["Balance"], voided["PrivateNote"]) == (0, 0, "Voided")


@pytest.mark.parametrize("entity", ["Transfer", "JournalEntry", "BillPayment"])
def test_whatever_was_booked_can_be_voided_and_moves_nothing_then(us: Company, entity: str) -> None:
    owner = vendor(us)
    bill = billed(us, owner)
    before = us.postings()
    detail = [("Debit", "6110"), ("Credit", "6120")]
    bodies: dict[str, Json] = {
        "Transfer": us.transfer(),
        "JournalEntry": {
            "Line": [
                {
                    "Amount": 5,
                    "DetailType": "JournalEntryLineDetail",
                    "JournalEntryLineDetail": {"PostingType": side, "AccountRef": us.ref(number)},
                }
                for side, number in detail
            ]
        },
        "BillPayment": {
            "VendorRef": {"value": owner["Id"]},
            "PayType": "Check",
            "TotalAmt": 30,
            "CheckPayment": {"BankAccountRef": us.ref("1010")},
            "Line": [{"Amount": 30, "LinkedTxn": [{"TxnId": bill["Id"], "TxnType": "Bill"}]}],
        },
    }
    made = us.create(entity, bodies[entity])
    assert us.moved(before)
    person(us, "void", entity, made)
    assert us.moved(before) == {}
    assert us.read("Bill", bill["Id"])["Balance"] == 30


def test_a_merge_gives_all_that_named_the_one_to_the_other(us: Company, listener: Listener) -> None:
    loser, winner = vendor(us), vendor(us)
    bill = billed(us, loser)
    charge = us.create("Purchase", us.charge(EntityRef={"value": loser["Id"], "type": "Vendor"}))
    reference = {"EntityRef": {"type": "Vendor", "value": loser["Id"]}}
    note = us.create("Attachable", {"Note": "W-9", "AttachableRef": [reference]})
    before = us.postings()
    after = person(us, "merge", "Vendor", loser, into=winner["Id"])
    assert (after["Id"], after["SyncToken"], after["Balance"]) == (winner["Id"], "1", 30)
    assert us.moved(before) == {}
    named = us.read("Bill", bill["Id"])
    assert (named["VendorRef"]["value"], named["SyncToken"]) == (winner["Id"], "0")
    assert us.read("Purchase", charge["Id"])["EntityRef"]["value"] == winner["Id"]
    assert us.read("Attachable", note["Id"])["AttachableRef"][0]["EntityRef"]["value"] == winner["Id"]
    assert us.fault(us.call("GET", f"vendor/{loser['Id']}"))["code"] == "610"
    found = us.query(f"select * from Bill where VendorRef = '{winner['Id']}'")["Bill"]
    assert [row["Id"] for row in found] == [bill["Id"]]
    merges = until(lambda: [row for row in listener.events() if row["operation"] == "Merge"])
    assert [(row["id"], row["deletedId"]) for row in merges] == [(winner["Id"], loser["Id"])]
    assert listener.told("Vendor", loser["Id"]) == ["Create"]


def test_a_merged_customer_of_the_same_number_is_another_than_a_vendor(us: Company) -> None:
    loser, winner = (us.create("Customer", {"DisplayName": fresh("Customer")}) for _ in range(2))
    line = us.line(detail={"CustomerRef": {"value": loser["Id"]}})
    charge = us.create("Purchase", us.charge(Line=[line]))
    person(us, "merge", "Customer", loser, into=winner["Id"])
    detail = us.read("Purchase", charge["Id"])["Line"][0]["AccountBasedExpenseLineDetail"]
    assert detail["CustomerRef"]["value"] == winner["Id"]


def test_merged_accounts_add_up(us: Company) -> None:
    made = [{"Name": fresh("Travel"), "AccountType": "Expense", "AcctNum": fresh("")[-7:]} for _ in range(2)]
    loser, winner = (us.create("Account", body) for body in made)
    for account in (loser, winner):
        line = {**us.line(10), "AccountBasedExpenseLineDetail": {"AccountRef": {"value": account["Id"]}}}
        us.create("Purchase", us.charge(Line=[line]))
    assert person(us, "merge", "Account", loser, into=winner["Id"])["SyncToken"] == "1"
    rows = us.server.control(f"companies/{US}/balances", method="GET")["accounts"]
    assert next(Decimal(row["postings"]) for row in rows if row["Id"] == winner["Id"]) == 20
    assert loser["Id"] not in [row["Id"] for row in rows]


def test_money_that_waits_on_a_merged_account_waits_on_the_other(us: Company) -> None:
    kind = {"AccountType": "Other Current Asset", "AccountSubType": "UndepositedFunds"}
    loser, winner = (us.create("Account", {"Name": fresh("Till"), **kind}) for _ in range(2))
    owner = {"value": us.create("Customer", {"DisplayName": fresh("Customer")})["Id"]}
    held = {"CustomerRef": owner, "TotalAmt": 40, "DepositToAccountRef": {"value": loser["Id"]}}
    payment = us.create("Payment", held)
    person(us, "merge", "Account", loser, into=winner["Id"])
    named = us.read("Payment", payment["Id"])
    assert named["DepositToAccountRef"] == {"value": winner["Id"]}
    line = {"Amount": 40, "LinkedTxn": [{"TxnId": payment["Id"], "TxnType": "Payment"}]}
    us.create("Deposit", {"DepositToAccountRef": us.ref("1010"), "Line": [line]})
    assert us.read("Account", winner["Id"])["CurrentBalance"] == 0


def test_a_merge_reaches_what_is_to_be_written_on_a_schedule(us: Company) -> None:
    loser, winner = vendor(us), vendor(us)
    schedule = {"Name": fresh("Rent"), "RecurType": "UnScheduled"}
    form = {"VendorRef": {"value": loser["Id"]}, "Line": [us.line("30.00")], "RecurringInfo": schedule}
    made = us.create("RecurringTransaction", {"Bill": form})["Bill"]
    person(us, "merge", "Vendor", loser, into=winner["Id"])
    assert us.read("RecurringTransaction", made["Id"])["Bill"]["VendorRef"]["value"] == winner["Id"]


def test_a_count_of_stock_that_is_voided_moves_nothing(us: Company) -> None:
    product = stock(us)
    # The count took the Id before the next one.
    number = int(us.create("Transfer", us.transfer())["Id"]) - 1
    before = us.postings()
    assert us.read("Item", product)["QtyOnHand"] == 10
    us.server.control(f"companies/{US}/human", {"act": "void", "entity": "InventoryQtyAdjust", "id": str(number)})
    assert us.read("Item", product)["QtyOnHand"] == 0
    assert us.moved(before) == {"Stock": "-25.00", "3000": "25.00"}


def test_a_merged_name_may_stay_as_inactive_and_the_documents_be_touched(own: Callable[..., Server]) -> None:
    us = own(SANDBOX_MERGED_NAMES="inactive", SANDBOX_MERGE_TOUCHES="documents").company()
    loser, winner = vendor(us), vendor(us)
    bill = billed(us, loser)
    person(us, "merge", "Vendor", loser, into=winner["Id"])
    gone = us.read("Vendor", loser["Id"])
    assert (gone["Active"], gone["DisplayName"]) == (False, f"{loser['DisplayName']} (deleted)")
    assert us.read("Bill", bill["Id"])["SyncToken"] == "1"


def test_books_closed_by_a_person_are_closed_to_all(us: Company) -> None:
    made = us.create("Purchase", us.charge(TxnDate="2026-03-01"))
    us.server.touched.add(f"companies/{US}/preferences")
    shown = us.server.control(f"companies/{US}/human", {"act": "close-books", "date": "2026-06-30"})
    assert shown["Preferences"]["AccountingInfoPrefs"]["BookCloseDate"] == "2026-06-30"
    assert us.fault(us.delete("Purchase", made))["code"] == "6210"


@pytest.mark.parametrize(
    "body",
    [
        {"act": "dance"},
        {"act": "edit", "entity": "Nothing", "id": "1"},
        {"act": "edit", "entity": "Purchase", "id": "99999"},
        {"act": "edit", "entity": "Vendor", "id": "1", "changes": {"Colour": "red"}},
        {"act": "void", "entity": "Vendor", "id": "1"},
        {"act": "merge", "entity": "Vendor", "id": "1", "into": "1"},
        {"act": "merge", "entity": "Vendor", "id": "1"},
        {"act": "rename", "entity": "Vendor", "id": "1"},
    ],
)
def test_what_nobody_could_do_is_explained_and_changes_nothing(us: Company, body: Json) -> None:
    before = us.server.stored("Vendor")
    answer = requests.post(f"{us.server.url}/sandbox/companies/{US}/human", json=body, timeout=5)
    assert (answer.status_code, list(answer.json())) == (400, ["error"])
    assert us.server.stored("Vendor") == before

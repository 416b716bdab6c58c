from __future__ import annotations

import pytest

from .client import UK, US, Company, Json, fresh


def _patch(us: Company, made: Json, **changes: object) -> Json:
    """A sparse update of a purchase that repeats what has to be repeated."""
    kept = {name: made[name] for name in ("Id", "SyncToken", "PaymentType", "AccountRef")}
    return {**kept, "sparse": True, **changes}


def test_each_write_counts_the_sync_token_up(us: Company) -> None:
    made = us.create("Purchase", us.charge())
    assert made["SyncToken"] == "0"
    once = us.create("Purchase", _patch(us, made, PrivateNote="x"))
    assert once["SyncToken"] == "1"
    assert us.create("Purchase", _patch(us, once, PrivateNote="y"))["SyncToken"] == "2"


def test_a_stale_sync_token_is_5010_and_changes_nothing(us: Company) -> None:
    made = us.create("Purchase", us.charge())
    us.create("Purchase", _patch(us, made, PrivateNote="first"))
    fault = us.fault(us.post("purchase", _patch(us, made, PrivateNote="second")))
    assert fault["code"] == "5010"
    assert "working on this at the same time" in fault["Detail"]
    assert us.call("GET", f"purchase/{made['Id']}").json()["Purchase"]["PrivateNote"] == "first"


def test_an_update_without_sync_token_is_2020(us: Company) -> None:
    made = us.create("Purchase", us.charge())
    fault = us.fault(us.post("purchase", us.charge(Id=made["Id"])))
    assert (fault["code"], fault["element"]) == ("2020", "SyncToken")


def test_a_full_update_clears_what_is_absent(us: Company) -> None:
    made = us.create("Purchase", us.charge(Credit=True, PrivateNote="x", DocNumber=fresh("D")))
    after = us.create("Purchase", us.charge(Id=made["Id"], SyncToken="0"))
    assert made["Credit"] is True
    assert not {"Credit", "PrivateNote", "DocNumber"} & set(after)


def test_a_sparse_update_keeps_the_header_and_replaces_the_lines(us: Company) -> None:
    lines = [us.line("10", Description="one"), us.line("20", Description="two")]
    made = us.create("Purchase", us.charge(Line=lines, PrivateNote="kept"))
    kept = us.create("Purchase", _patch(us, made, DocNumber=fresh("D")))
    assert len(kept["Line"]) == 2
    second = {**us.line("25"), "Id": made["Line"][1]["Id"]}
    after = us.create("Purchase", _patch(us, kept, Line=[second, us.line("1")]))
    assert after["PrivateNote"] == "kept"
    assert [line["Id"] for line in after["Line"]] == ["2", "3"]
    assert "Description" not in after["Line"][0]
    assert after["TotalAmt"] == 26
    assert after["sparse"] is False


@pytest.mark.parametrize("name", ["PaymentType", "AccountRef"])
def test_a_sparse_update_of_a_purchase_repeats_what_it_stands_on(us: Company, name: str) -> None:
    patch = _patch(us, us.create("Purchase", us.charge()), PrivateNote="x")
    del patch[name]
    fault = us.fault(us.post("purchase", patch))
    assert (fault["code"], fault["element"]) == ("2020", name)


def test_the_payment_type_stays_as_it_was(us: Company) -> None:
    patch = _patch(us, us.create("Purchase", us.charge()))
    assert us.fault(us.post("purchase", {**patch, "PaymentType": "Cash"}))["code"] == "6000"


def test_a_delete_is_for_good(us: Company) -> None:
    made = us.create("Purchase", us.charge())
    body = {"Id": made["Id"], "SyncToken": "0"}
    answer = us.post("purchase", body, operation="delete").json()["Purchase"]
    assert answer == {"status": "Deleted", "domain": "QBO", "Id": made["Id"]}
    assert us.fault(us.call("GET", f"purchase/{made['Id']}"))["code"] == "610"
    assert us.fault(us.post("purchase", body, operation="delete"))["code"] == "610"


def test_a_purchase_is_sent_back_as_it_was_read(us: Company) -> None:
    made = us.create("Purchase", us.charge())
    for number, params in enumerate(({}, {"operation": "update"}), 1):
        made = us.create("Purchase", {**made, "PrivateNote": f"note {number}"}, **params)
        assert (made["SyncToken"], made["PrivateNote"]) == (str(number), f"note {number}")
        assert made["PurchaseEx"]["any"][0]["value"] == {"Name": "TxnType", "Value": "54"}


def test_a_delete_may_echo_what_is_known_but_not_what_a_purchase_adds(us: Company) -> None:
    made = us.create("Purchase", us.charge())
    fault = us.fault(us.post("purchase", made, operation="delete"))
    assert (fault["code"], fault["element"]) == ("2010", "PurchaseEx")
    assert us.fault(us.post("purchase", {"Id": made["Id"]}, operation="delete"))["element"] == "SyncToken"
    assert us.delete("Purchase", made).status_code == 200


def test_what_was_deleted_can_be_neither_read_updated_nor_deleted(us: Company) -> None:
    made = us.create("Purchase", us.charge())
    us.delete("Purchase", made)
    update = us.post("purchase", us.charge(Id=made["Id"], SyncToken="0"))
    for answer in (us.call("GET", f"purchase/{made['Id']}"), update, us.delete("Purchase", made)):
        assert us.fault(answer)["code"] == "610"
    assert us.query(f"select * from Purchase where Id = '{made['Id']}'") == {}
    assert int(us.create("Purchase", us.charge())["Id"]) > int(made["Id"])


def test_a_full_update_replaces_all_lines_and_gives_new_ones_new_ids(us: Company) -> None:
    lines = [us.line("10", Description="one"), us.line("20", "6230"), us.line("30", "6140")]
    made = us.create("Purchase", us.charge(Line=lines))
    assert [line["Id"] for line in made["Line"]] == ["1", "2", "3"]
    kept = {**us.line("21", "6230"), "Id": "2"}
    after = us.create("Purchase", us.charge(Id=made["Id"], SyncToken="0", Line=[us.line("5"), kept]))
    assert [(line["Id"], line["Amount"]) for line in after["Line"]] == [("4", 5), ("2", 21)]
    assert after["TotalAmt"] == 26


def test_a_refund_that_loses_its_mark_in_a_full_update_becomes_a_charge(uk: Company) -> None:
    before = uk.postings()
    lines = [uk.line("10"), uk.line("2.50", "6230")]
    made = uk.create("Purchase", uk.charge(Credit=True, Line=lines))
    assert made["Credit"] is True
    assert (made["TotalAmt"], made["Line"][0]["Amount"]) == (12.5, 10)
    assert uk.moved(before) == {"2110": "12.50", "6110": "-10.00", "6230": "-2.50"}
    kept = uk.create("Purchase", _patch(uk, made, PrivateNote="x"))
    assert kept["Credit"] is True
    uk.create("Purchase", uk.charge(Id=made["Id"], SyncToken="1", Line=lines))
    assert uk.moved(before) == {"2110": "-12.50", "6110": "10.00", "6230": "2.50"}


def test_only_a_card_takes_a_credit(us: Company) -> None:
    check = us.charge(PaymentType="Check", AccountRef=us.ref("1010"), Credit=True)
    assert us.fault(us.post("purchase", check))["code"] == "6000"


def test_echoing_a_read_into_a_delete_is_refused(us: Company) -> None:
    made = us.create("Purchase", us.charge())
    assert us.fault(us.post("purchase", made, operation="delete"))["element"] == "PurchaseEx"


def test_read_only_properties_are_taken_without_effect(us: Company) -> None:
    made = us.create("Purchase", us.charge(TotalAmt=999, domain="XX", MetaData={"CreateTime": "1999"}))
    assert made["TotalAmt"] == 42.5
    assert made["domain"] == "QBO"


def test_the_answer_names_references_and_fills_defaults(us: Company) -> None:
    made = us.create("Purchase", us.charge(TxnDate=None))
    assert made["AccountRef"] == {"value": us.account("2110"), "name": "Flex Card"}
    assert made["EntityRef"] == {"value": us.vendor("Staples"), "name": "Staples", "type": "Vendor"}
    detail = made["Line"][0]["AccountBasedExpenseLineDetail"]
    assert detail["AccountRef"]["name"] == "Office supplies"
    assert detail["BillableStatus"] == "NotBillable"
    assert detail["TaxCodeRef"] == {"value": "NON"}
    assert made["Line"][0]["Id"] == "1"
    assert made["CurrencyRef"]["value"] == "USD"
    assert made["TxnDate"]
    assert "DocNumber" not in made


def test_a_sub_account_is_named_by_its_path(us: Company) -> None:
    made = us.create("Purchase", us.charge(Line=[us.line(account="6025")]))
    name = made["Line"][0]["AccountBasedExpenseLineDetail"]["AccountRef"]["name"]
    assert name == "Software:Software subscriptions"


def test_an_inactive_vendor_gives_its_name_free(us: Company) -> None:
    name = fresh("Corner Shop")
    for suffix in (" (deleted)", " (deleted-1)"):
        made = us.create("Vendor", {"DisplayName": name})
        body = {"Id": made["Id"], "SyncToken": "0", "sparse": True, "Active": False}
        assert us.create("Vendor", body)["DisplayName"] == name + suffix
    us.create("Vendor", {"DisplayName": name})
    back = {"Id": made["Id"], "SyncToken": "1", "sparse": True, "Active": True, "DisplayName": name}
    assert us.fault(us.post("vendor", back))["code"] == "6240"
    renamed = us.create("Vendor", {**back, "DisplayName": name + " II"})
    assert renamed["Active"] is True


def test_an_inactive_vendor_cannot_be_paid(us: Company) -> None:
    made = us.create("Vendor", {"DisplayName": fresh("Gone")})
    us.create("Vendor", {"Id": made["Id"], "SyncToken": "0", "sparse": True, "Active": False})
    fault = us.fault(us.post("purchase", us.charge(EntityRef={"value": made["Id"], "type": "Vendor"})))
    assert fault["code"] == "610"
    assert "made inactive" in fault["Detail"]


def test_a_renamed_parent_renames_the_path_below(us: Company) -> None:
    parent = us.create("Account", {"Name": fresh("P"), "AccountType": "Expense"})
    child = us.create(
        "Account", {"Name": "Child", "AccountType": "Expense", "SubAccount": True, "ParentRef": {"value": parent["Id"]}}
    )
    name = fresh("R")
    us.create("Account", {"Id": parent["Id"], "SyncToken": "0", "sparse": True, "Name": name})
    after = us.call("GET", f"account/{child['Id']}").json()["Account"]
    assert after["FullyQualifiedName"] == f"{name}:Child"
    assert after["SyncToken"] == "0"


def test_balances_follow_charges_refunds_updates_and_deletes(uk: Company) -> None:
    before = uk.postings()
    made = uk.create("Purchase", uk.charge(Line=[uk.line("10.10"), uk.line("5.05", "6230")]))
    assert uk.moved(before) == {"2110": "-15.15", "6110": "10.10", "6230": "5.05"}
    refund = uk.create("Purchase", uk.charge(Line=[uk.line("0.15")], Credit=True))
    assert uk.moved(before)["2110"] == "-15.00"
    after = uk.create("Purchase", uk.charge(Id=made["Id"], SyncToken="0", Line=[uk.line("7", "6140")]))
    assert uk.moved(before) == {"2110": "-6.85", "6110": "-0.15", "6140": "7.00"}
    for each in (after, refund):
        uk.post("purchase", {"Id": each["Id"], "SyncToken": each["SyncToken"]}, operation="delete")
    assert uk.moved(before) == {}


def test_an_account_tells_its_balance_as_recorded(us: Company) -> None:
    """A card's debt is positive, other liabilities and equity are negative, income and expense read zero."""
    shown = {row.get("AcctNum"): row for row in us.server.stored("Account")}
    visa, payroll, earnings = (shown[number]["CurrentBalance"] for number in ("2120", "2300", "3900"))
    assert (visa, payroll, earnings) == (1284.36, -9120, -92000)
    assert {shown[number]["CurrentBalance"] for number in ("4000", "6010", "5100")} == {0}


def test_company_info_tells_name_country_and_plan(us: Company, uk: Company) -> None:
    info = us.call("GET", f"companyinfo/{US}").json()["CompanyInfo"]
    assert (info["CompanyName"], info["Country"], info["Id"]) == ("Larkfield Inc.", "US", "1")
    assert {"Name": "OfferingSku", "Value": "QuickBooks Online Plus"} in info["NameValue"]
    assert uk.call("GET", f"companyinfo/{UK}").json()["CompanyInfo"]["CompanyName"] == "Larkfield Ltd"


def test_preferences_tell_currency_and_numbering(uk: Company) -> None:
    preferences = uk.call("GET", "preferences").json()["Preferences"]
    assert preferences["CurrencyPrefs"] == {"MultiCurrencyEnabled": False, "HomeCurrency": {"value": "GBP"}}
    assert preferences["AccountingInfoPrefs"]["UseAccountNumbers"] is True

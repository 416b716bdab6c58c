"""How clients in several languages spell addresses, parameters, types and values; each is taken as it is meant."""

from __future__ import annotations

from decimal import Decimal

import pytest
import simplejson

from .client import US, Company, Json, fresh


@pytest.mark.parametrize(
    "address",
    [
        f"companyInfo/{US}",
        f"CompanyInfo/{US}/",
        "Preferences",
        "Vendor/1",
        "VENDOR//1/",
        "taxcode/TAX",
        "TaxCode/NON",
        "Reports/ProfitAndLoss",
        "Query?query=select * from Vendor",
        "CDC?entities=Vendor&ChangedSince={today}",
    ],
)
def test_addresses_are_taken_in_any_case(us: Company, address: str) -> None:
    today = us.call("GET", "preferences").json()["time"][:10]
    assert us.call("GET", address.format(today=today)).status_code == 200


def test_only_the_name_of_a_report_keeps_its_case(us: Company) -> None:
    assert us.fault(us.call("GET", "reports/profitandloss"))["code"] == "5020"


@pytest.mark.parametrize("address", ["taxService/taxCode", "TaxService/TaxCode/", "TAXSERVICE/TAXCODE"])
def test_the_tax_service_is_found_in_any_case(us: Company, address: str) -> None:
    assert us.fault(us.post(address, {"TaxCode": ""}))["code"] == "2020"


@pytest.mark.parametrize("name", ["requestid", "requestId", "RequestID"])
def test_a_request_id_is_one_however_it_is_spelled(us: Company, name: str) -> None:
    key, body = fresh("key"), {"DisplayName": fresh("V")}
    first = us.post("vendor", body, requestid=key)
    assert us.post("vendor", body, **{name: key}).content == first.content


@pytest.mark.parametrize(
    "kind", ["APPLICATION/JSON", "Application/Json; Charset=UTF-8", "application/json;charset=utf-8"]
)
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "marked"])
def test_types_are_taken_in_any_case_and_a_mark_of_byte_order_before_the_body(
    us: Company, kind: str, mark: bytes
) -> None:
    body = mark + simplejson.dumps({"DisplayName": fresh("V")}).encode()
    answer = us.call("POST", "vendor", data=body, headers={"Content-Type": kind, "Accept": kind})
    assert answer.json()["Vendor"]["SyncToken"] == "0"


@pytest.mark.parametrize(("sent", "kept"), [("True", True), ("TRUE", True), ("False", False), ("fAlSe", False)])
def test_booleans_are_taken_as_other_languages_spell_them(us: Company, sent: str, kept: bool) -> None:
    made = us.create("Vendor", {"DisplayName": fresh("V"), "Vendor1099": sent})
    assert made["Vendor1099"] is kept
    changed = {"Id": made["Id"], "SyncToken": "0", "sparse": sent, "DisplayName": made["DisplayName"]}
    assert us.create("Vendor", changed)["Vendor1099"] is kept


@pytest.mark.parametrize("text", ["a\x00b", "\x07", "a\x1b[1m", "\x7f", "a\uffff"])
def test_control_characters_are_refused(us: Company, text: str) -> None:
    fault = us.fault(us.post("purchase", us.charge(PrivateNote=text)))
    assert (fault["code"], fault["element"]) == ("2040", "PrivateNote")
    us.create("Purchase", us.charge(PrivateNote="line\n\tand tab"))


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("2026-05-04T00:00:00", "2026-05-04"),
        ("2026-05-04T23:59:59.9999999-07:00", "2026-05-04"),
        ("2026-05-04-07:00", "2026-05-04"),
        ("2026-05-04 00:00:00 +0000", "2026-05-04"),
        ("2026-05-04T25:00:00", None),
        ("2026-05-04T10:61", None),
        ("2026-05-32", None),
    ],
)
def test_a_day_may_carry_a_time_if_there_is_such_a_time(us: Company, sent: str, kept: str | None) -> None:
    answer = us.post("purchase", us.charge(TxnDate=sent))
    if kept is None:
        assert us.fault(answer)["code"] == "2070"
    else:
        assert answer.json()["Purchase"]["TxnDate"] == kept


@pytest.mark.parametrize(("sent", "booked"), [("10.005", "10.01"), ("10.00499", "10.00"), ("0.015", "0.02")])
def test_what_is_less_than_a_cent_is_rounded_before_it_is_booked(us: Company, sent: str, booked: str) -> None:
    before = us.postings()
    answer = us.post("purchase", us.charge(Line=[us.line(sent), us.line(sent)]))
    made: Json = simplejson.loads(answer.text, use_decimal=True)["Purchase"]
    assert [Decimal(line["Amount"]) for line in made["Line"]] == [Decimal(booked)] * 2
    assert made["TotalAmt"] == 2 * Decimal(booked)
    assert us.moved(before) == {"2110": f"{-2 * Decimal(booked)}", "6110": f"{2 * Decimal(booked)}"}


@pytest.mark.parametrize("limit", [1, 50])
def test_tax_codes_that_are_words_come_first_and_count_against_no_limit(us: Company, limit: int) -> None:
    found = us.query(f"select * from TaxCode maxresults {limit}")
    assert [row["Id"] for row in found["TaxCode"]][:3] == ["TAX", "NON", "CustomSalesTax"]
    assert found["maxResults"] == len(found["TaxCode"])
    assert us.read("TaxCode", "NON")["Taxable"] is False


def test_codes_that_are_words_stand_on_no_second_page(us: Company) -> None:
    later = us.query("select * from TaxCode startposition 2").get("TaxCode", [])
    assert all(row["Id"].isdigit() for row in later)
    assert [row["Id"] for row in us.query("select * from TaxCode where Name = 'non'")["TaxCode"]] == ["NON"]


@pytest.mark.parametrize("word", ["TAX", "NON", "CustomSalesTax"])
def test_a_document_names_a_word_as_its_code(us: Company, word: str) -> None:
    customer = us.create("Customer", {"DisplayName": fresh("Client")})
    income = us.create("Account", {"Name": fresh("Fees"), "AccountType": "Income"})
    item = us.create("Item", {"Name": fresh("Hour"), "Type": "Service", "IncomeAccountRef": {"value": income["Id"]}})
    detail = {"ItemRef": {"value": item["Id"]}, "TaxCodeRef": {"value": "TAX"}}
    line = {"Amount": 5, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": detail}
    tax = {"TxnTaxCodeRef": {"value": word}}
    made = us.create("Invoice", {"CustomerRef": {"value": customer["Id"]}, "Line": [line], "TxnTaxDetail": tax})
    assert made["TotalAmt"] == 5


def test_lists_that_nobody_keeps_are_captured_without_a_fault(us: Company) -> None:
    today = us.call("GET", "preferences").json()["time"][:10]
    names = "Budget, CreditCardPayment,CreditCardPaymentTxn,RecurringTransaction,Vendor"
    answer = us.call("GET", "cdc", params={"entities": names, "changedSince": today})
    assert answer.status_code == 200, answer.text


def test_an_invoice_that_can_be_paid_online_shows_its_link_where_it_is_asked_for(us: Company) -> None:
    customer = us.create("Customer", {"DisplayName": fresh("Client")})
    income = us.create("Account", {"Name": fresh("Fees"), "AccountType": "Income"})
    item = us.create("Item", {"Name": fresh("Hour"), "Type": "Service", "IncomeAccountRef": {"value": income["Id"]}})
    line = {"Amount": 5, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": {"ItemRef": {"value": item["Id"]}}}
    body = {"CustomerRef": {"value": customer["Id"]}, "Line": [line]}
    online = {"BillEmail": {"Address": "client@example.com"}, "AllowOnlineCreditCardPayment": True}
    made = us.create("Invoice", {**body, **online})
    assert "InvoiceLink" not in made
    asked = {"include": "invoiceLink"}
    read = us.call("GET", f"invoice/{made['Id']}", params=asked).json()["Invoice"]
    statement = f"select * from Invoice where Id = '{made['Id']}'"
    found = us.call("GET", "query", params={**asked, "query": statement}).json()["QueryResponse"]["Invoice"]
    assert found == [read]
    assert read.pop("InvoiceLink").startswith("https://")
    assert read == made
    assert "InvoiceLink" not in us.create("Invoice", body, **asked)


def test_every_company_has_chosen_what_it_writes_with_its_forms(us: Company, uk: Company) -> None:
    for company in (us, uk):
        chosen = company.call("GET", "preferences").json()["Preferences"]
        for name in ("InvoiceMessage", "EstimateMessage", "SalesReceiptMessage", "StatementMessage"):
            assert set(chosen["EmailMessagesPrefs"][name]) == {"Subject", "Message"}
        assert {"ProductAndServicesPrefs", "TimeTrackingPrefs", "ReportPrefs"} <= set(chosen)

"""Two clients in another language, which know nothing of this sandbox: node-quickbooks and intuit-oauth for Node.js."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests

from .client import BACK, US, Company, Json, Server, fresh
from .javascript import Client, Refused


@pytest.fixture
def books(sandbox: Server) -> Iterator[Client]:
    grant = sandbox.grant()
    tokens = {"ACCESS_TOKEN": grant["access_token"], "REFRESH_TOKEN": grant["refresh_token"]}
    client = Client.start("books.js", BASE=sandbox.url, REALM=US, **tokens)
    yield client
    client.stop()


@pytest.fixture
def tokens(sandbox: Server) -> Iterator[Client]:
    client = Client.start("tokens.js", BASE=sandbox.url, BACK=BACK)
    yield client
    client.stop()


def test_a_charge_is_made_read_changed_and_deleted(us: Company, books: Client) -> None:
    before = us.postings()
    made = books.call("createPurchase", us.charge(DocNumber=fresh("JS")))
    assert made["TotalAmt"] == Decimal("42.5")
    read = books.call("getPurchase", made["Id"])
    # The whole object goes back as it was read, with what QuickBooks has put into it.
    changed = books.call("updatePurchase", {**read, "PrivateNote": "Seen by Ann"})
    assert (changed["SyncToken"], changed["PrivateNote"]) == ("1", "Seen by Ann")
    kept = {name: changed[name] for name in ("Id", "SyncToken")}
    assert books.call("deletePurchase", kept)["Purchase"]["status"] == "Deleted"
    assert us.moved(before) == {}


def test_a_bill_is_deleted_by_its_id_alone(us: Company, books: Client) -> None:
    """The client reads the bill, and sends all of it."""
    bill = {"VendorRef": {"value": us.vendor("Staples")}, "DocNumber": fresh("B"), "Line": [us.line("10")]}
    made = books.call("createBill", bill)
    assert books.call("deleteBill", made["Id"])["Bill"]["status"] == "Deleted"


def test_vendors_are_found_by_criteria_counted_and_fetched_page_by_page(books: Client) -> None:
    stem = fresh("O'Neil & Söhne #1")
    for at in range(5):
        books.call("createVendor", {"DisplayName": f"{stem} {at}"})
    wanted: list[Json] = [{"field": "DisplayName", "value": f"{stem}%", "operator": "LIKE"}]
    all_pages = [*wanted, {"field": "fetchAll", "value": True}, {"field": "limit", "value": 2}]
    found = books.call("findVendors", [*all_pages, {"field": "asc", "value": "DisplayName"}])["QueryResponse"]["Vendor"]
    assert [row["DisplayName"] for row in found] == [f"{stem} {at}" for at in range(5)]
    counted = books.call("findVendors", [*wanted, {"count": True}])
    assert counted["QueryResponse"]["totalCount"] == 5
    one = books.call("findVendors", {"DisplayName": f"{stem} 3"})["QueryResponse"]
    assert (one["maxResults"], one["Vendor"][0]["Id"]) == (1, found[3]["Id"])


def test_a_batch_answers_item_by_item(us: Company, books: Client) -> None:
    name = fresh("JS batch")
    items = [
        {"bId": "good", "operation": "create", "Vendor": {"DisplayName": name}},
        {"bId": "bad", "operation": "create", "Vendor": {}},
        {"bId": "asked", "Query": f"select * from Vendor where DisplayName = '{name}'"},
    ]
    answers = {each["bId"]: each for each in books.call("batch", items)["BatchItemResponse"]}
    assert answers["good"]["Vendor"]["DisplayName"] == name
    assert answers["bad"]["Fault"]["Error"][0]["code"] == "6080"
    assert answers["asked"]["QueryResponse"]["Vendor"] == [answers["good"]["Vendor"]]


def test_a_file_is_streamed_to_a_charge(us: Company, books: Client) -> None:
    charge = us.create("Purchase", us.charge())
    sent = {"bytes": "%PDF-1.4 by stream \xe9"}
    hung = books.call("upload", "scan.pdf", "application/pdf", sent, "Purchase", charge["Id"])
    assert (hung["FileName"], hung["Size"]) == ("scan.pdf", len(sent["bytes"]))
    assert hung["AttachableRef"][0]["EntityRef"] == {"type": "Purchase", "value": charge["Id"]}
    assert requests.get(hung["TempDownloadUri"], timeout=10).content == sent["bytes"].encode("latin1")


def test_changes_and_reports_are_read(us: Company, books: Client) -> None:
    vendor = books.call("createVendor", {"DisplayName": fresh("JS seen")})
    captured = books.call("changeDataCapture", "vendor, Purchase", vendor["MetaData"]["LastUpdatedTime"])
    (group,) = (each for each in captured["CDCResponse"][0]["QueryResponse"] if "Vendor" in each)
    assert vendor["Id"] in {row["Id"] for row in group["Vendor"]}
    report = books.call("reportProfitAndLoss", {"date_macro": "This Fiscal Year-to-date"})
    assert report["Header"]["ReportName"] == "ProfitAndLoss"


def test_a_fault_reaches_the_caller_with_its_code(us: Company, books: Client) -> None:
    with pytest.raises(Refused) as refused:
        books.call("createPurchase", us.charge(AccountRef=None))
    assert refused.value.status == 400
    error = refused.value.body["Fault"]["Error"][0]
    assert (error["code"], error["element"]) == ("2020", "AccountRef")


def _agreed(sandbox: Server, address: str) -> str:
    """What the browser of a person who agrees brings back."""
    asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    form = {**asked, "realm": US, "decision": "connect"}
    answer = requests.post(f"{sandbox.url}/connect/oauth2", data=form, allow_redirects=False, timeout=10)
    return str(answer.headers["Location"])


def test_intuit_oauth_connects_calls_refreshes_and_revokes(sandbox: Server, tokens: Client) -> None:
    scopes = ["com.intuit.quickbooks.accounting", "openid", "email"]
    address = tokens.call("authorizeUri", {"scope": scopes, "state": "s-7"})
    assert address.startswith(f"{sandbox.url}/connect/oauth2?")
    first = tokens.call("createToken", _agreed(sandbox, address))
    assert tokens.call("isAccessTokenValid") is True
    assert tokens.call("getUserInfo")["email"] == "robin@larkfield.example"
    url = f"/v3/company/{US}/companyinfo/{US}"
    assert tokens.call("makeApiCall", {"url": url})["CompanyInfo"]["Id"] == "1"
    assert tokens.call("refresh")["access_token"] != first["access_token"]
    query = urlencode({"query": "select * from Vendor maxresults 1"})
    found = tokens.call("makeApiCall", {"url": f"/v3/company/{US}/query?{query}"})
    assert found["QueryResponse"]["maxResults"] == 1
    tokens.call("revoke")
    with pytest.raises(Refused):
        tokens.call("refresh")

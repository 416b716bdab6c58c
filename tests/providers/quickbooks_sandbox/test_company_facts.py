"""What a company is and what it has chosen: changed, never made."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from .client import UK, US, Company, Json, Server
from .selling import form, item, off, sold


@pytest.fixture(scope="module")
def changing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A process whose companies no other test looks at."""
    server = Server(tmp_path_factory.mktemp("facts"))
    yield server
    server.kill()


@pytest.fixture
def ours(changing: Server) -> Company:
    return changing.company()


def _facts(company: Company, address: str = "companyinfo/1") -> Json:
    entity = "Preferences" if address == "preferences" else "CompanyInfo"
    return dict(company.call("GET", address).json()[entity])


def _head(shown: Json) -> Json:
    return {"Id": shown["Id"], "SyncToken": shown["SyncToken"]}


def test_the_facts_are_read_by_one_or_by_realm_and_by_query(us: Company) -> None:
    facts = _facts(us)
    assert _facts(us, f"companyinfo/{US}") == facts
    assert us.query("select * from CompanyInfo") == {"CompanyInfo": [facts], "startPosition": 1, "maxResults": 1}


def test_a_sparse_update_changes_only_what_it_names(ours: Company) -> None:
    before = _facts(ours)
    told = {"LegalName": "Larkfield Incorporated", "Email": {"Address": "new@larkfield.example"}, "Country": "FR"}
    after = ours.create("CompanyInfo", {**_head(before), "sparse": True, **told})
    changed = {name for name in after if after[name] != before.get(name)}
    assert changed <= {"LegalName", "Email", "SyncToken", "MetaData"}
    assert (int(after["SyncToken"]), after["CompanyAddr"]) == (int(before["SyncToken"]) + 1, before["CompanyAddr"])
    assert ours.fault(ours.post("companyinfo", {**_head(before), "sparse": True}))["code"] == "5010"


def test_a_full_update_clears_what_it_leaves_out_but_no_names(ours: Company) -> None:
    before = _facts(ours)
    after = ours.create("CompanyInfo", {**_head(before), "CompanyAddr": {"Line1": "1 Elsewhere"}})
    assert (after["CompanyName"], after["NameValue"]) == (before["CompanyName"], before["NameValue"])
    assert after["CompanyAddr"] == {"Id": "1", "Line1": "1 Elsewhere"}
    assert "LegalAddr" not in after


def test_a_whole_object_sent_back_changes_nothing(changing: Server) -> None:
    uk = changing.company(UK)
    for entity, address in (("CompanyInfo", "companyinfo/1"), ("Preferences", "preferences")):
        before = _facts(uk, address)
        after = uk.create(entity, before)
        assert {name: each for name, each in after.items() if name not in ("SyncToken", "MetaData")} == {
            name: each for name, each in before.items() if name not in ("SyncToken", "MetaData")
        }


def test_preferences_are_changed_group_by_group(ours: Company) -> None:
    before = _facts(ours, "preferences")
    sales = {"CustomTxnNumbers": "true", "DefaultTerms": {"value": "3"}}
    warned = [{"Name": "WarnDuplicateBillNumber", "Value": "true"}, {"Name": "NoSuchPreference", "Value": "1"}]
    told = {"SalesFormsPrefs": sales, "OtherPrefs": {"NameValue": warned}, "TaxPrefs": {"UsingSalesTax": True}}
    after = ours.create("Preferences", {**_head(before), "sparse": True, **told})
    assert after["SalesFormsPrefs"]["CustomTxnNumbers"] is True
    assert after["SalesFormsPrefs"]["DefaultTerms"]["name"] == "Net 30"
    assert after["AccountingInfoPrefs"] == before["AccountingInfoPrefs"]
    others = {row["Name"]: row["Value"] for row in after["OtherPrefs"]["NameValue"]}
    assert (others["WarnDuplicateBillNumber"], "NoSuchPreference" in others) == ("true", False)
    assert after["TaxPrefs"] == before["TaxPrefs"]


@pytest.mark.parametrize("account", ["none of ours", "99999"])
def test_a_discount_goes_to_an_account_that_is_there_whatever_was_chosen(ours: Company, account: str) -> None:
    chosen = {"SalesFormsPrefs": {"DefaultDiscountAccount": account}}
    ours.create("Preferences", {**_head(_facts(ours, "preferences")), "sparse": True, **chosen})
    invoice = form(ours, "Invoice", sold(item(ours), 100), off(amount=10, PercentBased=False))
    line = next(row for row in invoice["Line"] if row["DetailType"] == "DiscountLineDetail")
    assert line["DiscountLineDetail"]["DiscountAccountRef"]["name"] == "Discounts given"


def test_what_only_people_set_is_not_set_by_the_api(ours: Company) -> None:
    before = _facts(ours, "preferences")
    told = {"BookCloseDate": "2026-06-30", "UseAccountNumbers": False, "FirstMonthOfFiscalYear": "July"}
    after = ours.create("Preferences", {**_head(before), "sparse": True, "AccountingInfoPrefs": told})
    assert after["AccountingInfoPrefs"] == before["AccountingInfoPrefs"]


def test_classes_are_tracked_in_one_way_at_most(ours: Company) -> None:
    before = _facts(ours, "preferences")
    before["AccountingInfoPrefs"]["ClassTrackingPerTxn"] = True
    after = ours.create("Preferences", before)["AccountingInfoPrefs"]
    assert (after["ClassTrackingPerTxn"], after["ClassTrackingPerTxnLine"]) == (True, False)


def test_there_is_no_way_back_from_several_currencies(ours: Company) -> None:
    several = {"sparse": True, "CurrencyPrefs": {"MultiCurrencyEnabled": True}}
    after = ours.create("Preferences", {**_head(_facts(ours, "preferences")), **several})
    assert after["CurrencyPrefs"]["MultiCurrencyEnabled"] is True
    back = {**_head(after), "sparse": True, "CurrencyPrefs": {"MultiCurrencyEnabled": False}}
    assert ours.fault(ours.post("preferences", back))["code"] == "6000"


def test_an_unknown_preference_is_refused(us: Company) -> None:
    told = {**_head(_facts(us, "preferences")), "sparse": True, "SalesFormsPrefs": {"Colour": "red"}}
    assert us.fault(us.post("preferences", told))["code"] == "2010"

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from .client import US, Company, Json, fresh

Change = Callable[[Company], Json]


def _line(**changes: Any) -> Change:
    return lambda us: {"Line": [us.line(**changes)]}


def _charge(**changes: Any) -> Change:
    return lambda us: changes


CHARGES: list[tuple[str, Change, str, str | None]] = [
    ("unknown property", _charge(Comment="x"), "2010", "Comment"),
    (
        "unknown property on a line",
        _line(DepartmentRef={"value": "1"}),
        "2010",
        "DepartmentRef",
    ),
    (
        "unknown property in a detail",
        _line(detail={"LocationRef": {"value": "1"}}),
        "2010",
        "LocationRef",
    ),
    ("no payment type", _charge(PaymentType=None), "2020", "PaymentType"),
    ("no account", _charge(AccountRef=None), "2020", "AccountRef"),
    ("no amount", _line(Amount=None), "2020", "Amount"),
    ("no detail type", _line(DetailType=None), "2020", "DetailType"),
    (
        "no detail",
        _line(AccountBasedExpenseLineDetail=None),
        "2020",
        "AccountBasedExpenseLineDetail",
    ),
    (
        "no expense account",
        _line(AccountBasedExpenseLineDetail={"BillableStatus": "NotBillable"}),
        "2020",
        "AccountRef",
    ),
    ("number of 22 characters", _charge(DocNumber="x" * 22), "2050", "DocNumber"),
    ("note of 4001 characters", _charge(PrivateNote="x" * 4001), "2050", "PrivateNote"),
    (
        "account that is no number",
        _charge(AccountRef={"value": "card"}),
        "2030",
        "AccountRef",
    ),
    (
        "card that does not exist",
        _charge(AccountRef={"value": "99999"}),
        "2500",
        "AccountRef",
    ),
    (
        "payee that does not exist",
        _charge(EntityRef={"value": "99999", "type": "Vendor"}),
        "2500",
        "EntityRef",
    ),
    (
        "payee of an unknown type",
        _charge(EntityRef={"value": "1", "type": "Robot"}),
        "2170",
        "EntityRef",
    ),
    (
        "expense account that does not exist",
        _line(detail={"AccountRef": {"value": "99999"}}),
        "2500",
        "AccountRef",
    ),
    (
        "inactive expense account",
        lambda us: {"Line": [us.line(account="6030")]},
        "610",
        None,
    ),
    (
        "paid from a bank",
        lambda us: {"AccountRef": {"value": us.account("1010")}},
        "6430",
        "AccountRef",
    ),
    ("cash from a card", _charge(PaymentType="Cash"), "6430", "AccountRef"),
    (
        "card as an expense",
        lambda us: {"Line": [us.line(account="2120")]},
        "6430",
        "AccountRef",
    ),
    (
        "payable as an expense",
        lambda us: {"Line": [us.line(account="2000")]},
        "6000",
        None,
    ),
    ("negative amount", _line(amount="-1"), "2290", "Amount"),
    ("empty lines", _charge(Line=[]), "2250", "Line"),
    ("absent lines", _charge(Line=None), "2250", "Line"),
    ("lines that are no list", _charge(Line={}), "2120", "Line"),
    ("amount in words", _line(Amount="ten"), "2080", "Amount"),
    ("amount as a truth", _line(Amount=True), "2080", "Amount"),
    ("eleven digits", _line(amount="12345678901"), "2140", "Amount"),
    ("six decimals", _line(amount="0.000001"), "2140", "Amount"),
    ("endless decimals", _line(amount="1." + "0" * 40 + "1"), "2140", "Amount"),
    ("huge exponent", _line(amount="1e9999"), "2140", "Amount"),
    ("date with slashes", _charge(TxnDate="08/14/2026"), "2060", "TxnDate"),
    ("30 February", _charge(TxnDate="2026-02-30"), "2070", "TxnDate"),
    ("unknown payment type", _charge(PaymentType="Barter"), "2170", None),
    (
        "has been billed",
        _line(detail={"BillableStatus": "HasBeenBilled"}),
        "2170",
        None,
    ),
    (
        "billable without customer",
        _line(detail={"BillableStatus": "Billable"}),
        "6310",
        None,
    ),
    (
        "tax code of elsewhere",
        _line(detail={"TaxCodeRef": {"value": "7"}}),
        "6100",
        None,
    ),
    ("euros", _charge(CurrencyRef={"value": "EUR"}), "6000", None),
    ("credit in words", _charge(Credit="maybe"), "2230", "Credit"),
    ("class that does not exist", _line(detail={"ClassRef": {"value": "1"}}), "2500", "ClassRef"),
    ("location that does not exist", _charge(DepartmentRef={"value": "99"}), "2500", "DepartmentRef"),
    ("emoji", _charge(PrivateNote="lunch 🍜"), "2040", "PrivateNote"),
    ("curly quote in the US", _charge(PrivateNote="Joe’s"), "2040", "PrivateNote"),
    (
        "card number",
        _charge(PrivateNote="card 4111 1111 1111 1111"),
        "6530",
        "PrivateNote",
    ),
    ("note as a list", _charge(PrivateNote=["x"]), "2120", "PrivateNote"),
    (
        "an item",
        _line(DetailType="ItemBasedExpenseLineDetail", ItemBasedExpenseLineDetail={"ItemRef": {"value": "99999"}}),
        "2500",
        None,
    ),
]


@pytest.mark.parametrize(
    ("change", "code", "element"),
    [row[1:] for row in CHARGES],
    ids=[row[0] for row in CHARGES],
)
def test_a_wrong_charge_is_refused(us: Company, change: Change, code: str, element: str | None) -> None:
    before = us.query("select count(*) from Purchase")
    answer = us.post("purchase", us.charge(**change(us)))
    fault = us.fault(answer)
    assert fault["code"] == code, fault
    assert element is None or fault["element"] == element
    assert answer.json()["Fault"]["type"] == "ValidationFault"
    assert us.query("select count(*) from Purchase") == before


def test_details_carry_what_clients_read_from_them(us: Company) -> None:
    missing = us.fault(us.post("purchase", us.charge(PaymentType=None)))
    assert missing["Detail"] == "Required parameter PaymentType is missing in the request"
    unknown = us.fault(us.post("purchase", us.charge(AccountRef={"value": "777"})))
    assert unknown["Detail"] == "Invalid Reference Id : Accounts element id 777 not found"
    length = us.fault(us.post("purchase", us.charge(DocNumber="x" * 25)))
    assert length["Detail"].endswith("Min:0 Max:21 supplied:25")
    kind = us.fault(us.post("purchase", us.charge(AccountRef={"value": us.account("1010")})))
    assert kind["Message"] == "Invalid account type used"


def test_a_number_used_twice_names_its_holder(us: Company) -> None:
    number = fresh("D")
    made = us.create("Purchase", us.charge(DocNumber=number))
    fault = us.fault(us.post("purchase", us.charge(DocNumber=number, TxnDate="2026-08-20")))
    assert fault["code"] == "6140"
    assert fault["Detail"].endswith(f"DocNumber={number} is assigned to TxnType=Expense with TxnId={made['Id']}")
    assert us.create("Purchase", us.charge(DocNumber=number), include="allowduplicatedocnum")["Id"] != made["Id"]


def test_a_number_is_free_again_after_a_delete(us: Company) -> None:
    number = fresh("D")
    made = us.create("Purchase", us.charge(DocNumber=number))
    us.post("purchase", {"Id": made["Id"], "SyncToken": "0"}, operation="delete")
    us.create("Purchase", us.charge(DocNumber=number))


def test_check_numbers_are_compared_only_while_the_company_wants_it(
    us: Company,
) -> None:
    check = us.charge(
        PaymentType="Check",
        AccountRef={"value": us.account("1010")},
        DocNumber=fresh("K"),
    )
    us.create("Purchase", check)
    assert us.fault(us.post("purchase", check))["code"] == "6140"
    us.server.control(f"companies/{US}/preferences", {"WarnDuplicateCheckNumber": "false"})
    us.create("Purchase", check)


def test_closed_books_refuse_their_last_day_and_what_is_before(us: Company) -> None:
    made = us.create("Purchase", us.charge(TxnDate="2026-06-15"))
    us.server.control(f"companies/{US}/preferences", {"BookCloseDate": "2026-06-30"})
    preferences = us.call("GET", "preferences").json()["Preferences"]["AccountingInfoPrefs"]
    assert preferences["BookCloseDate"] == "2026-06-30"
    assert us.fault(us.post("purchase", us.charge(TxnDate="2026-06-30")))["code"] == "6210"
    us.create("Purchase", us.charge(TxnDate="2026-07-01"))
    moved = us.charge(TxnDate="2026-07-02", Id=made["Id"], SyncToken="0")
    assert us.fault(us.post("purchase", moved))["code"] == "6210"
    gone = us.post("purchase", {"Id": made["Id"], "SyncToken": "0"}, operation="delete")
    assert us.fault(gone)["code"] == "6210"
    us.server.control(f"companies/{US}/preferences", {"BookCloseDate": None})
    assert "BookCloseDate" not in us.call("GET", "preferences").json()["Preferences"]["AccountingInfoPrefs"]


def test_with_multicurrency_a_foreign_charge_needs_its_rate(us: Company) -> None:
    us.server.control(f"companies/{US}/preferences", {"MultiCurrencyEnabled": True})
    euros = {"CurrencyRef": {"value": "EUR"}, "EntityRef": None}
    assert us.fault(us.post("purchase", us.charge(**euros)))["code"] == "2410"
    made = us.create("Purchase", us.charge(**euros, ExchangeRate=1.09))
    assert made["ExchangeRate"] == 1.09
    euros.pop("EntityRef")
    assert us.fault(us.post("purchase", us.charge(**euros, ExchangeRate=1.09)))["code"] == "6000"


def test_outside_the_us_a_line_is_taxed_or_tax_does_not_apply(uk: Company) -> None:
    assert uk.create("Purchase", uk.charge())["GlobalTaxCalculation"] == "NotApplicable"
    assert uk.fault(uk.post("purchase", uk.charge(GlobalTaxCalculation=None)))["code"] == "6000"
    assert uk.fault(uk.post("purchase", uk.charge(TxnTaxDetail={"TotalTax": 1})))["code"] == "6170"
    assert uk.create("Purchase", uk.charge(PrivateNote="Joe’s"))["PrivateNote"] == "Joe’s"


VENDORS: list[tuple[str, Json, str]] = [
    ("no name at all", {"CompanyName": "X"}, "6080"),
    ("name of blanks", {"DisplayName": "   "}, "6080"),
    ("name of 101 characters", {"DisplayName": "x" * 101}, "2050"),
    ("name with a slash", {"DisplayName": "a/b"}, "2040"),
    ("name with a double quote", {"DisplayName": 'a "b"'}, "2040"),
    ("name with brackets", {"DisplayName": "a <b>"}, "2040"),
    ("name with a new line", {"DisplayName": "a\nb"}, "2040"),
    ("name with a curly quote in the US", {"DisplayName": "Joe’s"}, "2040"),
    ("name that is a card number", {"DisplayName": "4111 1111 1111 1111"}, "6530"),
    ("name as a list", {"DisplayName": ["T"]}, "2120"),
    ("name with a colon", {"DisplayName": "a:b"}, "2040"),
    ("name with a tab", {"DisplayName": "a\tb"}, "2040"),
    ("title of 17 characters", {"DisplayName": "T", "Title": "x" * 17}, "2050"),
    (
        "bad e-mail",
        {"DisplayName": "T", "PrimaryEmailAddr": {"Address": "nobody"}},
        "2210",
    ),
    ("bad web address", {"DisplayName": "T", "WebAddr": {"URI": "no where"}}, "2200"),
    ("unknown property", {"DisplayName": "T", "Nickname": "x"}, "2010"),
    (
        "unknown part of an address",
        {"DisplayName": "T", "BillAddr": {"Street": "x"}},
        "2010",
    ),
    (
        "term that does not exist",
        {"DisplayName": "T", "TermRef": {"value": "399"}},
        "2500",
    ),
]


@pytest.mark.parametrize(("body", "code"), [row[1:] for row in VENDORS], ids=[row[0] for row in VENDORS])
def test_a_wrong_vendor_is_refused(us: Company, body: Json, code: str) -> None:
    assert us.fault(us.post("vendor", body))["code"] == code


@pytest.mark.parametrize(
    "name", ["Staples", "sTAPLES", " Staples ", "Blue  Bottle   Coffee", "Brightwell Logistics", "Lena Fox"]
)
def test_a_name_is_taken_over_vendors_customers_and_employees(us: Company, name: str) -> None:
    fault = us.fault(us.post("vendor", {"DisplayName": name}))
    assert fault["code"] == "6240"
    number = fault["Detail"].removeprefix("The name supplied already exists. : Id=")
    holders = {row["Id"]: row for entity in ("Vendor", "Customer", "Employee") for row in us.server.stored(entity)}
    assert holders[number]["DisplayName"].lower() == " ".join(name.split()).lower()


@pytest.mark.parametrize("name", ["Brightwell Logistics", "Lena Fox"])
def test_the_holder_of_a_name_may_be_no_vendor(us: Company, name: str) -> None:
    number = us.fault(us.post("vendor", {"DisplayName": name}))["Detail"].rpartition("Id=")[2]
    assert us.fault(us.call("GET", f"vendor/{number}"))["code"] == "610"


@pytest.mark.parametrize(
    "name", ["Café Zoë ", "  7-Eleven #4", "AMZN Mktp US*2K4", "P&O  Ferries (Dover), Ltd. + Co; a_b~c?!@'"]
)
def test_a_new_name_is_kept_but_for_its_blanks(us: Company, name: str) -> None:
    sent = f"{name} {fresh('V')} "
    made = us.create("Vendor", {"DisplayName": sent})
    assert made["DisplayName"] == " ".join(sent.split())
    assert us.fault(us.post("vendor", {"DisplayName": sent.upper()}))["Detail"].endswith(f"Id={made['Id']}")


def test_vendors_are_made_in_batches_and_a_taken_name_hurts_none_of_the_others(us: Company) -> None:
    names = [fresh("Batch"), "STAPLES", fresh("Batch"), "Lena Fox"]
    names.append(f" {names[0].upper()}")
    items = [{"bId": str(at), "operation": "create", "Vendor": {"DisplayName": name}} for at, name in enumerate(names)]
    rows = us.batch(items).json()["BatchItemResponse"]
    codes = [row["Fault"]["Error"][0]["code"] if "Fault" in row else None for row in rows]
    assert codes == [None, "6240", None, "6240", "6240"]
    assert rows[1]["Fault"]["Error"][0]["Detail"].endswith(f"Id={us.vendor('Staples')}")
    assert rows[4]["Fault"]["Error"][0]["Detail"].endswith(f"Id={rows[0]['Vendor']['Id']}")


def test_a_vendor_made_under_a_request_id_is_made_once(us: Company) -> None:
    key, body = fresh("req"), {"DisplayName": fresh("Once")}
    first = us.post("vendor", body, requestid=key)
    assert us.post("vendor", body, requestid=key).content == first.content
    assert us.fault(us.post("vendor", body, requestid=fresh("req")))["code"] == "6240"


def test_a_vendor_is_answered_with_its_defaults(us: Company) -> None:
    name = fresh("Northwind Paper")
    vendor = us.create(
        "Vendor",
        {
            "DisplayName": name,
            "CurrencyRef": {"value": "EUR"},
            "TaxIdentifier": "12-3456789",
        },
    )
    assert vendor["PrintOnCheckName"] == name
    assert vendor["CurrencyRef"] == {"value": "USD", "name": "United States Dollar"}
    assert vendor["Active"] is True
    assert vendor["Balance"] == 0
    assert vendor["TaxIdentifier"] == "XXXXXX6789"
    assert us.call("GET", f"vendor/{vendor['Id']}").json()["Vendor"] == vendor


ACCOUNTS: list[tuple[str, Json, str]] = [
    ("no name", {"AccountType": "Expense"}, "2020"),
    ("no type", {"Name": "T"}, "6010"),
    ("unknown type", {"Name": "T", "AccountType": "Wish"}, "2170"),
    (
        "sub-type of another type",
        {"Name": "T", "AccountType": "Expense", "AccountSubType": "Checking"},
        "2170",
    ),
    ("name with a colon", {"Name": "a:b", "AccountType": "Expense"}, "2040"),
    ("name with a quote", {"Name": 'a"b', "AccountType": "Expense"}, "2040"),
    (
        "number of twenty-one characters",
        {"Name": "T", "AccountType": "Expense", "AcctNum": "1" * 21},
        "2050",
    ),
    ("taken name", {"Name": "meals", "AccountType": "Expense"}, "6240"),
    (
        "foreign currency",
        {"Name": "T", "AccountType": "Bank", "CurrencyRef": {"value": "EUR"}},
        "6000",
    ),
]


@pytest.mark.parametrize(("body", "code"), [row[1:] for row in ACCOUNTS], ids=[row[0] for row in ACCOUNTS])
def test_a_wrong_account_is_refused(us: Company, body: Json, code: str) -> None:
    assert us.fault(us.post("account", body))["code"] == code


def test_accounts_nest_five_deep_within_one_type(us: Company) -> None:
    parent: Json | None = None
    for depth in range(5):
        body: Json = {"Name": fresh(f"Depth {depth}"), "AccountType": "Expense"}
        if parent:
            body |= {"ParentRef": {"value": parent["Id"]}, "SubAccount": True}
        parent = us.create("Account", body)
    assert parent is not None
    assert parent["FullyQualifiedName"].count(":") == 4
    under = {
        "Name": fresh("T"),
        "ParentRef": {"value": parent["Id"]},
        "SubAccount": True,
    }
    assert us.fault(us.post("account", {**under, "AccountType": "Expense"}))["code"] == "6180"
    assert us.fault(us.post("account", {**under, "AccountType": "Bank"}))["code"] == "6150"


def test_a_fresh_account_comes_without_the_time_of_its_last_update(us: Company) -> None:
    made = us.create("Account", {"Name": fresh("A"), "AccountSubType": "DuesSubscriptions"})
    assert made["AccountType"] == "Expense"
    assert made["Classification"] == "Expense"
    assert set(made["MetaData"]) == {"CreateTime"}
    assert "LastUpdatedTime" in us.call("GET", f"account/{made['Id']}").json()["Account"]["MetaData"]


def test_what_is_not_there_is_610_with_status_400(us: Company) -> None:
    assert us.fault(us.call("GET", "purchase/999999"))["code"] == "610"


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("purchase?operation=void", "500"),
        ("vendor?operation=delete", "500"),
        ("budget", "500"),
    ],
)
def test_what_is_not_supported_says_so(us: Company, path: str, code: str) -> None:
    assert us.fault(us.post(path, {"Id": us.vendor("Staples"), "SyncToken": "0"}))["code"] == code


def test_who_does_not_ask_for_json_gets_xml(us: Company) -> None:
    answer = us.call("GET", "preferences", headers={"Accept": "*/*"})
    assert answer.headers["Content-Type"].startswith("application/xml")
    assert "<IntuitResponse" in answer.text


@pytest.mark.parametrize(
    ("body", "headers", "code"),
    [
        (b"{", {}, "2010"),
        (b'{"DisplayName":"\xff"}', {}, "500"),
        (b"[]", {}, "2120"),
        (b"{}", {"Content-Type": "text/csv"}, "1050"),
    ],
)
def test_an_unreadable_body_is_refused(us: Company, body: bytes, headers: Json, code: str) -> None:
    assert us.fault(us.call("POST", "vendor", data=body, headers=headers))["code"] == code


def test_every_answer_carries_a_trace_and_ignores_the_minor_version(
    us: Company,
) -> None:
    answers = [us.call("GET", "preferences", params={"minorversion": version}) for version in ("4", "75", "x")]
    assert {answer.status_code for answer in answers} == {200}
    traces = {answer.headers["intuit_tid"] for answer in answers}
    assert len(traces) == 3
    assert all(trace.startswith("1-") for trace in traces)

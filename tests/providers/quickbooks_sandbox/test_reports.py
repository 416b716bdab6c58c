"""The shape of reports as recorded of the real ones: nesting, groups, words, columns, periods, refusals."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from intuitlib.client import AuthClient
from quickbooks import QuickBooks

from integrations.providers.quickbooks.sandbox.reports.period import Calendar

from .client import BACK, CLIENT, US, Company, Json, Server, fresh
from .report import amount, report

#: Days on which no other test writes.
QUIET = {"start_date": "2041-03-01", "end_date": "2041-03-31"}


@pytest.fixture
def quiet(us: Company) -> Company:
    """A bill on two accounts, of which one lies below another, in a month of its own."""
    lines = [us.line("100.10"), us.line("20", account="6025", Description="Yearly plan")]
    owner = {"VendorRef": {"value": us.vendor("Mailchimp")}}
    bill = us.create("Bill", {**owner, "TxnDate": "2041-03-05", "DocNumber": fresh("Q"), "Line": lines})
    yield us
    us.delete("Bill", bill)


def test_profit_and_loss_is_nested_as_recorded(quiet: Company) -> None:
    found = report(quiet, "ProfitAndLoss", **QUIET)
    assert [(row.kind, row.group, row.values) for row in found.shown] == [
        ("header", "Income", ["Income", ""]),
        ("summary", "Income", ["Total Income", ""]),
        ("summary", "GrossProfit", ["Gross Profit", "0.00"]),
        ("header", "Expenses", ["Expenses", ""]),
        ("header", "", ["6020 Software", ""]),
        ("data", "", ["6025 Software subscriptions", "20.00"]),
        ("summary", "", ["Total 6020 Software", "20.00"]),
        ("data", "", ["6110 Office supplies", "100.10"]),
        ("summary", "Expenses", ["Total Expenses", "120.10"]),
        ("summary", "NetOperatingIncome", ["Net Operating Income", "-120.10"]),
        ("summary", "NetIncome", ["Net Income", "-120.10"]),
    ]
    header = found.header
    assert list(header)[:2] == ["Time", "ReportName"]
    del header["Time"]
    assert header == {
        "ReportName": "ProfitAndLoss",
        "ReportBasis": "Accrual",
        "StartPeriod": "2041-03-01",
        "EndPeriod": "2041-03-31",
        "SummarizeColumnsBy": "Total",
        "Currency": "USD",
        "Option": [{"Name": "AccountingStandard", "Value": "GAAP"}, {"Name": "NoReportData", "Value": "false"}],
    }
    assert found.columns == [
        {"ColTitle": "", "ColType": "Account", "MetaData": [{"Name": "ColKey", "Value": "account"}]},
        {"ColTitle": "Total", "ColType": "Money", "MetaData": [{"Name": "ColKey", "Value": "total"}]},
    ]


def test_a_period_without_data_says_so_and_shows_no_zeros(us: Company) -> None:
    found = report(us, "ProfitAndLoss", start_date="2049-01-01", end_date="2049-01-31", summarize_column_by="Customers")
    assert found.header["Option"][-1] == {"Name": "NoReportData", "Value": "true"}
    assert found.titles == ["", "TOTAL"]
    assert {row.values[1] for row in found.shown} == {""}
    assert report(us, "TransactionList", start_date="2049-01-01", end_date="2049-01-31").body["Rows"] == {}


def test_a_balance_sheet_has_the_recorded_groups(us: Company) -> None:
    found = report(us, "BalanceSheet")
    assert [row.group for row in found.shown if row.kind == "header" and row.group] == [
        *("TotalAssets", "CurrentAssets", "BankAccounts", "AR", "OtherCurrentAssets", "FixedAssets"),
        *("TotalLiabilitiesAndEquity", "Liabilities", "CurrentLiabilities", "AP", "CreditCards"),
        *("OtherCurrentLiabilities", "Equity"),
    ]
    assert found.shown[-1].title == "TOTAL LIABILITIES AND EQUITY"
    net = next(row for row in found.shown if row.group == "NetIncome")
    assert (net.kind, net.title) == ("data", "Net Income")


def test_profit_of_earlier_years_is_retained_and_this_years_is_net_income(quiet: Company) -> None:
    def equity(day: str) -> dict[str, Any]:
        found = report(quiet, "BalanceSheet", start_date=f"{day[:4]}-01-01", end_date=day)
        return {row.title: amount(row.values[1]) for row in found.data()}

    then, later = equity("2041-12-31"), equity("2042-01-31")
    assert later["3900 Retained earnings"] - then["3900 Retained earnings"] == then["Net Income"]
    assert later["Net Income"] == 0


def test_a_fiscal_year_begins_in_its_month(own: Any) -> None:
    company = own().company(US)
    company.server.control(f"companies/{US}/preferences", {"FirstMonthOfFiscalYear": "April"})
    company.create("Purchase", company.charge(TxnDate="2041-03-31"))
    march = report(company, "BalanceSheet", start_date="2041-03-01", end_date="2041-03-31")
    april = report(company, "BalanceSheet", start_date="2041-04-01", end_date="2041-04-01")
    assert march.of_group("NetIncome") == amount("-42.50")
    assert april.of_group("NetIncome") == 0
    header = report(company, "ProfitAndLoss", date_macro="Last Fiscal Year").header
    assert (header["DateMacro"], header["StartPeriod"][4:], header["EndPeriod"][4:]) == (
        "last fiscal year",
        "-04-01",
        "-03-31",
    )


def test_a_trial_balance_names_sub_accounts_by_their_path(quiet: Company) -> None:
    found = report(quiet, "TrialBalance", **QUIET)
    rows = {row.title: row.values[1:] for row in found.data()}
    assert rows["6020 Software:6025 Software subscriptions"] == ["20.00", ""]
    assert found.titles == ["", "Debit", "Credit"]
    assert (found.shown[-1].group, found.shown[-1].title) == ("GrandTotal", "TOTAL")


def test_a_general_ledger_begins_with_what_stood_there(quiet: Company) -> None:
    columns = "tx_date,txn_type,name,split_acc,subt_nat_amount,rbal_nat_amount"
    found = report(quiet, "GeneralLedger", **QUIET, account=quiet.account("2000"), columns=columns)
    rows = found.shown
    assert [row.kind for row in rows] == ["header", "data", "data", "summary"]
    assert rows[1].values[0] == "Beginning Balance"
    begun, ended = amount(rows[1].values[-1]), amount(rows[2].values[-1])
    assert (rows[2].values[:5], ended - begun) == (
        ["2041-03-05", "Bill", "Mailchimp", "-Split-", "120.10"],
        amount("120.10"),
    )
    assert rows[3].values == ["Total for 2000 Accounts payable", "", "", "", "120.10", ""]
    assert [each["ColType"] for each in found.columns][-2:] == ["subt_nat_amount", "rbal_nat_amount"]


def test_a_parent_account_totals_its_sub_accounts_in_the_ledger(quiet: Company) -> None:
    extra = quiet.create("Bill", {**_bill(quiet, "2041-03-06"), "Line": [quiet.line("5", account="6020")]})
    found = report(quiet, "GeneralLedger", **QUIET, source_account_type="Expense", columns="tx_date,subt_nat_amount")
    titles = {row.title: row.values[-1] for row in found.shown if row.kind == "summary"}
    assert titles["Total for 6020 Software with sub-accounts"] == "25.00"
    assert titles["Total for 6025 Software subscriptions"] == "20.00"
    quiet.delete("Bill", extra)


def _bill(company: Company, day: str) -> Json:
    return {"VendorRef": {"value": company.vendor("Uber")}, "TxnDate": day}


@pytest.mark.parametrize(
    ("by", "titles"),
    [
        ("Month", ["Mar 2041"]),
        ("Quarter", ["Mar 2041"]),
        ("Week", ["Mar 1 - 2, 2041", "Mar 3 - 9, 2041", "Mar 10 - 16, 2041", "Mar 17 - 23, 2041"]),
        ("Days", ["Mar 1, 2041", "Mar 2, 2041", "Mar 3, 2041"]),
        ("Vendors", ["Mailchimp"]),
        ("Customers", ["Not Specified"]),
        ("Classes", ["Not Specified"]),
    ],
)
def test_columns_are_cut_by_time_or_by_name(quiet: Company, by: str, titles: list[str]) -> None:
    found = report(quiet, "ProfitAndLoss", **QUIET, summarize_column_by=by)
    assert found.titles[1 : len(titles) + 1] == titles
    assert found.titles[-1] == ("Total" if by in ("Month", "Quarter", "Week", "Days") else "TOTAL")
    assert found.header["SummarizeColumnsBy"] == by


def test_a_balance_sheet_by_month_stands_at_each_end(quiet: Company) -> None:
    asked = {"start_date": "2041-02-01", "end_date": "2041-03-31", "summarize_column_by": "Month"}
    found = report(quiet, "BalanceSheet", **asked)
    assert found.titles == ["", "Feb 2041", "Mar 2041"]
    payable = next(row.values for row in found.data() if row.title == "2000 Accounts payable")
    assert amount(payable[2]) - amount(payable[1]) == amount("120.10")


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({}, 1),
        ({"transaction_type": "Bill"}, 1),
        ({"transaction_type": "Check"}, 0),
        ({"source_account_type": "AccountsPayable"}, 1),
        ({"source_account_type": "Bank"}, 0),
        ({"bothamount": "120.10"}, 1),
        ({"bothamount": "120.11"}, 0),
        ({"docnum": "none-such"}, 0),
        ({"memo": "none-such"}, 0),
        ({"appaid": "Unpaid"}, 1),
        ({"appaid": "Paid"}, 0),
        ({"cleared": "Uncleared"}, 1),
        ({"cleared": "Reconciled"}, 0),
        ({"cleared": "Deposited"}, 0),
        ({"createdate_macro": "Today"}, 1),
        ({"moddate_macro": "Last Month"}, 0),
        ({"start_duedate": "2041-03-05", "end_duedate": "2041-03-05"}, 1),
        ({"start_duedate": "2041-03-06"}, 0),
        ({"group_by": "Vendor"}, 1),
    ],
)
def test_a_transaction_list_is_filtered(quiet: Company, filters: dict[str, str], expected: int) -> None:
    assert len(report(quiet, "TransactionList", **QUIET, **filters).data()) == expected


def test_a_transaction_list_is_filtered_by_ids(quiet: Company) -> None:
    vendors = {name: quiet.vendor(name) for name in ("Mailchimp", "FedEx")}
    for name, expected in (("Mailchimp", 1), ("FedEx", 0)):
        assert len(report(quiet, "TransactionList", **QUIET, vendor=vendors[name]).data()) == expected
    both = report(quiet, "TransactionList", **QUIET, name=f"{vendors['FedEx']},{vendors['Mailchimp']}")
    assert len(both.data()) == 1
    assert len(report(quiet, "TransactionList", **QUIET, account=quiet.account("6110")).data()) == 1
    assert len(report(quiet, "TransactionList", **QUIET, account=quiet.account("6210")).data()) == 0
    assert report(quiet, "ProfitAndLoss", **QUIET, vendor=vendors["Mailchimp"]).header["Vendor"] == vendors["Mailchimp"]


def test_a_transaction_list_has_the_recorded_columns(quiet: Company) -> None:
    found = report(quiet, "TransactionList", **QUIET)
    assert found.titles == [
        *("Date", "Transaction Type", "Num", "Posting", "Name", "Location", "Memo/Description", "Account", "Split"),
        "Amount",
    ]
    assert found.columns[3] == {
        "ColTitle": "Posting",
        "ColType": "Boolean",
        "MetaData": [{"Name": "ColKey", "Value": "is_no_post"}],
    }
    row = found.data()[0].cells
    assert (row[1]["value"], row[3]["value"], row[8], row[9]) == (
        *("Bill", "Yes"),
        *({"value": "-Split-", "id": ""}, {"value": "120.10"}),
    )


def test_rows_are_sorted_by_a_column(quiet: Company) -> None:
    extra = quiet.create("Bill", {**_bill(quiet, "2041-03-02"), "Line": [quiet.line("5")]})
    for order, expected in (("ascend", ["5.00", "120.10"]), ("descend", ["120.10", "5.00"])):
        asked = {"columns": "subt_nat_amount,tx_date", "sort_by": "subt_nat_amount", "sort_order": order}
        found = report(quiet, "TransactionList", **QUIET, **asked)
        assert [row.values[0] for row in found.data()] == expected
    quiet.delete("Bill", extra)


def test_aged_payables_lie_in_their_periods(quiet: Company) -> None:
    found = report(quiet, "AgedPayables", report_date="2041-04-10", vendor=quiet.vendor("Mailchimp"))
    assert found.titles == ["", "Current", "1 - 30", "31 - 60", "61 - 90", "91 and over", "Total"]
    row = found.data()[0]
    assert (row.title, row.values[3]) == ("Mailchimp", "120.10")
    shorter = report(quiet, "AgedPayables", report_date="2041-04-10", aging_period=10, num_periods=2)
    assert shorter.titles == ["", "Current", "1 - 10", "11 and over", "Total"]


def test_an_inactive_account_keeps_its_place_while_something_stands_on_it(us: Company) -> None:
    account = us.create("Account", {"Name": fresh("Old fund"), "AccountType": "Other Current Asset"})
    detail = {"AccountBasedExpenseLineDetail": {"AccountRef": {"value": account["Id"]}}}
    line = {"Amount": 8, "DetailType": "AccountBasedExpenseLineDetail", **detail}
    charge = us.create("Purchase", us.charge(TxnDate="2041-05-01", Line=[line]))
    us.post("account", {**account, "Active": False, "sparse": True})
    asked = {"start_date": "2041-01-01", "end_date": "2041-12-31"}
    assert report(us, "TrialBalance", **asked).accounts()[account["Id"]] == 8
    us.delete("Purchase", charge)
    assert account["Id"] not in report(us, "TrialBalance", **asked).accounts()


@pytest.mark.parametrize(
    ("name", "params", "code", "element"),
    [
        ("Cashflow", {}, "5020", "ReportName"),
        ("NoSuchReport", {}, "5020", "ReportName"),
        ("ProfitAndLoss", {"start_date": "01/02/2026"}, "2060", "start_date"),
        ("ProfitAndLoss", {"end_date": "2026-02-30"}, "2070", "end_date"),
        ("ProfitAndLoss", {"start_date": "2026-02-02", "end_date": "2026-02-01"}, "2070", "start_date"),
        ("ProfitAndLoss", {"date_macro": "Last Century"}, "2170", "date_macro"),
        ("ProfitAndLoss", {"accounting_method": "Guess"}, "2170", "accounting_method"),
        ("ProfitAndLoss", {"summarize_column_by": "Moons"}, "2170", "summarize_column_by"),
        ("ProfitAndLoss", {"vendor": "1 OR 1=1"}, "2030", "vendor"),
        ("AgedPayables", {"aging_period": "0"}, "2080", "aging_period"),
        ("TransactionList", {"cleared": "Perhaps"}, "2170", "cleared"),
        ("TransactionList", {"bothamount": "NaN"}, "2080", "bothamount"),
    ],
)
def test_what_cannot_be_reported_is_refused(us: Company, name: str, params: Json, code: str, element: str) -> None:
    fault = us.fault(us.call("GET", f"reports/{name}", params=params))
    assert (fault["code"], fault["element"]) == (code, element)


@pytest.mark.parametrize(
    ("macro", "start", "end"),
    [
        ("Today", "2026-08-19", "2026-08-19"),
        ("Yesterday", "2026-08-18", "2026-08-18"),
        ("This Week", "2026-08-16", "2026-08-22"),
        ("Last Week-to-date", "2026-08-09", "2026-08-12"),
        ("Next 4 Weeks", "2026-08-23", "2026-09-19"),
        ("This Month-to-date", "2026-08-01", "2026-08-19"),
        ("last month", "2026-07-01", "2026-07-31"),
        ("Last Month to date", "2026-07-01", "2026-07-19"),
        ("Next Month", "2026-09-01", "2026-09-30"),
        ("This Fiscal Quarter", "2026-06-01", "2026-08-31"),
        ("This Calendar Quarter", "2026-07-01", "2026-09-30"),
        ("Last Fiscal Year", "2024-12-01", "2025-11-30"),
        ("Last Fiscal Year-to-date", "2024-12-01", "2025-08-19"),
        ("Next Fiscal Year", "2026-12-01", "2027-11-30"),
        ("This Calendar Year-to-date", "2026-01-01", "2026-08-19"),
    ],
)
def test_words_mean_days(macro: str, start: str, end: str) -> None:
    period = Calendar(date(2026, 8, 19), 12).spoken(macro)
    assert (period.start, period.end) == (start, end)


@pytest.mark.parametrize("by", ["Days", "Week", "Month", "Quarter", "Year"])
@pytest.mark.parametrize(("start", "end"), [("0001-01-01", "9999-12-31"), ("9990-01-01", "9999-12-31")])
def test_no_period_is_too_long_for_an_answer_at_once(quiet: Company, start: str, end: str, by: str) -> None:
    params = {"start_date": start, "end_date": end, "summarize_column_by": by}
    answer = quiet.call("GET", "reports/ProfitAndLoss", params=params, timeout=3)
    if start == "0001-01-01":
        assert quiet.fault(answer)["Detail"].endswith("Please reduce the date range.")
    else:
        assert answer.status_code == 200


def test_too_many_cells_are_cut_with_a_word(own: Any) -> None:
    company = own(SANDBOX_REPORT_CELLS="30").company(US)
    for _ in range(5):
        company.create("Purchase", company.charge(TxnDate="2041-03-05"))
    found = report_rows(company, "TransactionList", **QUIET)
    assert found[-1] == "Unable to display more data. Please reduce the date range."
    assert len(found) == 4


def report_rows(company: Company, name: str, **params: str) -> list[str]:
    rows = company.call("GET", f"reports/{name}", params=params).json()["Rows"]["Row"]
    return [row["ColData"][0]["value"] for row in rows]


@pytest.mark.parametrize(("token", "status"), [("no", 401), ("uk", 403)])
def test_a_report_needs_a_token_of_its_company(us: Company, uk: Company, token: str, status: int) -> None:
    sent = {"Authorization": f"Bearer {uk.access if token == 'uk' else token}"}
    assert us.call("GET", "reports/TrialBalance", headers=sent).status_code == status


def test_in_xml_rows_and_cells_carry_attributes(quiet: Company) -> None:
    """As the fixtures of a Ruby client have it."""
    answer = quiet.call("GET", "reports/ProfitAndLoss", params=QUIET, headers={"Accept": "application/xml"})
    assert '<Report xmlns="http://schema.intuit.com/finance/v3"><Header><Time>' in answer.text
    assert '<Row type="Section" group="GrossProfit"><Summary><ColData value="Gross Profit">' in answer.text
    assert f'<ColData value="6110 Office supplies" id="{quiet.account("6110")}">' in answer.text


def test_python_quickbooks_reads_reports(sandbox: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    auth = AuthClient(*CLIENT, BACK, f"{sandbox.url}/.well-known/openid_sandbox_configuration/")
    auth.get_bearer_token(sandbox.consent()["code"], US)
    books = QuickBooks(auth_client=auth, refresh_token=auth.refresh_token, company_id=US, minorversion=75)
    books.api_url_v3 = f"{sandbox.url}/v3"
    for name in ("TrialBalance", "ProfitAndLoss", "BalanceSheet", "GeneralLedger", "VendorBalance", "TransactionList"):
        found = books.get_report(name, qs={"start_date": "2026-01-01", "end_date": "2026-12-31"})
        assert found["Header"]["ReportName"] == name

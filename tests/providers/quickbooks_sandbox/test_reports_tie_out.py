"""Whatever is written, every report agrees with every other one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from random import Random
from typing import Any

import pytest

from .client import US, Company, Json, Server
from .report import amount, report

CRAIGS = "9341450000000037"
YEAR = {"start_date": "2026-01-01", "end_date": "2026-12-31"}
EXPENSES = ("6110", "6025", "6210", "5100", "4950", "1300", "7100")


def _accounts(company: Company, kind: str) -> set[str]:
    return {row["Id"] for row in company.server.stored("Account", company.realm) if row["AccountType"] == kind}


def _day(random: Random) -> str:
    return f"{random.choice([2024, 2025, 2026, 2026, 2026])}-{random.randint(1, 12):02d}-{random.randint(1, 28):02d}"


def _lines(company: Company, random: Random) -> list[Json]:
    found = [(random.choice(EXPENSES), random.randint(1, 99999)) for _ in range(random.randint(1, 4))]
    return [company.line(f"{cents / 100}", account=number) for number, cents in found]


def _purchase(company: Company, random: Random) -> tuple[str, Json]:
    credit = {"Credit": random.random() < 0.3}
    return "Purchase", company.create(
        "Purchase", company.charge(TxnDate=_day(random), Line=_lines(company, random), **credit)
    )


def _owed(entity: str) -> Callable[[Company, Random], tuple[str, Json]]:
    def make(company: Company, random: Random) -> tuple[str, Json]:
        vendor = {"value": company.vendor(random.choice(["Uber", "Figma Inc", "Mailchimp"]))}
        body = {"VendorRef": vendor, "TxnDate": _day(random), "Line": _lines(company, random)}
        return entity, company.create(entity, body)

    return make


def _payment(company: Company, random: Random) -> tuple[str, Json]:
    """Pays half of a bill, or all of it."""
    _, bill = _owed("Bill")(company, random)
    paid = bill["TotalAmt"] if random.random() < 0.5 else round(bill["TotalAmt"] / 2, 2)
    body = {
        "VendorRef": bill["VendorRef"],
        "PayType": "Check",
        "CheckPayment": {"BankAccountRef": company.ref("1010")},
        "TotalAmt": paid,
        "TxnDate": _day(random),
        "Line": [{"Amount": paid, "LinkedTxn": [{"TxnId": bill["Id"], "TxnType": "Bill"}]}],
    }
    return "BillPayment", company.create("BillPayment", body)


def _entry(company: Company, random: Random) -> tuple[str, Json]:
    cents = random.randint(1, 99999) / 100
    sides = zip(("Debit", "Credit"), random.sample([*EXPENSES, "1010", "2110"], 2), strict=True)
    lines = [_side(company, cents, side, number) for side, number in sides]
    return "JournalEntry", company.create("JournalEntry", {"TxnDate": _day(random), "Line": lines})


def _side(company: Company, value: float, side: str, number: str) -> Json:
    detail = {"PostingType": side, "AccountRef": company.ref(number)}
    return {"Amount": value, "DetailType": "JournalEntryLineDetail", "JournalEntryLineDetail": detail}


def _transfer(company: Company, random: Random) -> tuple[str, Json]:
    return "Transfer", company.create("Transfer", company.transfer(TxnDate=_day(random)))


MAKERS = (_purchase, _owed("Bill"), _owed("VendorCredit"), _payment, _entry, _transfer)


def _mix(company: Company, seed: int) -> None:
    """Some of everything, of which some is deleted and some voided again."""
    random = Random(seed)
    for _ in range(25):
        entity, made = random.choice(MAKERS)(company, random)
        if entity == "BillPayment" and random.random() < 0.3:
            fields = {name: made[name] for name in ("Id", "SyncToken")}
            assert company.post("billpayment", fields, operation="update", include="void").status_code == 200
        elif random.random() < 0.2:
            assert company.delete(entity, company.read(entity, made["Id"])).status_code == 200


@pytest.fixture(scope="module", params=[1, 2])
def mixed(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Company]:
    """Books of their own: what is counted here must not move while it is counted."""
    server = Server(tmp_path_factory.mktemp("mixed"))
    company = server.company(US)
    _mix(company, request.param)
    yield company
    server.stop()


def test_all_reports_agree(mixed: Company) -> None:
    for basis in ("Accrual", "Cash"):
        for day in ("2024-06-30", "2025-12-31", "2026-03-15", "2026-12-31"):
            _balances(mixed, day, basis)
        _profits(mixed, basis)
        _ledgers(mixed, basis)
    _owed_balances(mixed)


def _balances(company: Company, day: str, basis: str) -> None:
    """Debits are credits, and assets are liabilities and equity."""
    asked = {"start_date": f"{day[:4]}-01-01", "end_date": day, "accounting_method": basis}
    trial = report(company, "TrialBalance", **asked)
    if trial.data():
        total = trial.shown[-1].values
        assert total[1] == total[2], (day, basis)
    sheet = report(company, "BalanceSheet", **asked)
    assert sheet.of_group("TotalAssets") == sheet.of_group("TotalLiabilitiesAndEquity"), (day, basis)
    profit = report(company, "ProfitAndLoss", **asked)
    assert profit.of_group("NetIncome") == sheet.of_group("NetIncome"), (day, basis)


def _profits(company: Company, basis: str) -> None:
    """However a summary is cut, its last column is the whole, and the details add up to it."""
    whole = report(company, "ProfitAndLoss", **YEAR, accounting_method=basis).of_group("NetIncome")
    for by in ("Month", "Quarter", "Week", "Days", "Vendors", "Customers", "Classes"):
        cut = report(company, "ProfitAndLoss", **YEAR, accounting_method=basis, summarize_column_by=by)
        assert cut.of_group("NetIncome") == whole, by
        net = next(row.values for row in cut.shown if row.group == "NetIncome")
        assert sum(map(amount, net[1:-1])) == whole, by
    detail = report(company, "ProfitAndLossDetail", **YEAR, accounting_method=basis, columns="tx_date,subt_nat_amount")
    assert amount(detail.shown[-1].values[-1]) == whole


def _ledgers(company: Company, basis: str) -> None:
    """What the general ledger comes to is what the trial balance shows."""
    columns = "tx_date,subt_nat_amount,rbal_nat_amount"
    ledger = report(company, "GeneralLedger", **YEAR, accounting_method=basis, columns=columns)
    trial = report(company, "TrialBalance", **YEAR, accounting_method=basis).accounts()
    running: dict[str, Decimal] = {}
    number = ""
    for row in ledger.shown:
        if row.kind == "header":
            number = row.cells[0]["id"]
        elif row.kind == "data":
            running[number] = amount(row.values[-1])
    kinds = {row["Id"]: row["Classification"] for row in company.server.stored("Account", company.realm)}
    sides = {number: 1 if kinds[number] in ("Asset", "Expense") else -1 for number in running}
    assert {number: sides[number] * total for number, total in running.items() if total} == trial


def _owed_balances(company: Company) -> None:
    """What is owed to vendors is what stands on the payable accounts, however it is listed."""
    day = "2026-12-31"
    sheet = report(company, "BalanceSheet", start_date="2026-01-01", end_date=day)
    payable = sheet.of_group("AP")
    for name in ("VendorBalance", "AgedPayables", "VendorBalanceDetail", "AgedPayableDetail"):
        last = report(company, name, report_date=day).shown[-1]
        assert amount(last.values[-1]) == payable, name


def test_a_transaction_list_adds_up_to_the_lines_of_the_ledger(mixed: Company) -> None:
    """Charges and credits of a card are listed under it, with what they put on it."""
    words = ("Credit Card Expense", "Credit Card Credit")
    columns = "txn_type,account_name,subt_nat_amount"
    asked = {**YEAR, "columns": columns, "transaction_type": "CreditCardCharge,CreditCardCredit"}
    listed = [row for row in report(mixed, "TransactionList", **asked).data() if row.values[1] == "2110 Flex Card"]
    ledger = report(mixed, "GeneralLedger", **YEAR, columns=columns, account=mixed.account("2110"))
    lines = [row for row in ledger.data() if row.values[0] in words]
    assert listed
    assert {row.cells[0]["id"]: row.values[2] for row in listed} == {row.cells[0]["id"]: row.values[2] for row in lines}


@pytest.fixture
def selling(own: Callable[..., Server]) -> Company:
    """The company every US developer is given, which has sold and been paid, and sells some more in all ways."""
    company = own().company(CRAIGS)
    customer, item = {"CustomerRef": {"value": "1"}}, {"ItemRef": {"value": "1"}}
    line = {"Amount": 99.99, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": item}
    sale = {**customer, "Line": [line], "TxnDate": "2026-10-01"}
    company.create("Invoice", {**sale, "Deposit": 20, "DepositToAccountRef": {"value": "35"}})
    invoice = company.create("Invoice", sale)
    memo = company.create("CreditMemo", {**sale, "Line": [{**line, "Amount": 33.33}]})
    company.create("SalesReceipt", {**sale, "DepositToAccountRef": {"value": "4"}})
    company.create("RefundReceipt", {**sale, "DepositToAccountRef": {"value": "35"}})
    links = [(10, memo["Id"], "CreditMemo"), (43.21, invoice["Id"], "Invoice")]
    lines = [{"Amount": paid, "LinkedTxn": [{"TxnId": number, "TxnType": kind}]} for paid, number, kind in links]
    company.create("Payment", {**customer, "TotalAmt": 40, "TxnDate": "2026-11-02", "Line": lines})
    return company


def test_reports_agree_about_sales(selling: Company) -> None:
    for basis in ("Accrual", "Cash"):
        for day in ("2026-10-15", "2026-12-31"):
            _balances(selling, day, basis)
        _profits(selling, basis)
        _ledgers(selling, basis)
    _owed_balances(selling)
    receivable = report(selling, "BalanceSheet", **YEAR).of_group("AR")
    for name in ("CustomerBalance", "AgedReceivables", "CustomerBalanceDetail", "AgedReceivableDetail"):
        last = report(selling, name, report_date="2026-12-31").shown[-1]
        assert amount(last.values[-1]) == receivable, name


def test_the_balances_that_were_recorded_of_the_real_company(own: Callable[..., Server]) -> None:
    """Published with a public client's recordings; what the company was lent and bought is booked as there."""
    found = report(own().company(CRAIGS), "BalanceSheet", date_macro="All")
    rows = {row.title: row.values[1] for row in found.data()}
    recorded = {
        "Savings": "800.00",
        "Accounts Receivable (A/R)": "5281.52",
        "Inventory Asset": "596.25",
        "Undeposited Funds": "2062.52",
        "Original Cost": "13495.00",
        "Accounts Payable (A/P)": "1602.67",
        "Arizona Dept. of Revenue Payable": "0.00",
        "Board of Equalization Payable": "370.94",
        "Loan Payable": "4000.00",
        "Notes Payable": "25000.00",
        "Opening Balance Equity": "-9337.50",
    }
    assert {title: rows[title] for title in recorded} == recorded


@pytest.fixture
def foreign(own: Callable[..., Server]) -> Company:
    """A company with a vendor that is paid in euros, as its currency was when the vendor was made."""
    company = own(SANDBOX_VENDOR_CURRENCY="keep").company(US)
    company.server.control(f"companies/{US}/preferences", {"MultiCurrencyEnabled": True})
    return company


def test_reports_agree_where_rates_have_changed_between_bill_and_payment(foreign: Company) -> None:
    euro = {"CurrencyRef": {"value": "EUR"}}
    vendor = foreign.create("Vendor", {"DisplayName": "Lumen Werke", **euro})
    owner = {"VendorRef": {"value": vendor["Id"]}, **euro}
    lines = {"Line": [foreign.line("100.01"), foreign.line("33.33", account="6025")]}
    bill = foreign.create("Bill", {**owner, **lines, "TxnDate": "2026-02-01", "ExchangeRate": 1.0837})
    foreign.create(
        "VendorCredit", {**owner, "TxnDate": "2026-02-02", "ExchangeRate": 1.1, "Line": [foreign.line("7.77")]}
    )
    paid = {"Amount": 50, "LinkedTxn": [{"TxnId": bill["Id"], "TxnType": "Bill"}]}
    source = {"PayType": "Check", "CheckPayment": {"BankAccountRef": foreign.ref("1010")}, "TotalAmt": 50}
    foreign.create("BillPayment", {**owner, **source, "TxnDate": "2026-04-01", "ExchangeRate": 1.2011, "Line": [paid]})
    for basis in ("Accrual", "Cash"):
        for day in ("2026-02-28", "2026-12-31"):
            _balances(foreign, day, basis)
        _profits(foreign, basis)
    _owed_balances(foreign)
    assert report(foreign, "GeneralLedger", **YEAR).column("subt_nat_home_amount")


def test_every_other_report_answers(mixed: Company) -> None:
    names: dict[str, Any] = {
        "CashFlow": {},
        "JournalReport": {},
        "CustomerBalance": {},
        "CustomerBalanceDetail": {},
        "AgedReceivables": {},
        "AgedReceivableDetail": {},
        "VendorExpenses": {},
        "CustomerIncome": {},
        "CustomerSales": {},
        "ItemSales": {},
        "ClassSales": {},
        "DepartmentSales": {},
        "AccountList": {},
        "TransactionListByVendor": {},
        "TransactionListByCustomer": {},
    }
    for name, more in names.items():
        assert report(mixed, name, **YEAR, **more).header["ReportName"] == name


def test_debits_are_credits_in_the_journal(mixed: Company) -> None:
    total = report(mixed, "JournalReport", **YEAR).shown[-1].values
    assert total[0] == "TOTAL"
    assert amount(total[-2]) == amount(total[-1]) != 0


def test_the_cash_flow_ends_with_what_is_in_the_bank(mixed: Company) -> None:
    flow = report(mixed, "CashFlow", **YEAR)
    assert flow.of_group("EndingCash") == report(mixed, "BalanceSheet", **YEAR).of_group("BankAccounts")

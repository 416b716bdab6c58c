"""All reports by the name in their address."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from . import (
    account_list,
    aging,
    balance_sheet,
    balances,
    cash_flow,
    general_ledger,
    inventory,
    item_sales,
    journal_report,
    parties,
    profit_and_loss,
    profit_and_loss_detail,
    transaction_list,
    trial_balance,
)
from .desk import Desk
from .open_items import PAYABLE, RECEIVABLE
from .shape import Report

#: Recorded where callers asked for no dates.
MONTH, YEAR, TODAY, ALL = "This Month-to-date", "This Fiscal Year-to-date", "Today", "All"


@dataclass(frozen=True)
class Known:
    build: Callable[[Desk], Report]
    #: What it covers when nobody says.
    period: str
    #: Whether its header tells cash from accrual.
    basis: bool = True
    #: Whether it is about some days at all.
    dated: bool = True


REPORTS = {
    "TrialBalance": Known(trial_balance.build, MONTH),
    "ProfitAndLoss": Known(profit_and_loss.build, YEAR),
    "ProfitAndLossDetail": Known(profit_and_loss_detail.build, YEAR),
    "BalanceSheet": Known(balance_sheet.build, YEAR),
    "CashFlow": Known(cash_flow.build, YEAR, basis=False),
    "GeneralLedger": Known(general_ledger.build, MONTH),
    "JournalReport": Known(journal_report.build, MONTH, basis=False),
    "TransactionList": Known(transaction_list.build, YEAR, basis=False),
    "TransactionListByVendor": Known(transaction_list.by("vendor"), YEAR, basis=False),
    "TransactionListByCustomer": Known(transaction_list.by("customer"), YEAR, basis=False),
    "VendorBalance": Known(balances.summary(PAYABLE), ALL, basis=False),
    "VendorBalanceDetail": Known(balances.detail(PAYABLE), ALL, basis=False),
    "CustomerBalance": Known(balances.summary(RECEIVABLE), ALL, basis=False),
    "CustomerBalanceDetail": Known(balances.detail(RECEIVABLE), ALL, basis=False),
    "AgedPayables": Known(aging.summary(PAYABLE), TODAY, basis=False),
    "AgedPayableDetail": Known(aging.detail(PAYABLE), TODAY, basis=False),
    "AgedReceivables": Known(aging.summary(RECEIVABLE), TODAY, basis=False),
    "AgedReceivableDetail": Known(aging.detail(RECEIVABLE), TODAY, basis=False),
    "VendorExpenses": Known(parties.by("Vendors", *parties.EXPENSES), YEAR),
    "CustomerIncome": Known(parties.customer_income, YEAR),
    "CustomerSales": Known(parties.by("Customers", "Income"), MONTH),
    "ClassSales": Known(parties.by("Classes", "Income"), MONTH),
    "DepartmentSales": Known(parties.by("Departments", "Income"), MONTH),
    "ItemSales": Known(item_sales.build, MONTH),
    "InventoryValuationSummary": Known(inventory.build, TODAY, basis=False),
    "AccountList": Known(account_list.build, ALL, basis=False, dated=False),
}

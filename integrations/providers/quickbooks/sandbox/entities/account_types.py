"""Types of accounts and their sub-types, in QuickBooks' own words (§9.3)."""

from __future__ import annotations

from typing import NamedTuple


class AccountType(NamedTuple):
    classification: str
    #: Taken where none is sent.
    sub_type: str
    others: tuple[str, ...] = ()


TYPES: dict[str, AccountType] = {
    "Bank": AccountType(
        "Asset",
        "CashOnHand",
        ("Checking", "Savings", "MoneyMarket", "TrustAccounts", "RentsHeldInTrust"),
    ),
    "Accounts Receivable": AccountType("Asset", "AccountsReceivable"),
    "Other Current Asset": AccountType(
        "Asset",
        "EmployeeCashAdvances",
        (
            *("PrepaidExpenses", "UndepositedFunds", "Inventory", "LoansToOfficers", "OtherCurrentAssets"),
            *("AllowanceForBadDebts", "DevelopmentCosts", "Investment_MortgageRealEstateLoans", "Investment_Other"),
            *("Investment_TaxExemptSecurities", "Investment_USGovernmentObligations", "LoansToOthers"),
            *("LoansToStockholders", "Retainage", "GlobalTaxRefund", "TradeAndOtherReceivables"),
        ),
    ),
    "Fixed Asset": AccountType(
        "Asset",
        "FurnitureAndFixtures",
        (
            *("Vehicles", "MachineryAndEquipment", "Buildings", "AccumulatedDepreciation", "AccumulatedDepletion"),
            *("AccumulatedAmortization", "DepletableAssets", "FixedAssetComputers", "FixedAssetCopiers"),
            *("FixedAssetFurniture", "FixedAssetPhone", "FixedAssetPhotoVideo", "FixedAssetSoftware", "Land"),
            *("FixedAssetOtherToolsEquipment", "LeaseholdImprovements", "OtherFixedAssets", "IntangibleAssets"),
        ),
    ),
    "Other Asset": AccountType(
        "Asset",
        "Licenses",
        (
            *("SecurityDeposits", "Goodwill", "OtherLongTermAssets", "LeaseBuyout", "OrganizationalCosts"),
            *("AccumulatedAmortizationOfOtherAssets",),
        ),
    ),
    "Accounts Payable": AccountType("Liability", "AccountsPayable"),
    "Credit Card": AccountType("Liability", "CreditCard"),
    "Other Current Liability": AccountType(
        "Liability",
        "OtherCurrentLiabilities",
        (
            *("LoanPayable", "LineOfCredit", "PayrollClearing", "PayrollTaxPayable", "SalesTaxPayable"),
            *("GlobalTaxPayable", "GlobalTaxSuspense", "DirectDepositPayable", "PrepaidExpensesPayable"),
            *("RentsInTrustLiability", "TrustAccountsLiabilities", "FederalIncomeTaxPayable", "InsurancePayable"),
            *("StateLocalIncomeTaxPayable", "DeferredRevenue"),
        ),
    ),
    "Long Term Liability": AccountType(
        "Liability",
        "NotesPayable",
        ("OtherLongTermLiabilities", "ShareholderNotesPayable"),
    ),
    "Equity": AccountType(
        "Equity",
        "OpeningBalanceEquity",
        (
            *("RetainedEarnings", "OwnersEquity", "PartnersEquity", "PartnerDistributions", "PartnerContributions"),
            *("AccumulatedAdjustment", "PaidInCapitalOrSurplus", "PreferredStock", "CommonStock", "TreasuryStock"),
            *("EstimatedTaxes", "Healthcare", "PersonalIncome", "PersonalExpense"),
        ),
    ),
    "Income": AccountType(
        "Revenue",
        "OtherPrimaryIncome",
        (
            *("SalesOfProductIncome", "ServiceFeeIncome", "DiscountsRefundsGiven", "NonProfitIncome"),
            *("UnappliedCashPaymentIncome", "ShippingIncome"),
        ),
    ),
    "Other Income": AccountType(
        "Revenue",
        "OtherInvestmentIncome",
        ("InterestEarned", "OtherMiscellaneousIncome", "DividendIncome", "TaxExemptInterest"),
    ),
    "Expense": AccountType(
        "Expense",
        "Travel",
        (
            *("OfficeGeneralAdministrativeExpenses", "Utilities", "Insurance", "LegalProfessionalFees"),
            *("EntertainmentMeals", "Entertainment", "DuesSubscriptions", "BankCharges", "SuppliesMaterials"),
            *("AdvertisingPromotional", "Auto", "BadDebts", "CharitableContributions", "CommissionsAndFees"),
            *("CostOfLabor", "EquipmentRental", "FinanceCosts", "GlobalTaxExpense", "InterestPaid"),
            *("OfficeExpenses", "OtherBusinessExpenses", "OtherMiscellaneousServiceCost", "PayrollExpenses"),
            *("PromotionalMeals", "RentOrLeaseOfBuildings", "RepairMaintenance", "ShippingFreightDelivery"),
            *("TaxesPaid", "TravelMeals", "UnappliedCashBillPaymentExpense"),
        ),
    ),
    "Other Expense": AccountType(
        "Expense",
        "Depreciation",
        (
            *("ExchangeGainOrLoss", "PenaltiesSettlements", "OtherMiscellaneousExpense", "Amortization"),
            *("GasAndFuel", "HomeOffice", "MortgageInterest", "ParkingAndTolls", "VehicleRepairs", "VehicleLease"),
        ),
    ),
    "Cost of Goods Sold": AccountType(
        "Expense",
        "CostOfLaborCos",
        ("SuppliesMaterialsCogs", "ShippingFreightDeliveryCos", "OtherCostsOfServiceCos", "EquipmentRentalCos"),
    ),
}
TYPE_OF_SUB_TYPE = {sub: kind for kind, each in TYPES.items() for sub in (each.sub_type, *each.others)}
#: What may stand on an account of these when it is made (§10, code 6060).
OPENED = (
    *("Bank", "Other Current Asset", "Fixed Asset", "Other Asset", "Credit Card", "Other Current Liability"),
    *("Long Term Liability", "Equity"),
)

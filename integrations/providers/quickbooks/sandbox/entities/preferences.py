"""What the company has chosen: one object, changed but never made (§9.2)."""

from __future__ import annotations

from ..books.books import Books
from ..books.record import Record
from ..model.entity import COMMON, HEAD, Entity
from ..model.fields import Field, choice, flag, ignored, kept, number, part, ref, text
from ..wire.json import Json
from ..wire.refusals import business

TERMINOLOGY = ("Business", "Department", "Division", "Location", "Property", "Store", "Territory")
CLASS_TRACKING = ("ClassTrackingPerTxn", "ClassTrackingPerTxnLine")


def complete(books: Books, draft: Json, before: Record | None) -> Json:
    """What is sent is laid over what is there, group by group: a choice can be changed, never taken away."""
    assert before is not None, "a company is never seeded without preferences"
    body = {name: _merged(value, draft.get(name)) for name, value in before.body.items()}
    body |= {name: value for name, value in draft.items() if name not in body}
    settle(body["AccountingInfoPrefs"], _changed(before.body, draft, "AccountingInfoPrefs"))
    _check_currencies(before.body, body)
    return body


def _changed(before: Json, draft: Json, group: str) -> Json:
    """Of a whole object sent back only what differs is meant."""
    return {name: value for name, value in draft.get(group, {}).items() if before[group].get(name) != value}


def _merged(group: Json, sent: Json | None) -> Json:
    if not sent:
        return group
    return {**group, **sent, **({"NameValue": _named_values(group, sent)} if "NameValue" in sent else {})}


def _named_values(group: Json, sent: Json) -> list[Json]:
    """Rows are known by their names; one that the company does not have is passed over."""
    rows = sent["NameValue"] if isinstance(sent["NameValue"], list) else []
    wanted = {str(row["Name"]): row.get("Value") for row in rows if isinstance(row, dict) and "Name" in row}
    return [{**row, "Value": str(wanted.get(row["Name"]) or row["Value"])} for row in group.get("NameValue", ())]


def _check_currencies(before: Json, after: Json) -> None:
    """§9.2: once there are several currencies, there is no way back."""
    if before["CurrencyPrefs"]["MultiCurrencyEnabled"] and not after["CurrencyPrefs"]["MultiCurrencyEnabled"]:
        raise business("Multicurrency cannot be turned off once it is on.")


def settle(group: Json, wanted: Json) -> None:
    """Of the two ways to track classes at most one is on; locations have a word only while they are tracked (§9.2)."""
    for one, other in (CLASS_TRACKING, CLASS_TRACKING[::-1]):
        if wanted.get(one):
            group[other] = False
    if not group["TrackDepartments"]:
        group.pop("DepartmentTerminology", None)
    else:
        group.setdefault("DepartmentTerminology", "Location")


def _flags(*names: str) -> tuple[Field, ...]:
    return tuple(flag(name) for name in names)


_GROUPS = (
    part(
        "AccountingInfoPrefs",
        *_flags(*CLASS_TRACKING, "TrackDepartments"),
        choice("DepartmentTerminology", *TERMINOLOGY),
        text("CustomerTerminology", 100),
        text("TaxForm", 31),
        *ignored("UseAccountNumbers", "FirstMonthOfFiscalYear", "TaxYearMonth", "BookCloseDate", "DefaultARAccount"),
        *ignored("DefaultAPAccount", "RequiresAccounts", "AutoJournalEntryNumber", "OtherContactInfo"),
    ),
    part(
        "AdvancedInventoryPrefs",
        *ignored("MLIAvailable", "MLIEnabled", "EnhancedInventoryReceivingEnabled", "TrackingSerialOrLotNumber"),
        *ignored("TrackingOnSalesTransactionsEnabled", "TrackingOnPurchaseTransactionsEnabled", "FIFOEnabled"),
        *ignored("TrackingOnInventoryAdjustmentEnabled", "TrackingOnBuildAssemblyEnabled", "FIFOEffectiveDate"),
        *ignored("RowShelfBinEnabled", "BarcodeEnabled"),
    ),
    part(
        "ProductAndServicesPrefs",
        *_flags("ForSales", "ForPurchase", "InventoryAndPurchaseOrder", "QuantityWithPriceAndRate", "QuantityOnHand"),
        *_flags("RevenueRecognition"),
        text("RevenueRecognitionFrequency", 31),
        *ignored("UOM"),
    ),
    part(
        "SalesFormsPrefs",
        *_flags("UsingProgressInvoicing", "CustomTxnNumbers", "DelayedCharges", "EmailCopyToCompany", "AllowDeposit"),
        *_flags("AllowDiscount", "AllowEstimates", "ETransactionAttachPDF", "AllowServiceDate", "AllowShipping"),
        *_flags("AutoApplyCredit", "AutoApplyPayments", "PrintItemWithZeroAmount", "UsingPriceLevels"),
        *_flags("TrackReimbursableExpensesAsIncome", "UsingSalesOrders", "IPNSupportEnabled"),
        *kept("CustomField", "SalesEmailCc", "SalesEmailBcc", "DefaultDiscountAccount", "DefaultShippingAccount"),
        *kept("DefaultItem", "DefaultShipMethodRef", "DefaultDeliveryMethod", "DefaultFOB"),
        text("EstimateMessage", 4000),
        text("InvoiceMessage", 4000),
        text("DefaultCustomerMessage", 4000),
        ref("DefaultTerms", "Term"),
        number("DefaultMarkup"),
        *ignored("ETransactionEnabledStatus", "ETransactionPaymentEnabled"),
    ),
    part(
        "EmailMessagesPrefs",
        *kept("InvoiceMessage", "EstimateMessage", "SalesReceiptMessage", "StatementMessage"),
        *ignored("NameValue"),
    ),
    part("PrintDocumentPrefs", *ignored("NameValue")),
    part(
        "VendorAndPurchasesPrefs",
        *_flags("EnableBills", "TrackingByCustomer", "BillableExpenseTracking", "AutomaticBillPayment"),
        *kept("POCustomField", "DefaultMarkupAccount"),
        ref("DefaultTerms", "Term"),
        number("DefaultMarkup"),
        text("MsgToVendors", 4000),
        *ignored("TPAREnabled", "UsingInventory", "UsingMultiLocationInventory", "DaysBillsAreDue"),
        *ignored("DiscountAccountRef"),
    ),
    part(
        "TimeTrackingPrefs",
        *_flags("UseServices", "BillCustomers", "ShowBillRateToAll", "MarkTimeEntriesBillable"),
        *_flags("MarkExpensesAsBillable", "TimeTrackingEnabled"),
        text("WorkWeekStartDate", 10),
        *ignored("DefaultTimeItem"),
    ),
    part(
        "TaxPrefs",
        *ignored("UsingSalesTax", "PartnerTaxEnabled", "HideTaxManagement", "TaxGroupCodeRef", "TaxRateRef"),
        *ignored("PaySalesTax", "NonTaxableSalesTaxCodeRef", "TaxableSalesTaxCodeRef"),
    ),
    part(
        "FinanceChargesPrefs",
        *ignored("AnnualInterestRate", "MinFinChrg", "GracePeriod", "CalcFinChrgFromTxnDate", "FinChrgAccountRef"),
        *ignored("AssessFinChrgForOverdueCharges"),
    ),
    part("CurrencyPrefs", flag("MultiCurrencyEnabled"), *ignored("HomeCurrency")),
    part("ReportPrefs", choice("ReportBasis", "Accrual", "Cash"), *ignored("CalcAgingReportFromTxnDate")),
    part("OtherPrefs", *kept("NameValue")),
)

PREFERENCES = Entity(
    name="Preferences",
    family="Preferences",
    operations=frozenset({"update"}),
    fields=(*_GROUPS, *HEAD, *ignored("CustomField", "AttachableRef")),
    searchable=COMMON,
    complete=complete,
    single=True,
)

"""The declared table of entities: properties, what a query may ask, what may be done (§9)."""

from __future__ import annotations

from dataclasses import dataclass

from .fields import Field, Kind, amount, choice, flag, ignored, label, lines, part, ref, text


@dataclass(frozen=True)
class Entity:
    name: str
    #: Ids are counted per family, as QuickBooks counts them per list.
    family: str
    fields: tuple[Field, ...]
    #: Property to kind and SQL expression of what WHERE and ORDERBY may name (§3).
    searchable: dict[str, tuple[str, str]]
    #: Order in which an answer prints its properties.
    order: tuple[str, ...] = ()
    #: Lists that must not hold one name twice share this word (§9.5).
    names: str | None = None
    writable: bool = True
    deletable: bool = False
    activates: bool = False


HEAD = ignored("Id", "SyncToken", "sparse", "domain", "MetaData", "status")

ADDRESS = (
    *(text(f"Line{number}", 500) for number in range(1, 6)),
    text("City", 255),
    text("CountrySubDivisionCode", 255),
    text("Country", 255),
    text("PostalCode", 31),
    *ignored("Id", "Lat", "Long", "Note", "CountryCode"),
)

COMMON = {
    "Id": ("id", "id"),
    "MetaData.CreateTime": ("time", "created"),
    "MetaData.LastUpdatedTime": ("time", "updated"),
}


def _phone(name: str) -> Field:
    return part(name, text("FreeFormNumber", 30), *ignored("Id", "DeviceType", "CountryCode", "AreaCode", "Default"))


def _texts(*names: str) -> dict[str, tuple[str, str]]:
    return {name: ("text", f"fold(json_extract(body, '$.{name}'))") for name in names}


ACCOUNT = Entity(
    name="Account",
    family="Account",
    names="Account",
    activates=True,
    fields=(
        label("Name", 100, forbidden='":'),
        choice(
            "AccountType",
            *("Bank", "Accounts Receivable", "Other Current Asset", "Fixed Asset", "Other Asset"),
            *("Accounts Payable", "Credit Card", "Other Current Liability", "Long Term Liability", "Equity"),
            *("Income", "Other Income", "Expense", "Other Expense", "Cost of Goods Sold"),
        ),
        text("AccountSubType", 100),
        Field("AcctNum", Kind.TEXT, limit=7, forbidden=":"),
        text("Description", 100),
        flag("SubAccount"),
        ref("ParentRef", "Account"),
        ref("CurrencyRef", "Currency"),
        ref("TaxCodeRef", "TaxCode"),
        flag("Active"),
        *HEAD,
        *ignored("Classification", "FullyQualifiedName", "CurrentBalance", "CurrentBalanceWithSubAccounts"),
        *ignored("TxnLocationType", "AccountAlias"),
    ),
    searchable={
        **COMMON,
        **_texts("Name", "FullyQualifiedName", "AccountType", "AccountSubType", "Classification"),
        "Active": ("flag", "active"),
        "SubAccount": ("flag", "json_extract(body, '$.SubAccount')"),
    },
    order=(
        *("Name", "SubAccount", "ParentRef", "Description", "FullyQualifiedName", "Active", "Classification"),
        *("AccountType", "AccountSubType", "AcctNum", "CurrentBalance", "CurrentBalanceWithSubAccounts"),
        *("CurrencyRef", "TaxCodeRef", "domain", "sparse", "Id", "SyncToken", "MetaData"),
    ),
)

#: §9.5: digits, letters and common marks; a colon, a tab or a new line can never stand in a name.
PERSON = (
    label("DisplayName", 500, forbidden=":\t\n\r"),
    label("Title", 16),
    label("GivenName", 100),
    label("MiddleName", 100),
    label("FamilyName", 100),
    label("Suffix", 16),
    text("PrintOnCheckName", 110),
    flag("Active"),
    *(_phone(name) for name in ("PrimaryPhone", "AlternatePhone", "Mobile", "Fax")),
    part("PrimaryEmailAddr", Field("Address", Kind.EMAIL, limit=100), *ignored("Id", "Default")),
)
PERSON_NAMES = ("DisplayName", "Title", "GivenName", "MiddleName", "FamilyName", "Suffix", "PrintOnCheckName")
PERSON_SEARCH = {**COMMON, **_texts(*PERSON_NAMES), "Active": ("flag", "active")}

VENDOR = Entity(
    name="Vendor",
    family="Name",
    names="Name",
    activates=True,
    fields=(
        *PERSON,
        text("CompanyName", 100),
        text("AcctNum", 100),
        text("TaxIdentifier", 20),
        flag("Vendor1099"),
        part("BillAddr", *ADDRESS),
        part("WebAddr", Field("URI", Kind.WEB, limit=1000), *ignored("Id", "Default")),
        text("Notes", 4000),
        ref("TermRef", "Term"),
        ref("APAccountRef", "Account"),
        ref("CurrencyRef", "Currency"),
        *HEAD,
        *ignored("Balance", "BillRate", "TaxReportingBasis", "V4IDPseudonym", "OtherContactInfo", "HasTPAR"),
        *ignored("CostRate", "VendorPaymentBankDetail", "GSTIN", "GSTRegistrationType", "BusinessNumber"),
    ),
    searchable={**PERSON_SEARCH, **_texts("CompanyName"), "Balance": ("amount", "amount")},
    order=(
        *("Balance", "BillAddr", "TermRef", "APAccountRef", "AcctNum", "TaxIdentifier", "Vendor1099", "CurrencyRef"),
        *("domain", "sparse", "Id", "SyncToken", "MetaData", "Title", "GivenName", "MiddleName", "FamilyName"),
        *("Suffix", "CompanyName", "DisplayName", "PrintOnCheckName", "Active", "PrimaryPhone", "AlternatePhone"),
        *("Mobile", "Fax", "PrimaryEmailAddr", "WebAddr", "Notes"),
    ),
)

#: Customers and employees can be read and referred to; they hold names that vendors may not take.
CUSTOMER = Entity(
    name="Customer",
    family="Name",
    names="Name",
    activates=True,
    writable=False,
    fields=(*PERSON, text("CompanyName", 100), *HEAD),
    searchable={**PERSON_SEARCH, **_texts("CompanyName", "FullyQualifiedName")},
)
EMPLOYEE = Entity(
    name="Employee",
    family="Name",
    names="Name",
    activates=True,
    writable=False,
    fields=(*PERSON, *HEAD),
    searchable=PERSON_SEARCH,
)

EXPENSE_DETAIL = part(
    "AccountBasedExpenseLineDetail",
    ref("AccountRef", "Account"),
    ref("ClassRef", "Class"),
    ref("CustomerRef", "Customer"),
    choice("BillableStatus", "NotBillable", "Billable"),
    ref("TaxCodeRef", "TaxCode"),
    amount("TaxAmount"),
    amount("TaxInclusiveAmt"),
    *ignored("MarkupInfo"),
)
ITEM_DETAIL = part(
    "ItemBasedExpenseLineDetail",
    ref("ItemRef", "Item"),
    *ignored("Qty", "UnitPrice", "ClassRef", "CustomerRef", "BillableStatus", "TaxCodeRef", "MarkupInfo"),
    *ignored("TaxInclusiveAmt", "PriceLevelRef", "ItemAccountRef"),
)

PURCHASE = Entity(
    name="Purchase",
    family="Transaction",
    deletable=True,
    fields=(
        choice("PaymentType", "CreditCard", "Cash", "Check"),
        ref("AccountRef", "Account"),
        ref("EntityRef", "Name"),
        text("DocNumber", 21),
        Field("TxnDate", Kind.DATE),
        text("PrivateNote", 4000),
        flag("Credit"),
        ref("DepartmentRef", "Department"),
        ref("CurrencyRef", "Currency"),
        Field("ExchangeRate", Kind.RATE),
        choice("GlobalTaxCalculation", "TaxExcluded", "TaxInclusive", "NotApplicable"),
        Field("TxnTaxDetail", Kind.GIVEN),
        ref("PaymentMethodRef", "PaymentMethod"),
        part("RemitToAddr", *ADDRESS),
        choice("PrintStatus", "NotSet", "NeedToPrint", "PrintComplete"),
        lines(
            "Line",
            Field("Id", Kind.TEXT, limit=20),
            text("Description", 4000),
            amount("Amount"),
            choice("DetailType", "AccountBasedExpenseLineDetail", "ItemBasedExpenseLineDetail"),
            EXPENSE_DETAIL,
            ITEM_DETAIL,
            *ignored("LineNum", "LinkedTxn", "CustomField", "CustomExtensions", "Received"),
        ),
        # PurchaseEx is missing on purpose: echoing a read of it back is refused (§4.2).
        *HEAD,
        *ignored("TotalAmt", "LinkedTxn", "CustomField", "TxnSource", "HomeTotalAmt", "TransactionLocationType"),
        *ignored("IncludeInAnnualTPAR", "RecurDataRef", "ShipAddr"),
    ),
    searchable={
        **COMMON,
        **_texts("PaymentType"),
        "TxnDate": ("date", "txn_date"),
        "DocNumber": ("text", "doc_number"),
        "TotalAmt": ("amount", "amount"),
    },
    order=(
        *("AccountRef", "PaymentMethodRef", "PaymentType", "EntityRef", "RemitToAddr", "Credit", "TotalAmt"),
        *("PrintStatus", "PurchaseEx", "domain", "sparse", "Id", "SyncToken", "MetaData", "CustomField"),
        *("DocNumber", "TxnDate", "DepartmentRef", "CurrencyRef", "ExchangeRate", "PrivateNote", "Line"),
        *("GlobalTaxCalculation",),
    ),
)

COMPANY_INFO = Entity("CompanyInfo", "CompanyInfo", (), COMMON, writable=False)
PREFERENCES = Entity("Preferences", "Preferences", (), COMMON, writable=False)

ENTITIES = (ACCOUNT, VENDOR, CUSTOMER, EMPLOYEE, PURCHASE, COMPANY_INFO, PREFERENCES)
BY_NAME = {entity.name: entity for entity in ENTITIES}
BY_LOWER_NAME = {entity.name.lower(): entity for entity in ENTITIES}

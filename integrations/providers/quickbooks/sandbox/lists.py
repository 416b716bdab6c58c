"""The declared lists: accounts, classes, locations, and everybody who has a name (§9.3 to §9.5)."""

from __future__ import annotations

from .entity import ADDRESS, COMMON, HEAD, Entity, phone, texts
from .fields import Field, Kind, choice, flag, ignored, label, part, ref, text

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
        **texts("Name", "AccountType", "AccountSubType", "Classification"),
        "FullyQualifiedName": ("text", "name"),
        "Active": ("flag", "active"),
        "SubAccount": ("flag", "json_extract(body, '$.SubAccount')"),
    },
    order=(
        *("Name", "SubAccount", "ParentRef", "Description", "FullyQualifiedName", "Active", "Classification"),
        *("AccountType", "AccountSubType", "AcctNum", "CurrentBalance", "CurrentBalanceWithSubAccounts"),
        *("CurrencyRef", "TaxCodeRef", "domain", "sparse", "Id", "SyncToken", "MetaData"),
    ),
)

#: The only class id in the documentation has nineteen digits, close to the end of what 64 bits hold (§9.7).
FIRST_CLASS = 5_000_000_000_000_000_001


def _dimension(name: str, sub: str, *more: Field, first_id: int = 1) -> Entity:
    """Classes and locations: lists that nest, by a flag of their own name (§9.4)."""
    return Entity(
        name=name,
        family=name,
        names=name,
        activates=True,
        first_id=first_id,
        fields=(
            label("Name", 100, forbidden=":\t\n\r"),
            flag(sub),
            ref("ParentRef", name),
            flag("Active"),
            *more,
            *HEAD,
            *ignored("FullyQualifiedName"),
        ),
        searchable={
            **COMMON,
            **texts("Name"),
            "FullyQualifiedName": ("text", "name"),
            "Active": ("flag", "active"),
        },
        order=(
            *("Name", sub, "ParentRef", "FullyQualifiedName", "Active", "Address"),
            *("domain", "sparse", "Id", "SyncToken", "MetaData"),
        ),
    )


CLASS = _dimension("Class", "SubClass", first_id=FIRST_CLASS)
DEPARTMENT = _dimension("Department", "SubDepartment", part("Address", *ADDRESS))

#: §9.5: digits, letters and common marks; a colon, a tab or a new line can never stand in a name.
PERSON = (
    Field("DisplayName", Kind.NAME, 500, forbidden=":\t\n\r", marks=" ,.?@&!#'~*_-;+()", older_limit=100),
    label("Title", 16),
    label("GivenName", 100),
    label("MiddleName", 100),
    label("FamilyName", 100),
    label("Suffix", 16),
    text("PrintOnCheckName", 110),
    flag("Active"),
    *(phone(name) for name in ("PrimaryPhone", "AlternatePhone", "Mobile", "Fax")),
    part("PrimaryEmailAddr", Field("Address", Kind.EMAIL, limit=100), *ignored("Id", "Default")),
)
PERSON_NAMES = ("Title", "GivenName", "MiddleName", "FamilyName", "Suffix", "PrintOnCheckName")
PERSON_SEARCH = {
    **COMMON,
    **texts(*PERSON_NAMES),
    "DisplayName": ("text", "name"),
    "Active": ("flag", "active"),
}

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
    searchable={**PERSON_SEARCH, **texts("CompanyName"), "Balance": ("amount", "amount")},
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
    searchable={**PERSON_SEARCH, **texts("CompanyName"), "FullyQualifiedName": ("text", "name")},
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

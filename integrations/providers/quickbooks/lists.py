"""Accounts, vendors, classes and locations of QuickBooks as references. Objects come from python-quickbooks."""

import re
from typing import Any

from integrations.providers.documents import AccountRole, ReferenceRecord
from integrations.providers.quickbooks import payloads, reading, values

CARD_TYPES = {"Credit Card"}
BANK_TYPES = {"Bank"}
PAYABLE_TYPES = {"Accounts Payable"}
EXPENSE_TYPES = {"Expense", "Other Expense", "Cost of Goods Sold"}
POSTABLE_TYPES = {
    "Income",
    "Other Income",
    "Equity",
    "Fixed Asset",
    "Other Asset",
    "Other Current Asset",
    "Other Current Liability",
    "Long Term Liability",
}
VALUES = {"Class": payloads.CLASS, "Department": payloads.LOCATION}
# What is made inactive gives its name free, and is called so.
DELETED = re.compile(r" \(deleted(?:-\d+)?\)$")


def record(kind: str, found: Any) -> ReferenceRecord:
    if kind == "Account":
        return account(found)
    return vendor(found) if kind == payloads.VENDOR else value(found, VALUES[kind])


def account(found: Any) -> ReferenceRecord:
    return ReferenceRecord(
        kind="account",
        number=values.text(found.AcctNum),
        role=_role(values.text(found.AccountType)),
        type_name=values.text(found.AccountType),
        currency=values.currency(found.CurrencyRef),
        **_named(found, found.Name, found.FullyQualifiedName),
    )


def vendor(found: Any) -> ReferenceRecord:
    named = _named(found, found.DisplayName, found.DisplayName)
    return ReferenceRecord(kind="vendor", currency=values.currency(found.CurrencyRef), **named)


def value(found: Any, dimension: str, label: str = "") -> ReferenceRecord:
    return ReferenceRecord(
        kind="value", dimension=dimension, type_name=label, **_named(found, found.Name, found.FullyQualifiedName)
    )


def _named(found: Any, told: Any, told_path: Any) -> dict[str, Any]:
    active = values.flag(found.Active, default=True)
    name, path = values.text(told), values.text(told_path or told)
    return {
        "external_id": values.identity(found.Id),
        "name": name if active else DELETED.sub("", name),
        "path": path if active else DELETED.sub("", path),
        "active": active,
        "changed_at": reading.changed_at(found),
    }


def _role(type_name: str) -> AccountRole:
    if type_name in CARD_TYPES:
        return AccountRole.CARD
    if type_name in BANK_TYPES:
        return AccountRole.BANK
    if type_name in PAYABLE_TYPES:
        return AccountRole.PAYABLE
    if type_name in EXPENSE_TYPES:
        return AccountRole.EXPENSE
    return AccountRole.POSTABLE if type_name in POSTABLE_TYPES else AccountRole.OTHER

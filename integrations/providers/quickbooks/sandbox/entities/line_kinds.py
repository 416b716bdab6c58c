"""What a line of any transaction may carry by the public schema; where it has no meaning it is dropped (§2)."""

from __future__ import annotations

from ..model.fields import Field, ignored

_ANY = (
    *("Id", "LineNum", "Description", "Amount", "DetailType", "LinkedTxn", "Received", "CustomField", "LineEx"),
    *("ProjectRef", "CostAmount", "HomeCostAmount", "CustomExtensions", "DepositToAccountRef"),
    *("PaymentLineDetail", "DiscountLineDetail", "TaxLineDetail", "SalesItemLineDetail", "DescriptionLineDetail"),
    *("ItemBasedExpenseLineDetail", "AccountBasedExpenseLineDetail", "ReimburseLineDetail", "DepositLineDetail"),
    *("PurchaseOrderItemLineDetail", "SalesOrderItemLineDetail", "ItemReceiptLineDetail", "JournalEntryLineDetail"),
    *("GroupLineDetail", "SubTotalLineDetail", "SubtotalLineDetail", "TDSLineDetail", "ItemAdjustmentLineDetail"),
)


def rest(*declared: Field) -> tuple[Field, ...]:
    """The declared properties of a line, and all others as such that mean nothing here."""
    known = {field.name for field in declared}
    return (*declared, *ignored(*(name for name in _ANY if name not in known)))

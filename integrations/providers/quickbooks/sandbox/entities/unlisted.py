"""What only the screens of QuickBooks write: it stands in the books, and the API does not show it."""

from __future__ import annotations

from dataclasses import replace

from .journal_entry import JOURNAL_ENTRY

INVENTORY_ADJUSTMENT = replace(
    JOURNAL_ENTRY, name="InventoryQtyAdjust", operations=frozenset(), captured=False, check_number=None
)
SALES_TAX_PAYMENT = replace(INVENTORY_ADJUSTMENT, name="SalesTaxPayment")

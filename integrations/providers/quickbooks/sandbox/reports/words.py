"""What reports call a transaction, and the words of the transaction_type and account type filters."""

from __future__ import annotations

from ..wire.json import Json

_WORDS = {
    "BillPayment": {"Check": "Bill Payment (Check)", "CreditCard": "Bill Payment (Credit Card)"},
    "Purchase": {"Check": "Check", "Cash": "Expense", "CreditCard": "Credit Card Expense"},
}
_PLAIN = {
    "VendorCredit": "Vendor Credit",
    "JournalEntry": "Journal Entry",
    "CreditCardPaymentTxn": "Credit Card Payment",
    "CreditMemo": "Credit Memo",
    "SalesReceipt": "Sales Receipt",
    "RefundReceipt": "Refund",
    "PurchaseOrder": "Purchase Order",
    "TimeActivity": "Time Charge",
    "InventoryQtyAdjust": "Inventory Qty Adjust",
    "SalesTaxPayment": "Sales Tax Payment",
    "Opening": "Journal Entry",
}
#: The filter's word to the report's.
_FILTERS = {
    "creditcardcharge": "Credit Card Expense",
    "cashpurchase": "Expense",
    "creditcardcredit": "Credit Card Credit",
    "receivepayment": "Payment",
    "billpaymentcheck": "Bill Payment (Check)",
    "billpaymentcreditcard": "Bill Payment (Credit Card)",
    "creditrefund": "Refund",
    "credit": "Credit Memo",
    "timeactivity": "Time Charge",
    "creditcardpayment": "Credit Card Payment",
    "inventoryquantityadjustment": "Inventory Qty Adjust",
}


def word_of(entity: str, body: Json) -> str:
    if entity == "Purchase" and body.get("Credit"):
        return "Credit Card Credit"
    kind = body.get("PaymentType") or body.get("PayType") or ""
    return _WORDS.get(entity, {}).get(kind) or _PLAIN.get(entity, entity)


def means(asked: str, word: str) -> bool:
    """Whether a transaction of this name is of the type asked for."""
    plain = asked.replace(" ", "").lower()
    return _FILTERS.get(plain, "").lower() == word.lower() or plain == word.replace(" ", "").lower()


def account_type(word: str) -> str:
    """OtherCurrentAsset is "Other Current Asset"."""
    plain = word.replace(" ", "").lower()
    return _TYPES.get(plain, word)


_TYPES = {
    kind.replace(" ", "").lower(): kind
    for kind in (
        *("Bank", "Accounts Receivable", "Other Current Asset", "Fixed Asset", "Other Asset", "Accounts Payable"),
        *("Credit Card", "Other Current Liability", "Long Term Liability", "Equity", "Income", "Cost of Goods Sold"),
        *("Expense", "Other Income", "Other Expense"),
    )
}

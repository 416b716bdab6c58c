"""What a column can mean to us."""

from enum import StrEnum


class Field(StrEnum):
    EXTERNAL_ID = "external_id"
    DATE = "date"
    MERCHANT = "merchant"
    AMOUNT = "amount"
    CHARGE = "charge"
    REFUND = "refund"
    SIDE = "side"
    KIND = "kind"
    STATUS = "status"
    CURRENCY = "currency"
    ORIGINAL_AMOUNT = "original_amount"
    ORIGINAL_CURRENCY = "original_currency"
    CARD = "card"
    CATEGORY = "category"
    CATEGORY_CODE = "category_code"
    DEPARTMENT = "department"
    MEMO = "memo"
    MERCHANT_CATEGORY_CODE = "merchant_category_code"
    REFUND_OF = "refund_of"
    APPROVED_BY = "approved_by"
    NAME = "name"
    EMAIL = "email"
    PHONE = "phone"


# As many as the ledger keeps of a vendor.
VENDOR_FIELDS = (
    Field.EXTERNAL_ID,
    Field.NAME,
    Field.EMAIL,
    Field.PHONE,
    Field.CURRENCY,
)
SHARED_FIELDS = (Field.EXTERNAL_ID, Field.CURRENCY)
TRANSACTION_FIELDS = tuple(field for field in Field if field in SHARED_FIELDS or field not in VENDOR_FIELDS)
# A charge is one signed amount, or stands in one of two columns.
MONEY_FIELDS = (Field.AMOUNT, Field.CHARGE, Field.REFUND, Field.ORIGINAL_AMOUNT)
CURRENCY_FIELDS = (Field.CURRENCY, Field.ORIGINAL_CURRENCY)

# By name. What is no field any more may stand in a choice that was stored earlier.
FIELDS = {str(field): field for field in Field}

LABELS = {
    Field.EXTERNAL_ID: "Id",
    Field.DATE: "Date",
    Field.MERCHANT: "Merchant",
    Field.AMOUNT: "Amount",
    Field.CHARGE: "Charged amount",
    Field.REFUND: "Refunded amount",
    Field.SIDE: "Debit or credit",
    Field.KIND: "Kind",
    Field.STATUS: "Status",
    Field.CURRENCY: "Currency",
    Field.ORIGINAL_AMOUNT: "Original amount",
    Field.ORIGINAL_CURRENCY: "Original currency",
    Field.CARD: "Card",
    Field.CATEGORY: "Category",
    Field.CATEGORY_CODE: "Category code",
    Field.DEPARTMENT: "Department",
    Field.MEMO: "Memo",
    Field.MERCHANT_CATEGORY_CODE: "Merchant category code",
    Field.REFUND_OF: "Refund of",
    Field.APPROVED_BY: "Approved by",
    Field.NAME: "Name",
    Field.EMAIL: "Email",
    Field.PHONE: "Phone",
}
# As long as the ledger keeps them.
LONGEST = {
    Field.EXTERNAL_ID: 64,
    Field.MERCHANT: 200,
    Field.CARD: 64,
    Field.CATEGORY: 100,
    Field.CATEGORY_CODE: 40,
    Field.DEPARTMENT: 100,
    Field.MEMO: 1000,
    Field.REFUND_OF: 64,
    Field.APPROVED_BY: 200,
    Field.NAME: 200,
    Field.EMAIL: 254,
    Field.PHONE: 40,
}
LONGEST_TAG = 100

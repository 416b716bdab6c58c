"""The declared transactions: what moves balances (§9.7, §9.10)."""

from __future__ import annotations

from .entity import ADDRESS, COMMON, HEAD, Entity, texts
from .fields import Field, Kind, amount, choice, flag, ignored, lines, part, ref, text

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
    repeated=("PaymentType",),
    reported=("AccountRef",),
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
        **texts("PaymentType"),
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

#: What moves money between two accounts has an amount instead of lines, and no number.
MOVED = (
    amount("Amount"),
    Field("TxnDate", Kind.DATE),
    text("PrivateNote", 4000),
    ref("CurrencyRef", "Currency"),
    Field("ExchangeRate", Kind.RATE),
    *HEAD,
    *ignored("TxnSource", "TransactionLocationType", "RecurDataRef", "LinkedTxn", "CustomField"),
)
MOVED_SEARCH = {**COMMON, "TxnDate": ("date", "txn_date"), "Amount": ("moved", "amount")}

TRANSFER = Entity(
    name="Transfer",
    family="Transaction",
    deletable=True,
    reported=("FromAccountRef", "ToAccountRef", "Amount"),
    fields=(ref("FromAccountRef", "Account"), ref("ToAccountRef", "Account"), *MOVED),
    searchable=MOVED_SEARCH,
    order=(
        *("FromAccountRef", "ToAccountRef", "Amount", "domain", "sparse", "Id", "SyncToken", "MetaData"),
        *("TxnDate", "CurrencyRef", "ExchangeRate", "PrivateNote"),
    ),
)

#: Address and query say creditcardpayment, the envelope says CreditCardPaymentTxn (§3, §9.10).
CARD_PAYMENT = Entity(
    name="CreditCardPaymentTxn",
    address="creditcardpayment",
    family="Transaction",
    deletable=True,
    reported=("CreditCardAccountRef", "BankAccountRef", "Amount"),
    fields=(
        ref("CreditCardAccountRef", "Account"),
        ref("BankAccountRef", "Account"),
        ref("VendorRef", "Vendor"),
        text("CheckNum", 21),
        choice("PrintStatus", "NotSet", "NeedToPrint", "PrintComplete"),
        text("Memo", 4000),
        *MOVED,
    ),
    searchable=MOVED_SEARCH,
    order=(
        *("CreditCardAccountRef", "BankAccountRef", "VendorRef", "Amount", "CheckNum", "PrintStatus", "Memo"),
        *("domain", "sparse", "Id", "SyncToken", "MetaData", "TxnDate", "CurrencyRef", "ExchangeRate"),
        *("PrivateNote",),
    ),
)

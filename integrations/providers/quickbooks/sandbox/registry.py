"""All entities by name, and by the word that addresses and queries use (§9)."""

from __future__ import annotations

from .entities.account import ACCOUNT
from .entities.attachable import ATTACHABLE
from .entities.bill import BILL
from .entities.bill_payment import BILL_PAYMENT
from .entities.card_payment import CARD_PAYMENT
from .entities.company_info import COMPANY_INFO
from .entities.credit_memo import CREDIT_MEMO
from .entities.currencies import COMPANY_CURRENCY, EXCHANGE_RATE
from .entities.customer import CUSTOMER
from .entities.deposit import DEPOSIT
from .entities.dimensions import CLASS, DEPARTMENT
from .entities.employee import EMPLOYEE
from .entities.estimate import ESTIMATE
from .entities.invoice import INVOICE
from .entities.item import ITEM
from .entities.journal_entry import JOURNAL_ENTRY
from .entities.payment import PAYMENT
from .entities.payment_method import PAYMENT_METHOD
from .entities.preferences import PREFERENCES
from .entities.purchase import PURCHASE
from .entities.purchase_order import PURCHASE_ORDER
from .entities.receipts import REFUND_RECEIPT, SALES_RECEIPT
from .entities.recurring import RECURRING
from .entities.tax_lists import TAX_AGENCY, TAX_CODE, TAX_RATE
from .entities.term import TERM
from .entities.time_activity import TIME_ACTIVITY
from .entities.transfer import TRANSFER
from .entities.unlisted import INVENTORY_ADJUSTMENT, SALES_TAX_PAYMENT
from .entities.vendor import VENDOR
from .entities.vendor_credit import VENDOR_CREDIT

#: In the books, but at no address.
UNLISTED = (INVENTORY_ADJUSTMENT, SALES_TAX_PAYMENT)
ENTITIES = (
    *(ACCOUNT, CLASS, DEPARTMENT, VENDOR, CUSTOMER, EMPLOYEE, ITEM),
    *(TERM, PAYMENT_METHOD, COMPANY_CURRENCY, EXCHANGE_RATE, TIME_ACTIVITY),
    *(PURCHASE, BILL, VENDOR_CREDIT, BILL_PAYMENT, JOURNAL_ENTRY, TRANSFER, CARD_PAYMENT),
    *(INVOICE, SALES_RECEIPT, PAYMENT, CREDIT_MEMO, REFUND_RECEIPT, ESTIMATE, DEPOSIT, PURCHASE_ORDER),
    *(TAX_AGENCY, TAX_RATE, TAX_CODE),
    *(COMPANY_INFO, PREFERENCES, ATTACHABLE, RECURRING),
)
BY_NAME = {entity.name: entity for entity in (*ENTITIES, *UNLISTED)}
BY_ADDRESS = {(entity.address or entity.name).lower(): entity for entity in ENTITIES}
#: A query may also say the name of the envelope.
BY_QUERY = {entity.name.lower(): entity for entity in ENTITIES} | BY_ADDRESS
#: Known to QuickBooks and kept by none of these companies: a query for them finds nothing.
EMPTY = frozenset({"budget", "customertype", "inventoryadjustment", "journalcode", "reimbursecharge"})
TRANSACTIONS = tuple(entity for entity in BY_NAME.values() if entity.transacts)

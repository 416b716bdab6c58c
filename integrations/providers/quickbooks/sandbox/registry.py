"""All entities by name, and by the word that addresses and queries use (§9)."""

from __future__ import annotations

from .entities.account import ACCOUNT
from .entities.attachable import ATTACHABLE
from .entities.bill import BILL
from .entities.bill_payment import BILL_PAYMENT
from .entities.card_payment import CARD_PAYMENT
from .entities.company_info import COMPANY_INFO
from .entities.currencies import COMPANY_CURRENCY, EXCHANGE_RATE
from .entities.customer import CUSTOMER
from .entities.dimensions import CLASS, DEPARTMENT
from .entities.employee import EMPLOYEE
from .entities.item import ITEM
from .entities.journal_entry import JOURNAL_ENTRY
from .entities.payment_method import PAYMENT_METHOD
from .entities.preferences import PREFERENCES
from .entities.purchase import PURCHASE
from .entities.term import TERM
from .entities.transfer import TRANSFER
from .entities.vendor import VENDOR
from .entities.vendor_credit import VENDOR_CREDIT

ENTITIES = (
    *(ACCOUNT, CLASS, DEPARTMENT, VENDOR, CUSTOMER, EMPLOYEE, ITEM),
    *(TERM, PAYMENT_METHOD, COMPANY_CURRENCY, EXCHANGE_RATE),
    *(PURCHASE, BILL, VENDOR_CREDIT, BILL_PAYMENT, JOURNAL_ENTRY, TRANSFER, CARD_PAYMENT),
    *(COMPANY_INFO, PREFERENCES, ATTACHABLE),
)
BY_NAME = {entity.name: entity for entity in ENTITIES}
BY_ADDRESS = {(entity.address or entity.name).lower(): entity for entity in ENTITIES}
TRANSACTIONS = tuple(entity for entity in ENTITIES if entity.transacts)

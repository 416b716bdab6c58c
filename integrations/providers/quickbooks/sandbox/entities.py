"""All entities by name, and by the word that addresses and queries use (§9)."""

from __future__ import annotations

from .entity import COMMON, Entity
from .lists import ACCOUNT, CLASS, CUSTOMER, DEPARTMENT, EMPLOYEE, VENDOR
from .postables import CARD_PAYMENT, PURCHASE, TRANSFER

COMPANY_INFO = Entity("CompanyInfo", "CompanyInfo", (), COMMON, writable=False)
PREFERENCES = Entity("Preferences", "Preferences", (), COMMON, writable=False)

ENTITIES = (
    *(ACCOUNT, CLASS, DEPARTMENT, VENDOR, CUSTOMER, EMPLOYEE),
    *(PURCHASE, TRANSFER, CARD_PAYMENT, COMPANY_INFO, PREFERENCES),
)
BY_NAME = {entity.name: entity for entity in ENTITIES}
BY_ADDRESS = {(entity.address or entity.name).lower(): entity for entity in ENTITIES}
TRANSACTIONS = tuple(entity for entity in ENTITIES if entity.deletable)

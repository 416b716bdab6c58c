from ledger.models.cards import Card, Category, Department
from ledger.models.events import EventKind, LedgerEvent
from ledger.models.tenants import ApiToken, Entity, Membership, Organisation, Role, Scope, User
from ledger.models.transactions import CardTransaction, DocumentKind, SourceDocument

__all__ = [
    "ApiToken",
    "Card",
    "CardTransaction",
    "Category",
    "Department",
    "DocumentKind",
    "Entity",
    "EventKind",
    "LedgerEvent",
    "Membership",
    "Organisation",
    "Role",
    "Scope",
    "SourceDocument",
    "User",
]

from ledger.domain.transactions import DocumentKind, Stage
from ledger.models.cards import BankAccount, Card, Category, Department, Tag, TagGroup, Vendor
from ledger.models.events import EventKind, LedgerEvent
from ledger.models.imports import Import, ImportChunk, ImportKind, ImportRefusal, ImportSeen, ImportState
from ledger.models.receipts import Receipt
from ledger.models.search import SearchWord
from ledger.models.tenants import ApiToken, Entity, Membership, Organisation, Role, Scope, User
from ledger.models.totals import RunningTotal, SourceTotal
from ledger.models.transactions import CardTransaction, SourceDocument, SplitLine, TagUse

__all__ = [
    "ApiToken",
    "BankAccount",
    "Card",
    "CardTransaction",
    "Category",
    "Department",
    "DocumentKind",
    "Entity",
    "EventKind",
    "Import",
    "ImportChunk",
    "ImportKind",
    "ImportRefusal",
    "ImportSeen",
    "ImportState",
    "LedgerEvent",
    "Membership",
    "Organisation",
    "Receipt",
    "Role",
    "RunningTotal",
    "Scope",
    "SearchWord",
    "SourceDocument",
    "SourceTotal",
    "SplitLine",
    "Stage",
    "Tag",
    "TagGroup",
    "TagUse",
    "User",
    "Vendor",
]

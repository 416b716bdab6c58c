from ledger.domain.documents import DocumentKind, Stage
from ledger.models.approvals import Approval, ApprovalPolicy, ApprovalStep, Verdict
from ledger.models.arrivals import Arrival, Inbox, Way
from ledger.models.bills import Bill, BillPayment, Settlement
from ledger.models.cards import BankAccount, Card, Category, Department, Tag, TagGroup, Vendor
from ledger.models.comments import Comment
from ledger.models.documents import DocumentLine, SourceDocument, TagUse
from ledger.models.events import EventKind, LedgerEvent
from ledger.models.imports import Import, ImportChunk, ImportKind, ImportRefusal, ImportSeen, ImportState
from ledger.models.people import Invitation, PeopleEvent
from ledger.models.receipts import Receipt
from ledger.models.search import SearchWord
from ledger.models.tenants import ApiToken, Entity, Membership, Organisation, Role, Scope, User
from ledger.models.totals import RunningTotal, SourceTotal
from ledger.models.transactions import CardTransaction

__all__ = [
    "ApiToken",
    "Approval",
    "ApprovalPolicy",
    "ApprovalStep",
    "Arrival",
    "BankAccount",
    "Bill",
    "BillPayment",
    "Card",
    "CardTransaction",
    "Category",
    "Comment",
    "Department",
    "DocumentKind",
    "DocumentLine",
    "Entity",
    "EventKind",
    "Import",
    "ImportChunk",
    "ImportKind",
    "ImportRefusal",
    "ImportSeen",
    "ImportState",
    "Inbox",
    "Invitation",
    "LedgerEvent",
    "Membership",
    "Organisation",
    "PeopleEvent",
    "Receipt",
    "Role",
    "RunningTotal",
    "Scope",
    "SearchWord",
    "Settlement",
    "SourceDocument",
    "SourceTotal",
    "Stage",
    "Tag",
    "TagGroup",
    "TagUse",
    "User",
    "Vendor",
    "Verdict",
    "Way",
]

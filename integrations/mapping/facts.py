"""What a rule may ask about a document: frozen values, one shape for each sort of document."""

from dataclasses import dataclass
from datetime import date

from ledger.domain.approvals import Standing
from ledger.domain.documents import DocumentKind, Stage
from ledger.domain.money import Money


@dataclass(frozen=True, slots=True)
class Term:
    """A category, a department, a tag, a card: something of ours that the mapping may name."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class LineFacts:
    """One part of a document; what was not split has one part, the whole."""

    money: Money
    category: Term | None = None
    department: Term | None = None
    tags: tuple[Term, ...] = ()
    memo: str = ""


@dataclass(frozen=True, slots=True)
class Approval:
    """`on` is a day where the entity is."""

    by: str
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """How it stands with those who must approve it; `whom` it waits for, or who said no, and why."""

    standing: Standing = Standing.NOT_ASKED
    whom: str = ""


NOBODY = Asked()


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentFacts:
    """What every document has. Money is signed, as in the ledger."""

    document_id: int
    revision: int
    mark: str
    kind: DocumentKind
    stage: Stage
    dated: date
    money: Money
    lines: tuple[LineFacts, ...] = ()
    vendor: Term | None = None
    approval: Approval | None = None
    asked: Asked = NOBODY

    @property
    def payee(self) -> str:
        """Whom the books shall know it by."""
        return self.vendor.name if self.vendor else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TransactionFacts(DocumentFacts):
    """A movement on a card."""

    merchant: str
    card: Term
    holder: str
    bank_account: Term | None = None
    original: Money | None = None
    refund_of: str = ""

    @property
    def payee(self) -> str:
        return self.vendor.name if self.vendor else self.merchant


@dataclass(frozen=True, slots=True, kw_only=True)
class BillFacts(DocumentFacts):
    """A bill, a reimbursement, or a vendor's credit, which has no day on which it is due."""

    vendor: Term
    number: str = ""
    due_on: date | None = None
    memo: str = ""
    paid: bool = False  # In part at least.


@dataclass(frozen=True, slots=True)
class Settled:
    """So much of a payment goes to this bill; below zero, so much of this credit is used."""

    document_id: int
    name: str
    money: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentFacts(DocumentFacts):
    """What was paid to a vendor, for which bills, from which bank account or card. Without any money it only sets a
    credit against a bill."""

    vendor: Term
    settles: tuple[Settled, ...]
    bank_account: Term | None = None
    card: Term | None = None
    number: str = ""
    memo: str = ""


Facts = TransactionFacts | BillFacts | PaymentFacts

"""What a company writes with its forms when it sends them by email (§9.2)."""

from __future__ import annotations

from ..books.books import Company
from ..wire.json import Json

_WORDS = {
    "InvoiceMessage": ("Invoice", "here is our invoice, attached to this message. We look forward to your payment."),
    "EstimateMessage": (
        "Estimate",
        "here is what we reckon the work will come to. Tell us if it should be changed.",
    ),
    "SalesReceiptMessage": ("Sales receipt", "here is the receipt for what you have bought. Thank you."),
    "StatementMessage": (
        "Statement",
        "here is what stands open between us. Please go through it and pay what is due.",
    ),
}


def messages(company: Company) -> Json:
    return {name: _message(company.name, word, text) for name, (word, text) in _WORDS.items()}


def _message(sender: str, word: str, text: str) -> Json:
    return {"Subject": f"{word} from {sender}", "Message": f"Hello,\n\n{text}\n\nKind regards\n{sender}"}

"""include=invoiceLink: where a customer may look at an invoice and pay it (§9.10)."""

from __future__ import annotations

from hashlib import sha256

from ..books.books import Books
from ..entities.invoice import PAID_ONLINE
from ..wire.json import Json

#: Nobody is there: the sandbox takes no payments.
HOST = "https://invoices.sandbox.invalid"


def asked(include: str) -> bool:
    return "invoicelink" in (word.strip().lower() for word in include.split(","))


def added(books: Books, answer: Json) -> Json:
    """The answer, whether it holds one invoice or a list of them, with a link on each that can be paid online."""
    if "QueryResponse" in answer:
        return {**answer, "QueryResponse": added(books, answer["QueryResponse"])}
    invoices = answer.get("Invoice")
    if isinstance(invoices, list):
        return {**answer, "Invoice": [_linked(books, each) for each in invoices]}
    return {**answer, "Invoice": _linked(books, invoices)} if invoices else answer


def _linked(books: Books, invoice: Json) -> Json:
    payable = any(invoice.get(name) for name in PAID_ONLINE) and invoice.get("BillEmail")
    if not payable or "Id" not in invoice:
        return invoice
    token = sha256(f"{books.realm}/{invoice['Id']}".encode()).hexdigest()
    return {**invoice, "InvoiceLink": f"{HOST}/t/scs-v1-{token}?locale=en_US"}

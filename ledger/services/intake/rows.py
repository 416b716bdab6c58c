"""From what came in to rows, and from rows back to what can be compared with what comes next."""

from typing import Any

from ledger.domain.documents import posting_day
from ledger.domain.transactions import IncomingTransaction
from ledger.models import SourceDocument
from ledger.services.names import Names

# What of a document may change after it was recorded; a change of any of them is a new revision.
DOCUMENT_FIELDS = ["stage", "amount_minor", "currency", "dated"]
TRANSACTION_FIELDS = [
    *("card", "merchant_name", "merchant_category_code", "merchant_city", "merchant_country"),
    *("authorised_at", "cleared_at", "original_minor", "original_currency", "refund_of_external_id", "bank_account"),
    *("vendor", "category", "department", "memo", "custom", "approved_by", "approved_at"),
]
# Where the column has another name than what is told.
COLUMNS = {"original": ("original_minor", "original_currency"), "refund_of": ("refund_of_external_id",)}


def new_document(one: IncomingTransaction, names: Names) -> SourceDocument:
    card = names.cards[one.card]
    return SourceDocument(
        entity_id=card.entity_id, kind=one.kind, external_id=one.external_id, **document_values(one, names)
    )


def document_values(one: IncomingTransaction, names: Names) -> dict[str, Any]:
    return {
        "stage": one.stage,
        "amount_minor": one.money.minor,
        "currency": one.money.currency,
        "dated": posting_day(one.moment, names.cards[one.card].entity.time_zone),
    }


def transaction_values(one: IncomingTransaction, names: Names) -> dict[str, Any]:
    return {
        "card": names.cards[one.card],
        "merchant_name": one.merchant_name,
        "merchant_category_code": one.merchant_category_code,
        "merchant_city": one.merchant_city,
        "merchant_country": one.merchant_country,
        "authorised_at": one.authorised_at,
        "cleared_at": one.cleared_at,
        "original_minor": one.original.minor if one.original else None,
        "original_currency": one.original.currency if one.original else "",
        "refund_of_external_id": one.refund_of,
        "bank_account": names.bank_accounts.get(one.bank_account),
        "vendor": names.vendor(one.vendor),
        "category": names.categories.get(one.category),
        "department": names.departments.get(one.department),
        "memo": one.memo,
        "custom": dict(one.custom),
        "approved_by": one.approved_by,
        "approved_at": one.approved_at,
    }


def columns_of(name: str) -> tuple[str, ...]:
    return COLUMNS.get(name, (name,))

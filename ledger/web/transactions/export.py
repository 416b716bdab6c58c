"""The list as CSV: what the filters leave, row by row, however many there are."""

import csv
from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.http import StreamingHttpResponse
from django.utils import timezone

from integrations import selectors as sync
from integrations.selectors import SyncState
from ledger.access import Action
from ledger.domain.money import Money
from ledger.imports.formulas import neutralised
from ledger.models import CardTransaction
from ledger.selectors.listing import after_row
from ledger.selectors.transactions import with_parts
from ledger.tenancy.context import acting_for
from ledger.web.doors import PageRequest, organisation_page
from ledger.web.transactions.query import ListQuery
from ledger.web.transactions.standing import first_reason, shown_state

AT_ONCE = 1000
HEAD = [
    *("Id", "Date", "Kind", "Stage", "Merchant", "Amount", "Currency", "Original amount", "Original currency"),
    *("Entity", "Card", "Person", "Category", "Department", "Vendor", "Memo", "State", "Reason", "Account", "Number"),
]


@organisation_page(Action.SEE_TRANSACTIONS)
def export_transactions(request: PageRequest) -> StreamingHttpResponse:
    query, tenant = ListQuery.read(request.GET.dict()), request.access.organisation.pk
    name = f"transactions-{request.access.organisation.slug}-{timezone.localdate().isoformat()}.csv"
    response = StreamingHttpResponse(_lines(tenant, query), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


class Echo:
    """What csv writes is handed on at once."""

    def write(self, text: str) -> str:
        return text


def _lines(tenant: int, query: ListQuery) -> Iterator[str]:
    """It runs after the view has returned, so each part has a transaction of its own."""
    writer = csv.writer(Echo())
    yield "\ufeff" + writer.writerow(HEAD)
    last: CardTransaction | None = None
    while True:
        with acting_for(tenant), transaction.atomic():
            rows = list(with_parts(after_row(query.rows(), query.order, last))[:AT_ONCE])
            states = sync.sync_states([row.document_id for row in rows])
            connected = sync.connected_entities()
            part = [_line(row, states.get(row.document_id), connected) for row in rows]
        for line in part:
            yield writer.writerow(line)
        if len(rows) < AT_ONCE:
            return
        last = rows[-1]


def _line(row: CardTransaction, state: SyncState | None, connected: set[int]) -> list[Any]:
    document = row.document
    original = None if row.original_minor is None else Money(row.original_minor, row.original_currency)
    texts = [
        document.external_id,
        document.dated.isoformat(),
        document.kind.removeprefix("card_"),
        document.stage,
        row.merchant_name,
        str(Money(document.amount_minor, document.currency).amount),
        document.currency,
        str(original.amount) if original else "",
        row.original_currency,
        document.entity.name,
        row.card.external_id,
        row.card.holder,
        row.category.name if row.category else "",
        row.department.name if row.department else "",
        row.vendor.name if row.vendor else "",
        row.memo,
        shown_state(row, state, connected).word,
        first_reason(row, state, connected),
        state.coding.get("account", "") if state else "",
        (state.mark or "") if state else "",
    ]
    return [neutralised(text) for text in texts]

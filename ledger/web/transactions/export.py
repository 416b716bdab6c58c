"""The list as CSV: what the filters leave, row by row, however many there are."""

import csv
from collections.abc import Iterator, Sequence

from django.db import transaction
from django.http import StreamingHttpResponse

from integrations import selectors as sync
from integrations.selectors import SyncState
from ledger.access import Action
from ledger.domain.money import Money
from ledger.imports.formulas import neutralised
from ledger.models import CardTransaction, DocumentLine, Entity, TagGroup
from ledger.selectors.listing import after_row
from ledger.selectors.transactions import with_parts
from ledger.tenancy.context import acting_for
from ledger.web.clock import today, zone_of
from ledger.web.documents.standing import first_reason, shown_state
from ledger.web.doors import PageRequest, organisation_page
from ledger.web.transactions.query import ListQuery

AT_ONCE = 1000
HEAD = [
    *("Id", "Line", "Date", "Kind", "Stage", "Merchant", "Amount", "Currency", "Original amount", "Original currency"),
    *("Refund of", "Entity", "Card", "Person", "Category", "Department", "Vendor", "Memo", "Approved by"),
    *("State", "Reason", "Account", "Number", "Document", "Posted at"),
]


@organisation_page(Action.SEE_TRANSACTIONS)
def export_transactions(request: PageRequest) -> StreamingHttpResponse:
    query, tenant = ListQuery.read(request.GET.dict()), request.access.organisation.pk
    wanted = query.filters.entity
    day = today(zone_of(Entity.objects.filter(pk=wanted).first() if wanted else None))
    name = f"transactions-{request.access.organisation.slug}-{day.isoformat()}.csv"
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
    with acting_for(tenant), transaction.atomic():
        groups = dict(TagGroup.objects.order_by("name").values_list("pk", "name"))
    yield "\ufeff" + writer.writerow([*HEAD, *map(_heading, groups.values())])
    last: CardTransaction | None = None
    while True:
        with acting_for(tenant), transaction.atomic():
            rows = list(with_parts(after_row(query.rows(), query.order, last))[:AT_ONCE])
            states = sync.sync_states([row.document_id for row in rows])
            connected = sync.connected_entities()
            part = [
                line for row in rows for line in _exported(row, states.get(row.document_id), connected, list(groups))
            ]
        for line in part:
            yield writer.writerow(line)
        if len(rows) < AT_ONCE:
            return
        last = rows[-1]


def _heading(group: str) -> str:
    return neutralised(f"{group} (tag)" if group in HEAD else group)


def _exported(
    row: CardTransaction, state: SyncState | None, connected: set[int], groups: Sequence[int]
) -> Iterator[list[str]]:
    """Every line of a split is a row of its own, so that sums are right; what belongs to the whole and would be counted
    twice stands on the first."""
    lines, standing = list(row.document.lines.all()), _standing(row, state, connected)
    accounts = _accounts(state, lines)
    for place, line in enumerate(lines or [None]):
        minor = line.amount_minor if line else row.document.amount_minor
        texts = [
            row.document.external_id,
            f"{place + 1} of {len(lines)}" if line else "",
            *_happened(row, minor, original=place == 0),
            *_coded(row, line),
            *standing,
            accounts[place],
            *_posted(state),
            *_tags(row, line, groups),
        ]
        yield [neutralised(text) for text in texts]


def _happened(row: CardTransaction, minor: int, *, original: bool) -> list[str]:
    document = row.document
    paid = None if row.original_minor is None or not original else Money(row.original_minor, row.original_currency)
    return [
        document.dated.isoformat(),
        document.kind.removeprefix("card_"),
        document.stage,
        row.merchant_name,
        str(Money(minor, document.currency).amount),
        document.currency,
        str(paid.amount) if paid else "",
        paid.currency if paid else "",
        row.refund_of_external_id,
        document.entity.name,
        row.card.external_id,
        row.card.holder,
    ]


def _coded(row: CardTransaction, line: DocumentLine | None) -> list[str]:
    """A line that names nothing has what the whole names."""
    category, department = (line and line.category) or row.category, (line and line.department) or row.department
    return [
        category.name if category else "",
        department.name if department else "",
        row.vendor.name if row.vendor else "",
        (line and line.memo) or row.memo,
        row.approved_by,
    ]


def _standing(row: CardTransaction, state: SyncState | None, connected: set[int]) -> list[str]:
    return [shown_state(row.document, state, connected).word, first_reason(row.document, state, connected)]


def _accounts(state: SyncState | None, lines: Sequence[DocumentLine]) -> list[str]:
    """Of each line, where it was coded as it is split now; the last line of an entry is the card's own."""
    coding = state.coding if state else {}
    entry = coding.get("entry", [])[:-1]
    if lines and [told["minor"] for told in entry] == [line.amount_minor for line in lines]:
        return [told["account"] for told in entry]
    return [coding.get("account", "")] * max(1, len(lines))


def _posted(state: SyncState | None) -> list[str]:
    if state is None:
        return ["", "", ""]
    return [state.mark or "", state.external_id or "", state.posted_at.isoformat() if state.posted_at else ""]


def _tags(row: CardTransaction, line: DocumentLine | None, groups: Sequence[int]) -> list[str]:
    """By group. A line's own tag stands over the whole's of the same group."""
    uses = list(row.document.tag_uses.all())
    tags = {use.group_id: use.tag.name for use in uses if use.line_id is None}
    if line is not None:
        tags |= {use.group_id: use.tag.name for use in uses if use.line_id == line.pk}
    return [tags.get(group, "") for group in groups]

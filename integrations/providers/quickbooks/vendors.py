"""Vendors by name. QuickBooks takes a name once among vendors, customers and employees, so that making one is safe to
repeat: a name that is taken (6240) is looked up by the id that the refusal gives.
"""

import logging
import re
import uuid
from collections.abc import Sequence
from typing import Any

from quickbooks.objects import Vendor

from integrations.providers.documents import Envelope, Item, NewVendor, OutcomeKind, ReferenceRecord
from integrations.providers.errors import AccessLost, Refused, Temporary, Unknown
from integrations.providers.quickbooks import payloads, replies
from integrations.providers.quickbooks.client import QuickBooksClient

logger = logging.getLogger(__name__)

NAME_TAKEN = "6240"
TAKEN_BY_ANOTHER = "A customer or an employee has this name. Rename one of them, or map the vendor to another."


def create(client: QuickBooksClient, names: Sequence[str], *, outside_us: bool) -> list[NewVendor]:
    """One batch, or a single write for one name. What is there already is found first, by name."""
    if not names:
        return []
    wanted = {name: payloads.display_name(name, outside_us=outside_us) for name in names}
    there = _by_name(client, list(wanted.values()))
    missing = [name for name in names if wanted[name].casefold() not in there]
    made = _made(client, missing, wanted) if missing else []
    found = [NewVendor(name, there[wanted[name].casefold()]) for name in names if name not in missing]
    return [*found, *made]


def record(vendor: Any) -> ReferenceRecord:
    return ReferenceRecord(
        kind="vendor",
        external_id=str(vendor.Id),
        name=vendor.DisplayName,
        path=vendor.DisplayName,
        currency=vendor.CurrencyRef.value if vendor.CurrencyRef else "",
        active=bool(vendor.Active),
    )


def _by_name(client: QuickBooksClient, names: Sequence[str]) -> dict[str, ReferenceRecord]:
    quoted = ", ".join("'" + name.replace("\\", "\\\\").replace("'", "\\'") + "'" for name in names)
    rows = client.query(Vendor, f"select * from Vendor where DisplayName in ({quoted}) maxresults 1000")
    return {row.DisplayName.casefold(): record(row) for row in rows}


def _made(client: QuickBooksClient, names: Sequence[str], wanted: dict[str, str]) -> list[NewVendor]:
    items = [
        Item(str(number), "", payloads.encoded({"DisplayName": wanted[name]}), kind=payloads.VENDOR)
        for number, name in enumerate(names, start=1)
    ]
    batched = len(items) > 1
    envelope = Envelope(request_id=uuid.uuid4().hex, batched=batched, items=tuple(items))
    body = payloads.batch(items) if batched else items[0].body
    try:
        answer = client.write("batch" if batched else payloads.path(items[0]), body, envelope.request_id)
    except Unknown as lost:
        logger.warning("Vendors may have been made: %s", lost)
        return [NewVendor(name) for name in names]
    outcomes = replies.outcomes(envelope, answer)
    return [_result(client, name, wanted[name], outcomes[item.key]) for name, item in zip(names, items, strict=True)]


def _result(client: QuickBooksClient, name: str, written: str, outcome: Any) -> NewVendor:
    match outcome.kind:
        case OutcomeKind.POSTED:
            posted = outcome.posted
            made = ReferenceRecord("vendor", posted.external_id, written, written, active=True)
            return NewVendor(name, made, made=True)
        case OutcomeKind.REJECTED if outcome.code == NAME_TAKEN:
            return _holder(client, name, written, outcome.answer)
        case OutcomeKind.REJECTED | OutcomeKind.CONFLICT:
            return NewVendor(name, refusal=outcome.answer or f"QuickBooks gave no reason but the code {outcome.code}.")
        case OutcomeKind.ACCESS_LOST:
            raise AccessLost(outcome.answer)
        case OutcomeKind.THROTTLED:
            raise Temporary(outcome.answer, outcome.retry_after)
        case _:
            return NewVendor(name)


def _holder(client: QuickBooksClient, name: str, written: str, answer: str) -> NewVendor:
    """Whoever has the name: a vendor that queries do not show yet, or a customer, or an employee."""
    named = re.search(r"Id=(\d+)", answer)
    try:
        holder = client.get(Vendor, named[1]) if named else None
    except Refused:
        holder = None
    if holder is None or holder.DisplayName.casefold() != written.casefold():
        return NewVendor(name, refusal=TAKEN_BY_ANOTHER)
    return NewVendor(name, record(holder))

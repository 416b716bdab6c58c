"""Vendors by name. QuickBooks takes a name once among vendors, customers and employees, so that making one is safe to
repeat: a name that is taken (6240) is looked up by the id that the refusal gives.
"""

import logging
import re
import time
import uuid
from collections.abc import Sequence
from typing import Any

from quickbooks.objects import Vendor

from integrations.providers.documents import Envelope, Item, NewVendor, Outcome, OutcomeKind, ReferenceRecord
from integrations.providers.errors import AccessLost, Refused, Stopped, Temporary, Unknown
from integrations.providers.quickbooks import lists, payloads, replies, values
from integrations.providers.quickbooks.border import understood
from integrations.providers.quickbooks.client import QuickBooksClient

logger = logging.getLogger(__name__)

NAME_TAKEN = "6240"
# Twenty are made in a fraction of it.
ROUND_SECONDS = 20.0
TAKEN_UNSEEN = "QuickBooks says that this name is taken, and does not show by whom. Map the vendor to another."
TAKEN_BY_ANOTHER = "A customer or an employee has this name. Rename one of them, or map the vendor to another."


def create(client: QuickBooksClient, names: Sequence[str], currency: str = "", *, outside_us: bool) -> list[NewVendor]:
    """One by one, as Intuit advises for lists, and unasked: a name that is there already is refused with its id.

    `currency` is a foreign one. The platform may keep a new vendor in its own without a word: such a one is refused.
    A line that breaks ends the round, and so does trouble after the first, or a platform that takes its time; those
    behind come again.
    """
    results: list[NewVendor] = []
    ends = time.monotonic() + ROUND_SECONDS
    for name in names:
        try:
            made = _made(client, name, payloads.display_name(name, outside_us=outside_us), currency)
        except Unknown as lost:
            logger.warning("A vendor may have been made: %s", lost)
            results.append(NewVendor(name))
            break
        except (Temporary, AccessLost, Stopped):
            if not results:
                raise
            break
        results.append(_in_its_currency(made, currency))
        if time.monotonic() > ends:
            break
    return [*results, *(NewVendor(name, tried=False) for name in names[len(results) :])]


def _in_its_currency(one: NewVendor, currency: str) -> NewVendor:
    if not currency or one.vendor is None or one.vendor.currency == currency:
        return one
    kept = one.vendor.currency or "its own currency"
    told = f"QuickBooks keeps it in {kept}, and it must be in {currency}. Make one in {currency} there by hand."
    return NewVendor(one.name, refusal=told)


def _made(client: QuickBooksClient, name: str, written: str, currency: str) -> NewVendor:
    item = Item("1", "", payloads.encoded(payloads.vendor(written, currency)), kind=payloads.VENDOR)
    envelope = Envelope(request_id=uuid.uuid4().hex, batched=False, items=(item,))
    answer = client.write(payloads.path(item), item.body, envelope.request_id)
    kept = replies.currency(item, answer)
    return _result(client, name, written, replies.outcomes(envelope, answer)[item.key], kept)


def _result(client: QuickBooksClient, name: str, written: str, outcome: Outcome, currency: str) -> NewVendor:
    match outcome.kind:
        case OutcomeKind.POSTED:
            assert outcome.posted is not None
            number, at = outcome.posted.external_id, outcome.posted.changed_at
            made = ReferenceRecord("vendor", number, written, written, active=True, currency=currency, changed_at=at)
            return NewVendor(name, made, made=True)
        case OutcomeKind.REJECTED if outcome.code == NAME_TAKEN:
            return _holder(client, name, written, outcome.answer)
        case OutcomeKind.REJECTED | OutcomeKind.CONFLICT:
            return NewVendor(name, refusal=outcome.answer or f"QuickBooks gave no reason but the code {outcome.code}.")
        case OutcomeKind.ACCESS_LOST:
            raise AccessLost(outcome.answer)
        case OutcomeKind.THROTTLED if outcome.stop:
            raise Stopped(outcome.answer, outcome.stop)
        case OutcomeKind.THROTTLED:
            raise Temporary(outcome.answer, outcome.retry_after)
        case _:
            return NewVendor(name)


def _holder(client: QuickBooksClient, name: str, written: str, answer: str) -> NewVendor:
    """Whoever has the name: a vendor that we did not know of, or a customer, or an employee."""
    named = re.search(r"Id=(\d+)", answer)
    try:
        with understood():
            holder = client.get(Vendor, named[1]) if named else _by_name(client, written)
            if holder is not None and values.text(holder.DisplayName).casefold() == written.casefold():
                return NewVendor(name, lists.vendor(holder))
    except Refused as refusal:
        if refusal.code != str(replies.NOT_THERE):
            return NewVendor(name, refusal=f"{TAKEN_UNSEEN} {refusal}")
    return NewVendor(name, refusal=TAKEN_BY_ANOTHER)


def _by_name(client: QuickBooksClient, written: str) -> Any | None:
    """Older refusals tell no id."""
    quoted = written.replace("\\", "\\\\").replace("'", "\\'")
    return next(iter(client.query(Vendor, f"select * from Vendor where DisplayName = '{quoted}'")), None)

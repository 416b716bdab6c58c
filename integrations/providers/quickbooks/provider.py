"""QuickBooks Online as a Provider: Purchases for card charges, found again by their document number."""

import logging
import re
import uuid
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from quickbooks.objects import Account, CompanyInfo, Preferences, Purchase, Vendor

from integrations.providers.base import Capabilities
from integrations.providers.documents import (
    AccountRole,
    CardCharge,
    CompanyDescription,
    Envelope,
    Item,
    Outcome,
    OutcomeKind,
    Posted,
    ReferenceRecord,
)
from integrations.providers.errors import AccessLost, ProviderError, Refused, Temporary
from integrations.providers.quickbooks import payloads, replies
from integrations.providers.quickbooks.client import QuickBooksClient

logger = logging.getLogger(__name__)

# 30 are allowed, but such batches run into Intuit's time limit in practice; up to 20 are safe.
BATCH_SIZE = 20
# Single writes are not metered, batches are: a few go one by one, a backlog in batches.
SINGLES_UP_TO = 8
PAGE = 1000
LARGEST_LIST = 200_000
HOME_COUNTRY = "US"
MARKS_PER_QUERY = 100
# QuickBooks documents no retention of its idempotency keys; minutes are proven. Beyond them the document number
# guards: a second card purchase with the same number is refused (6140).
REPLAY_TRUSTED = timedelta(hours=24)

CARD_TYPES = {"Credit Card"}
EXPENSE_TYPES = {"Expense", "Other Expense", "Cost of Goods Sold"}
POSTABLE_TYPES = {
    "Income",
    "Other Income",
    "Equity",
    "Fixed Asset",
    "Other Asset",
    "Other Current Asset",
    "Other Current Liability",
    "Long Term Liability",
}


class QuickBooksProvider:
    def __init__(self, client: QuickBooksClient, *, settling: timedelta, country: str = HOME_COUNTRY) -> None:
        self._client = client
        self._outside_us = country != HOME_COUNTRY
        self.capabilities = Capabilities(
            call_deadline=timedelta(seconds=client.timeout_seconds),
            settling=settling,
            replay_trusted=REPLAY_TRUSTED,
        )

    def describe_company(self) -> CompanyDescription:
        company = self._client.get(CompanyInfo, self._client.company)
        preferences = self._client.get(Preferences)
        return CompanyDescription(
            external_id=self._client.company,
            name=company.CompanyName,
            country=company.Country,
            currency=preferences.CurrencyPrefs.HomeCurrency.value,
        )

    def list_references(self) -> Iterator[ReferenceRecord]:
        yield from map(_account, self._all(Account))
        yield from map(_vendor, self._all(Vendor))

    def pack(self, documents: Sequence[CardCharge]) -> list[Envelope]:
        size = 1 if len(documents) <= SINGLES_UP_TO else BATCH_SIZE
        parts = [documents[start : start + size] for start in range(0, len(documents), size)]
        return [self._envelope(part, batched=size > 1) for part in parts]

    def push(self, envelope: Envelope) -> dict[str, Outcome]:
        path = "batch" if envelope.batched else "purchase"
        body = payloads.batch(envelope.items) if envelope.batched else envelope.items[0].body
        try:
            answer = self._client.write(path, body, envelope.request_id)
        except ProviderError as trouble:
            return {item.key: _outcome_of(trouble) for item in envelope.items}
        outcomes = replies.outcomes(envelope, answer)
        return self._with_our_duplicates(envelope, outcomes)

    def find_existing(self, marks: Sequence[str]) -> dict[str, Posted]:
        found: dict[str, Posted] = {}
        for start in range(0, len(marks), MARKS_PER_QUERY):
            part = marks[start : start + MARKS_PER_QUERY]
            names = ", ".join(f"'{mark}'" for mark in part)
            rows = self._client.query(
                Purchase, f"select * from Purchase where DocNumber in ({names}) maxresults {PAGE}"
            )
            found |= {row.DocNumber: replies.posted_purchase(str(row.Id), str(row.SyncToken)) for row in rows}
        return found

    def _envelope(self, documents: Sequence[CardCharge], *, batched: bool) -> Envelope:
        bodies = [payloads.purchase(charge, outside_us=self._outside_us) for charge in documents]
        items = tuple(
            Item(key=str(number), mark=charge.mark, body=payloads.encoded(body))
            for number, (charge, body) in enumerate(zip(documents, bodies, strict=True), start=1)
        )
        return Envelope(request_id=uuid.uuid4().hex, batched=batched, items=items)

    def _with_our_duplicates(self, envelope: Envelope, outcomes: dict[str, Outcome]) -> dict[str, Outcome]:
        """ "That number is taken" is good news where the document that has it is the one we wanted to write."""
        taken = [item for item in envelope.items if outcomes[item.key].code == str(replies.DUPLICATE_NUMBER)]
        if not taken:
            return outcomes
        try:
            found = self.find_existing([item.mark for item in taken])
            hidden = {item.mark: outcomes[item.key].answer for item in taken if item.mark not in found}
            found |= self._named_holders(hidden)
        except ProviderError as trouble:
            logger.warning("Could not look up documents whose number is taken: %s", trouble)
            return outcomes | {item.key: Outcome(OutcomeKind.UNKNOWN, code="6140") for item in taken}
        return outcomes | {
            item.key: Outcome(OutcomeKind.ALREADY_THERE, posted=found[item.mark], code="6140")
            for item in taken
            if item.mark in found
        }

    def _named_holders(self, refusals: dict[str, str]) -> dict[str, Posted]:
        """Queries may not show yet what the refusal names: "... assigned to TxnType=Expense with TxnId=212"."""
        found: dict[str, Posted] = {}
        for mark, words in refusals.items():
            named = re.search(r"TxnId=(\d+)", words)
            try:
                row = self._client.get(Purchase, named[1]) if named else None
            except Refused:
                continue  # A bill or something else has the number.
            if row is not None and row.DocNumber == mark:
                found[mark] = replies.posted_purchase(str(row.Id), str(row.SyncToken))
        return found

    def _all(self, entity: Any) -> Iterator[Any]:
        """Every object, inactive ones too. Sorted by what does not change while we read page after page."""
        start = 1
        while True:
            page = self._client.query(
                entity,
                f"select * from {entity.qbo_object_name} where Active in (true, false) "
                f"orderby MetaData.CreateTime startposition {start} maxresults {PAGE}",
            )
            yield from page
            if len(page) < PAGE:
                return
            start += PAGE
            if start > LARGEST_LIST:
                raise Refused(f"QuickBooks lists more than {LARGEST_LIST} objects of one kind.")


def _outcome_of(trouble: ProviderError) -> Outcome:
    """Temporary means that nothing was sent: wait and try again, like after a throttle."""
    if isinstance(trouble, AccessLost):
        return Outcome(OutcomeKind.ACCESS_LOST, answer=str(trouble))
    if isinstance(trouble, Temporary):
        return Outcome(OutcomeKind.THROTTLED, answer=str(trouble), retry_after=trouble.retry_after)
    return Outcome(OutcomeKind.UNKNOWN, answer=str(trouble))


def _account(account: Any) -> ReferenceRecord:
    return ReferenceRecord(
        kind="account",
        external_id=str(account.Id),
        number=account.AcctNum or "",
        name=account.Name,
        path=account.FullyQualifiedName or account.Name,
        role=_role(account.AccountType),
        type_name=account.AccountType,
        currency=account.CurrencyRef.value if account.CurrencyRef else "",
        active=bool(account.Active),
    )


def _role(type_name: str) -> AccountRole:
    if type_name in CARD_TYPES:
        return AccountRole.CARD
    if type_name in EXPENSE_TYPES:
        return AccountRole.EXPENSE
    return AccountRole.POSTABLE if type_name in POSTABLE_TYPES else AccountRole.OTHER


def _vendor(vendor: Any) -> ReferenceRecord:
    return ReferenceRecord(
        kind="vendor",
        external_id=str(vendor.Id),
        name=vendor.DisplayName,
        path=vendor.DisplayName,
        currency=vendor.CurrencyRef.value if vendor.CurrencyRef else "",
        active=bool(vendor.Active),
    )

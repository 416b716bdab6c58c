"""QuickBooks Online as a Provider: Purchases for what a card does, Transfers for paid statements, found again later."""

import logging
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from quickbooks.objects import Account, CompanyInfo, Department, Preferences, Vendor
from quickbooks.objects.trackingclass import Class

from integrations.providers.base import Capabilities, FileLimits, Names, portions
from integrations.providers.calls import CallKind, Limits
from integrations.providers.documents import (
    OUT_OF_PACE,
    Action,
    Changes,
    CompanyDescription,
    Dimension,
    DimensionLevel,
    Envelope,
    File,
    FileItem,
    Found,
    Item,
    Listing,
    NewVendor,
    Outcome,
    OutcomeKind,
    Posted,
    ReferenceRecord,
    Remedy,
    Side,
    Sighting,
    Standing,
    Thing,
    Upload,
    Write,
)
from integrations.providers.errors import AccessLost, Paced, ProviderError, Stopped, Temporary, Unknown
from integrations.providers.quickbooks import (
    capture,
    examining,
    finding,
    lists,
    payloads,
    rates,
    reading,
    replies,
    sides,
    uploads,
    values,
    vendors,
    written,
)
from integrations.providers.quickbooks.border import bounded, understood
from integrations.providers.quickbooks.client import LEAVES_WITHIN, QuickBooksClient
from integrations.providers.quickbooks.http import CONNECT_SECONDS
from integrations.providers.quickbooks.known import known, readable

logger = logging.getLogger(__name__)

# As many are allowed. Such batches may run into Intuit's time limit: the engine makes them smaller then.
BATCH_SIZE = 30
# Single writes are not metered, batches are: a few go one by one, a backlog in batches.
SINGLES_UP_TO = 8
# The program's names for what Intuit counts: CorePlus. Single writes and uploads are Core, and free.
METERED = frozenset({CallKind.BATCH, CallKind.READ})
# 100 MB are allowed in a call; what is smaller is sooner through, and less is in doubt when a line breaks.
FILES_AT_ONCE = 10
BYTES_AT_ONCE = 20 * 1024 * 1024
HOME_COUNTRY = "US"
# QuickBooks documents no retention of its idempotency keys; minutes are proven. Beyond them the document number
# guards: a second card purchase with the same number is refused (6140).
REPLAY_TRUSTED = timedelta(hours=24)

LOOKED_AT = {str(replies.NOT_THERE), str(replies.STALE)}
DIMENSIONS = {payloads.CLASS: Class, payloads.LOCATION: Department}
# As far as change data capture looks back; a day less, since what it does beyond is not documented.
REMEMBERS_CHANGES = timedelta(days=29)


@bounded(
    *("describe_company", "list_references", "pack", "find_existing", "versions", "read", "examine", "side_of"),
    *("closed_to", "reconciled", "create_vendors", "exchange_rate", "changes", "look_at", "wrote", "find_attached"),
)
class QuickBooksProvider:
    def __init__(
        self,
        client: QuickBooksClient,
        *,
        settling: timedelta,
        country: str = HOME_COUNTRY,
        limits: Limits = Limits(),  # noqa: B008  # A frozen value.
    ) -> None:
        self._client = client
        self._outside_us = country != HOME_COUNTRY
        self.capabilities = Capabilities(
            call_deadline=timedelta(seconds=client.timeout_seconds),
            settling=settling,
            replay_trusted=REPLAY_TRUSTED,
            batch_size=BATCH_SIZE,
            singles=SINGLES_UP_TO,
            limits=limits,
            metered=METERED,
            remembers_changes=REMEMBERS_CHANGES,
            kinds=capture.KINDS,
            leaves_within=timedelta(seconds=LEAVES_WITHIN + CONNECT_SECONDS),
            files=FileLimits(FILES_AT_ONCE, BYTES_AT_ONCE, timedelta(seconds=client.upload_seconds)),
        )

    def describe_company(self) -> CompanyDescription:
        company = self._client.get(CompanyInfo, self._client.company)
        preferences = self._client.get(Preferences)
        return CompanyDescription(
            external_id=self._client.company,
            name=values.text(company.CompanyName),
            country=values.text(company.Country),
            currency=_home_currency(preferences),
            dimensions=tuple(_dimensions(preferences)),
            closed_to=_closed_as_far_as_told(preferences),
            several_currencies=values.flag(getattr(preferences.CurrencyPrefs, "MultiCurrencyEnabled", None)),
        )

    def list_references(self, dimensions: Sequence[Dimension]) -> list[Listing]:
        return [
            self._listing("account", Account, lists.account),
            self._listing("vendor", Vendor, lists.vendor),
            *(self._values(dimension) for dimension in dimensions),
        ]

    def _values(self, dimension: Dimension) -> Listing:
        read = partial(lists.value, dimension=dimension.key, label=dimension.label)
        return self._listing("value", DIMENSIONS[dimension.key], read, dimension.key)

    def _listing(self, kind: str, entity: Any, read: Callable[[Any], ReferenceRecord], dimension: str = "") -> Listing:
        rows = list(self._all(entity))
        records = tuple(readable(rows, lambda row: read(known(entity, row))))
        return Listing(kind, records, dimension, whole=len(records) == len(rows))

    def pack(self, writes: Sequence[Write], size: int) -> list[Envelope]:
        parts = [writes[start : start + size] for start in range(0, len(writes), size)]
        return [self._envelope(part, batched=size > 1) for part in parts]

    def push(self, envelope: Envelope) -> dict[str, Outcome]:
        outcomes = self._sent(envelope)
        return self._with_our_changes(envelope, self._with_our_duplicates(envelope, outcomes))

    def find_existing(self, items: Sequence[Item]) -> dict[str, Posted]:
        return finding.existing(self._client, items)

    def versions(self, targets: Sequence[Posted]) -> dict[Thing, Posted]:
        return finding.versions(self._client, targets)

    def read(self, target: Posted) -> Standing | None:
        found = finding.read(self._client, target.kind, target.external_id)
        return None if found is None else reading.standing(target.kind, known(written.OBJECTS[target.kind], found))

    def examine(self, targets: Sequence[Posted], *, fresh: bool = True) -> dict[Thing, Found]:
        return examining.examine(self._client, targets, fresh=fresh)

    def side_of(self, item: Item) -> Side:
        return sides.side(item.kind or payloads.PURCHASE, sides.parsed(item.body))

    def closed_to(self) -> date | None:
        return _closed_to(self._client.get(Preferences))

    def reconciled(self, since: date, until: date) -> set[str]:
        return examining.reconciled(self._client, since, until)

    def create_vendors(self, names: Sequence[str], currency: str = "") -> list[NewVendor]:
        return vendors.create(self._client, names, currency, outside_us=self._outside_us)

    def exchange_rate(self, currency: str, day: date) -> Decimal:
        answer = self._client.ask("exchangerate", sourcecurrencycode=currency, asofdate=day.isoformat())
        return rates.read(answer, currency)

    def changes(self, kinds: Sequence[str], since: datetime) -> Changes:
        return capture.changes(self._client, kinds, since)

    def look_at(self, things: Sequence[Thing]) -> Sighting:
        return capture.look_at(self._client, things)

    def wrote(self, items: Sequence[Item], names: Names) -> dict[str, Standing]:
        return written.standings(items, names)

    def load(self, files: Sequence[File]) -> list[Upload]:
        return [
            Upload(
                request_id=uuid.uuid4().hex,
                items=tuple(FileItem(str(key), uploads.metadata(file), file) for key, file in enumerate(some, start=1)),
            )
            for some in portions(self._writable(files), FILES_AT_ONCE, BYTES_AT_ONCE)
        ]

    def _writable(self, files: Sequence[File]) -> list[File]:
        write = payloads.writer(self._outside_us)
        return [replace(file, name=write(file.name)) for file in files]

    def attach(self, upload: Upload) -> dict[str, Outcome]:
        form = uploads.Form(upload.request_id, upload.items)
        try:
            with understood(Unknown):
                answer = self._client.upload(form, f"multipart/form-data; boundary={form.boundary}", upload.request_id)
                return uploads.outcomes(upload.items, answer)
        except ProviderError as trouble:
            return {item.key: _outcome_of(trouble) for item in upload.items}
        except uploads.FileBroken as broken:
            return uploads.not_sent(upload.items, broken)

    def find_attached(self, files: Sequence[File]) -> dict[str, Posted]:
        return uploads.find(self._client, files)

    def detach(self, there: Posted, request_id: str) -> Outcome:
        item = uploads.removal(there)
        return self._sent(Envelope(request_id, batched=False, items=(item,)))[item.key]

    def _sent(self, envelope: Envelope) -> dict[str, Outcome]:
        only = envelope.items[0]
        path = "batch" if envelope.batched else payloads.path(only)
        body = payloads.batch(envelope.items) if envelope.batched else only.body
        try:
            with understood(Unknown):
                return replies.outcomes(envelope, self._client.write(path, body, envelope.request_id))
        except ProviderError as trouble:
            return {item.key: _outcome_of(trouble) for item in envelope.items}

    def _envelope(self, writes: Sequence[Write], *, batched: bool) -> Envelope:
        items = (
            payloads.item(str(number), write, outside_us=self._outside_us)
            for number, write in enumerate(writes, start=1)
        )
        return Envelope(request_id=uuid.uuid4().hex, batched=batched, items=tuple(items))

    # --- refusals that need a look ------------------------------------------------------------------------------------

    def _with_our_duplicates(self, envelope: Envelope, outcomes: dict[str, Outcome]) -> dict[str, Outcome]:
        """ "That number is taken" is good news where the document that has it is the one we wanted to write."""
        taken = [
            item
            for item in envelope.items
            if outcomes[item.key].code == str(replies.DUPLICATE_NUMBER) and item.action in finding.MADE
        ]
        if not taken:
            return outcomes
        try:
            found = self.find_existing(taken)
            hidden = {item.mark: (item, outcomes[item.key].answer) for item in taken if item.mark not in found}
            with understood():
                found |= finding.holders(self._client, hidden)
        except ProviderError as trouble:
            logger.warning("Could not look up documents whose number is taken: %s", trouble)
            return outcomes | {item.key: Outcome(OutcomeKind.UNKNOWN, code="6140") for item in taken}
        return outcomes | {
            item.key: Outcome(OutcomeKind.ALREADY_THERE, posted=found[item.mark], code="6140")
            for item in taken
            if item.mark in found
        }

    def _with_our_changes(self, envelope: Envelope, outcomes: dict[str, Outcome]) -> dict[str, Outcome]:
        """A refused change whose object must be looked at: was it deleted, and was the other version our own?"""
        return outcomes | {
            item.key: self._of_change(item, outcomes[item.key])
            for item in envelope.items
            if item.action is Action.UPDATE and outcomes[item.key].code in LOOKED_AT
        }

    def _of_change(self, item: Item, outcome: Outcome) -> Outcome:
        """610 says that an account in it is inactive, or that the object is gone; 5010 that somebody was quicker."""
        try:
            with understood():
                row = finding.target_of(self._client, item)
                there = finding.standing(row, item) if row is not None and finding.shows(row, item) else None
        except ProviderError as trouble:
            logger.warning("Could not look up a document whose change was refused: %s", trouble)
            return outcome
        if row is None:
            return replace(outcome, kind=OutcomeKind.REJECTED, remedy=Remedy.GONE)
        return Outcome(OutcomeKind.ALREADY_THERE, posted=there, code=outcome.code) if there else outcome

    def _all(self, entity: Any) -> Iterator[Any]:
        """Inactive ones too. Sorted by what does not change while we read page after page."""
        where = "where Active in (true, false) orderby MetaData.CreateTime"
        return finding.pages(self._client, entity.qbo_object_name, where)


def _outcome_of(trouble: ProviderError) -> Outcome:
    """Temporary means that nothing was sent: wait and try again, like after a throttle."""
    if isinstance(trouble, AccessLost):
        return Outcome(OutcomeKind.ACCESS_LOST, answer=str(trouble))
    if isinstance(trouble, Stopped):
        return Outcome(OutcomeKind.THROTTLED, answer=str(trouble), stop=trouble.stop)
    if isinstance(trouble, Temporary):
        code = OUT_OF_PACE if isinstance(trouble, Paced) else ""
        return Outcome(OutcomeKind.THROTTLED, code=code, answer=str(trouble), retry_after=trouble.retry_after)
    return Outcome(OutcomeKind.UNKNOWN, answer=str(trouble))


def _home_currency(preferences: Any) -> str:
    if told := values.currency(preferences.CurrencyPrefs.HomeCurrency):
        return told
    raise ValueError("no home currency")


def _closed_as_far_as_told(preferences: Any) -> date | None:
    """By a day that cannot be read nothing is held: what is sent into a closed period the books refuse themselves."""
    return next(readable([preferences], _closed_to), None)


def _closed_to(preferences: Any) -> date | None:
    """Open books lack the key."""
    until = getattr(preferences.AccountingInfoPrefs, "BookCloseDate", "")
    return values.day(until) if until else None


def _dimensions(preferences: Any) -> Iterator[Dimension]:
    """What this company tracks. On purchases a class stands on each line, whichever of the two ways is switched on."""
    books = preferences.AccountingInfoPrefs
    ways = ("ClassTrackingPerTxnLine", "ClassTrackingPerTxn")
    if any(values.flag(getattr(books, way, None)) for way in ways):
        yield Dimension(payloads.CLASS, "Class", DimensionLevel.LINE)
    if values.flag(getattr(books, "TrackDepartments", None)):
        label = getattr(books, "DepartmentTerminology", "") or "Location"
        yield Dimension(payloads.LOCATION, label, DimensionLevel.HEADER)

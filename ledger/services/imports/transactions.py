"""Rows that tell card transactions: read, named, recorded; a few statements whatever their number."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time
from zoneinfo import ZoneInfo

from ledger.domain.money import Money, parse_amount
from ledger.domain.transactions import IncomingTransaction
from ledger.imports.cards import without_whole_numbers
from ledger.imports.fields import Field
from ledger.imports.identity import Occurrences
from ledger.imports.layouts import Layout
from ledger.imports.matching import Matching
from ledger.imports.refusals import carried_row_id
from ledger.imports.rows import Row
from ledger.imports.values import Refused, TransactionValues, read_transaction
from ledger.models import Entity
from ledger.services.imports.making import make, names_of
from ledger.services.imports.names import Names, Resolved
from ledger.services.imports.outcomes import NewNames, Outcome, Taken
from ledger.services.intake import record_transactions
from ledger.services.results import Recorded, Result

# So that a day is the same day in the entity's books, whatever is done with the moment.
NOON = time(12)
# What a column can tell beside what every file tells, and what no column tells.
TOLD_BY = {
    "original": (Field.ORIGINAL_AMOUNT,),
    "refund_of": (Field.REFUND_OF,),
    "merchant_category_code": (Field.MERCHANT_CATEGORY_CODE,),
    "category": (Field.CATEGORY, Field.CATEGORY_CODE),
    "department": (Field.DEPARTMENT,),
    "memo": (Field.MEMO,),
    "approved_by": (Field.APPROVED_BY,),
}
NEVER_TOLD = frozenset(
    {
        *("authorised_at", "bank_account", "vendor", "merchant_city", "merchant_country"),
        *("custom", "lines", "approved_at"),
    }
)


class TransactionTaker:
    def __init__(
        self,
        *,
        entity: Entity,
        layout: Layout,
        matching: Matching,
        occurrences: Occurrences,
        make_missing: bool,
        actor: str,
        began: datetime,
    ) -> None:
        self._entity = entity
        self._layout = layout
        self._matching = matching
        self._occurrences = occurrences
        self._make_missing = make_missing
        self._actor = actor
        self._began = began
        self._untold = untold(matching)

    def take(self, rows: Sequence[Row]) -> Taken:
        read = [self._read(row) for row in rows]
        names, made, missing = self._names([told for told in read if isinstance(told, TransactionValues)])
        drafts = [
            self._refused(row, told) if isinstance(told, Refused) else self._draft(row, told, names)
            for row, told in zip(rows, read, strict=True)
        ]
        recorded = iter(self._record([draft for draft in drafts if not draft.sentences]))
        outcomes = [draft if draft.sentences else _recorded(draft, next(recorded)) for draft in drafts]
        return Taken(outcomes, made, missing)

    def _read(self, row: Row) -> TransactionValues | Refused:
        told = read_transaction(row, self._layout.columns, self._matching, self._entity.currency)
        if isinstance(told, Refused):
            return told
        return replace(told, card=without_whole_numbers(told.card))

    def _names(self, values: Sequence[TransactionValues]) -> tuple[Names, NewNames, NewNames]:
        names = Names(self._entity, values)
        missing = names.missing(values)
        if not missing or not self._make_missing:
            return names, {}, names_of(missing, self._entity)
        made = make(missing, self._entity)
        return Names(self._entity, values), made, {}

    def _refused(self, row: Row, told: Refused) -> Outcome:
        sentences = tuple(reason.sentence for reason in told.reasons)
        return Outcome(row, Result.REFUSED, sentences, carried_row_id(self._layout, row.cells), money=told.money)

    def _draft(self, row: Row, told: TransactionValues, names: Names) -> Outcome:
        """Refused until it is recorded."""
        row_id, found = self._row_id(row, told), names.resolve(told)
        money = _money(told.amount, told.currency)
        if not isinstance(found, Resolved):
            return Outcome(row, Result.REFUSED, tuple(found), row_id, money=money)
        return Outcome(row, Result.REFUSED, row_id=row_id, told=self._incoming(told, found, row_id), money=money)

    def _row_id(self, row: Row, told: TransactionValues) -> str:
        if told.external_id:
            return ""
        return self._occurrences.name(told, carried_row_id(self._layout, row.cells))

    def _incoming(self, told: TransactionValues, names: Resolved, row_id: str) -> IncomingTransaction:
        money = _money(told.amount, told.currency)
        return IncomingTransaction(
            external_id=told.external_id or row_id,
            card=names.card,
            money=money,
            merchant_name=told.merchant,
            cleared_at=_moment(told, self._entity.time_zone),
            kind=told.kind,
            original=None if told.original_amount is None else _money(told.original_amount, told.original_currency),
            refund_of=told.refund_of,
            merchant_category_code=told.merchant_category_code,
            category=names.category,
            department=names.department,
            memo=told.memo,
            tags=names.tags,
            approved_by=told.approved_by,
            untold=self._untold,
            is_day_only=told.at is None,
        )

    def _record(self, drafts: Sequence[Outcome]) -> list[Recorded]:
        incoming = [draft.told for draft in drafts if isinstance(draft.told, IncomingTransaction)]
        if not incoming:
            return []
        return record_transactions(incoming=incoming, actor=self._actor, unless_since=self._began)


def untold(matching: Matching) -> frozenset[str]:
    """What a file without a column for it leaves as it is, where the transaction is known already."""
    chosen = {*matching.columns, *(name for name, text in matching.defaults.items() if text)}
    left = {name for name, fields in TOLD_BY.items() if not chosen & set(fields)}
    return NEVER_TOLD | left if matching.tags else NEVER_TOLD | left | {"tags"}


def _money(amount: object, currency: str) -> Money:
    return parse_amount(format(amount, "f"), currency)


def _moment(told: TransactionValues, time_zone: str) -> datetime:
    moment = datetime.combine(told.dated, told.at or NOON)
    return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(time_zone))


def _recorded(draft: Outcome, recorded: Recorded) -> Outcome:
    sentences = tuple(sentence for errors in recorded.errors.values() for sentence in errors)
    return replace(draft, result=recorded.result, sentences=sentences)

"""Transactions to be made again and again: a form under the word of its kind, and a schedule. They post nothing.

Everything that is known of one stands in the form: its Id, its SyncToken and, in RecurringInfo, its name and its days.
"""

from __future__ import annotations

from typing import Any

from ..books.books import Books
from ..books.record import Record
from ..model.entity import COMMON, TRANSACTION, Entity, texts
from ..model.fields import Field, choice, day, flag, ignored, kept, label, part, whole
from ..wire.json import Json
from ..wire.refusals import Refusal, missing

KINDS = (
    *("Bill", "Purchase", "CreditMemo", "Deposit", "Estimate", "Invoice", "JournalEntry", "RefundReceipt"),
    *("SalesReceipt", "Transfer", "VendorCredit", "PurchaseOrder"),
)
_INFO = part(
    "RecurringInfo",
    label("Name", 100),
    choice("RecurType", "Automated", "Reminded", "UnScheduled"),
    flag("Active"),
    part(
        "ScheduleInfo",
        choice("IntervalType", "Daily", "Weekly", "Monthly", "Yearly"),
        *(whole(name) for name in ("NumInterval", "DayOfMonth", "WeekOfMonth", "RemindDays", "DaysBefore")),
        whole("MaxOccurrences"),
        *kept("DayOfWeek", "MonthOfYear"),
        *(day(name) for name in ("StartDate", "EndDate", "NextDate", "PreviousDate")),
    ),
)
#: A form of the future has no number yet.
_NOT_YET = ("DocNumber", "AutoDocNumber")


def unfolded(payload: Any) -> Any:
    """As other entities are sent: the Id and SyncToken beside the form, not in it."""
    forms = [name for name in KINDS if isinstance(payload, dict) and payload.get(name)]
    if len(forms) != 1 or not isinstance(payload[forms[0]], dict):
        raise missing("One kind of transaction")
    form = payload[forms[0]]
    head = {name: form[name] for name in ("Id", "SyncToken") if name in form}
    # Its other forms a client may have sent empty.
    return {name: value for name, value in payload.items() if name not in KINDS or name == forms[0]} | head


def complete(books: Books, draft: Json, before: Record | None) -> Json:
    kind = next((name for name in KINDS if name in draft), None)
    if kind is None:
        raise missing("One kind of transaction")
    if before is not None and before.body["Type"] != kind:
        raise Refusal("2120", f"A {before.body['Type']} does not become a {kind}", element=kind)
    entity = books.entities[kind]
    sent = books.reader.read(draft[kind], _with_schedule(entity.accepted), kind)
    form = {name: value for name, value in sent.items() if value is not None and name not in _NOT_YET}
    info = form.pop("RecurringInfo", {})
    for name in ("Name", "RecurType"):
        if name not in info:
            raise missing(f"RecurringInfo.{name}")
    whole_form = {**entity.complete(books, form, None), "RecurringInfo": {"Active": True, **info}}
    return {"Name": info["Name"], "Type": kind, kind: whole_form}


def _with_schedule(fields: tuple[Field, ...]) -> tuple[Field, ...]:
    return (*(field for field in fields if field.name != _INFO.name), _INFO)


RECURRING = Entity(
    name="RecurringTransaction",
    # Ids of theirs and of transactions never meet.
    family="Transaction",
    names="RecurringTransaction",
    operations=TRANSACTION,
    sparse=False,
    folded=True,
    complete=complete,
    fields=(*kept(*KINDS), *ignored("Id", "SyncToken", "domain", "sparse", "MetaData", "status", "CustomField")),
    searchable={**COMMON, **texts("Type"), "Name": ("text", "name")},
)

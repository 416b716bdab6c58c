"""Time that an employee or a vendor has worked; it moves no money (§9.10; §10, codes 6290 to 6390)."""

from __future__ import annotations

from datetime import MAXYEAR, MINYEAR, datetime

from ..books.books import Books
from ..books.record import Record
from ..model.entity import COMMON, HEAD, TRANSACTION, Entity, days, refs, texts
from ..model.fields import Field, Kind, amount, choice, day, flag, ignored, kept, number, ref, text, whole
from ..wire.json import Json
from ..wire.refusals import Refusal
from . import dimensions

PEOPLE = {"Employee": "EmployeeRef", "Vendor": "VendorRef"}
LONGEST = 24 * 3600
_SPAN = ("StartTime", "EndTime")
_LENGTH = {"Hours": 3600, "Minutes": 60, "Seconds": 1}


def complete(books: Books, draft: Json, before: Record | None) -> Json:
    _check_worker(books, draft)
    body = {"BillableStatus": "NotBillable", "Taxable": False, "CostRate": 0, **draft, **_measured(books, draft)}
    body.setdefault("TxnDate", body["StartTime"][:10] if "StartTime" in body else books.today)
    books.resolve_in(body, "CustomerRef", "Customer")
    for name, target in (("ClassRef", "Class"), ("DepartmentRef", "Department")):
        dimensions.check_reference(books, body, name, target)
    body.setdefault("HourlyRate", _usual_rate(books, body))
    _check_billing(body, before)
    return body


def _check_worker(books: Books, draft: Json) -> None:
    kind = draft.get("NameOf")
    if kind not in PEOPLE:
        raise Refusal("6300", "NameOf must be Employee or Vendor", element="NameOf")
    other = next(name for word, name in PEOPLE.items() if word != kind)
    if PEOPLE[kind] not in draft or other in draft:
        raise Refusal("6290", f"{PEOPLE[kind]}, and it alone, is needed for {kind}", element=PEOPLE[kind])
    books.resolve(draft[PEOPLE[kind]], kind, field_name=PEOPLE[kind])


def _measured(books: Books, draft: Json) -> Json:
    """Either how long, or from when to when."""
    lasting, spanning = (any(name in draft for name in names) for names in (("Hours", "Minutes"), _SPAN))
    if lasting and spanning:
        raise Refusal("6390", "Give hours and minutes, or start and end", element="Hours")
    if spanning:
        return _spanned(books, draft)
    if not lasting:
        raise Refusal("6350", "Hours and minutes are missing", element="Hours")
    length = {name: draft.get(name, 0) for name in _LENGTH}
    if min(length.values()) < 0 or max(length["Minutes"], length["Seconds"]) > 59:
        raise Refusal("6340", f"{length['Hours']}:{length['Minutes']} is not a time", element="Minutes")
    _check_length(sum(length[name] * seconds for name, seconds in _LENGTH.items()))
    return length


def _spanned(books: Books, draft: Json) -> Json:
    if any(name not in draft for name in _SPAN):
        raise Refusal("6360", "Start and end are both needed", element="StartTime")
    start, end = (_moment(books, draft[name], name) for name in _SPAN)
    if start > end:
        raise Refusal("6370", f"{draft['StartTime']} is after {draft['EndTime']}", element="StartTime")
    break_ = sum(draft.get(f"Break{name}", 0) * seconds for name, seconds in _LENGTH.items())
    worked = (end - start).total_seconds() - break_
    if break_ < 0 or worked < 0:
        raise Refusal("6360", "The break is longer than the time between start and end", element="BreakHours")
    _check_length(worked)
    return {name: books.moment(moment.timestamp()) for name, moment in zip(_SPAN, (start, end), strict=True)}


def _moment(books: Books, written: str, name: str) -> datetime:
    try:
        found = datetime.fromisoformat(written)
    except ValueError as error:
        raise Refusal("6360", f"{written} is not a time", element=name) from error
    if not MINYEAR < found.year < MAXYEAR:
        # Elsewhere on earth it may lie in a year that there is not.
        raise Refusal("6360", f"{written} is not a time", element=name)
    return found if found.tzinfo else found.replace(tzinfo=books.company.zone)


def _check_length(seconds: float) -> None:
    if not 0 < seconds <= LONGEST:
        raise Refusal("6380", "The time lies outside of what a day has", element="Hours")


def _usual_rate(books: Books, body: Json) -> object:
    """What the service costs, else what the employee is billed at."""
    item = books.resolve_in(body, "ItemRef", "Item")
    worker = books.find(body["NameOf"], int(body[PEOPLE[body["NameOf"]]]["value"]))
    price = item.body.get("UnitPrice", 0) if item else 0
    return price or (worker.body.get("BillRate", 0) if worker else 0)


def _check_billing(body: Json, before: Record | None) -> None:
    status = body["BillableStatus"]
    billed = before is not None and before.body["BillableStatus"] == status
    if status == "HasBeenBilled" and not billed:
        raise Refusal("6320", f"Billable status {status} cannot be set", element="BillableStatus")
    if status == "Billable" and "CustomerRef" not in body:
        raise Refusal("6310", "A billable time needs a customer", element="CustomerRef")
    if body["HourlyRate"] < 0 or (status == "Billable" and not body["HourlyRate"]):
        raise Refusal("6330", f"Hourly rate {body['HourlyRate']} is not valid", element="HourlyRate")


TIME_ACTIVITY = Entity(
    name="TimeActivity",
    family="TimeActivity",
    operations=TRANSACTION,
    captured=False,
    of_time=True,
    complete=complete,
    fields=(
        day("TxnDate"),
        Field("NameOf", Kind.TEXT, limit=15),
        ref("EmployeeRef", "Employee"),
        ref("VendorRef", "Vendor"),
        ref("CustomerRef", "Customer"),
        ref("DepartmentRef", "Department"),
        ref("ItemRef", "Item"),
        ref("ClassRef", "Class"),
        choice("BillableStatus", "Billable", "NotBillable", "HasBeenBilled"),
        flag("Taxable"),
        number("HourlyRate"),
        amount("CostRate"),
        *(whole(name) for name in (*_LENGTH, *(f"Break{name}" for name in _LENGTH))),
        *(text(name, 40) for name in _SPAN),
        text("Description", 4000),
        text("TimeZone", 100),
        *kept("PayrollItemRef", "TransactionLocationType"),
        *HEAD,
        *ignored("OtherNameRef", "ProjectRef", "TimeChargeId", "TimeActivityEx", "HoursInEmployeeTimeZone"),
        *ignored("CustomExtensions", "CustomField", "AttachableRef", "LinkedTxn"),
    ),
    searchable={
        **COMMON,
        **days("TxnDate"),
        **texts("NameOf", "BillableStatus"),
        **refs("EmployeeRef", "VendorRef", "CustomerRef", "ItemRef"),
    },
)

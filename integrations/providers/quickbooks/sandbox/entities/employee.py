"""Employees, who share the name space of vendors and customers (§9.5)."""

from __future__ import annotations

from ..books.books import Books
from ..books.record import Record
from ..model.entity import HEAD, LIST, Entity, address
from ..model.fields import amount, choice, day, flag, ignored, kept, text
from ..wire.json import Json
from . import names


def complete(books: Books, draft: Json, before: Record | None) -> Json:
    return names.addressed(books, {"BillableTime": False, **names.named(draft, before)}, before)


def derived(books: Books, record: Record) -> Json:
    """Whatever was sent as social security number, nobody gets it to read."""
    hidden = {"SSN": "XXX-XX-XXXX"} if record.body.get("SSN") else {}
    return {**hidden, **names.shown(books, record)}


EMPLOYEE = Entity(
    name="Employee",
    family="Name",
    names="Name",
    operations=LIST,
    activates=True,
    complete=complete,
    derived=derived,
    fields=(
        names.display_name(),
        *names.PERSON,
        text("EmployeeType", 100),
        text("EmployeeNumber", 100),
        text("SSN", 100),
        address("PrimaryAddr"),
        flag("BillableTime"),
        amount("BillRate"),
        amount("CostRate"),
        day("BirthDate"),
        choice("Gender", "Male", "Female", "male", "female"),
        day("HiredDate"),
        day("ReleasedDate"),
        text("Notes", 2000),
        *kept("UseTimeEntry"),
        *HEAD,
        *ignored("CompanyName", "WebAddr", "DefaultTaxCodeRef", "EmployeeEx", "EmailAddress"),
    ),
    searchable=names.PERSON_SEARCH,
)

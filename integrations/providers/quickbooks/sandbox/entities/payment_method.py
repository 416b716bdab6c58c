"""Payment methods: how money comes in (§9.6)."""

from __future__ import annotations

from ..books.books import Books
from ..books.record import Record
from ..model.entity import COMMON, HEAD, LIST, Entity, texts
from ..model.fields import choice, flag, ignored, label
from ..wire.json import Json
from ..wire.refusals import missing


def complete(books: Books, draft: Json, before: Record | None) -> Json:
    if not draft.get("Name"):
        raise missing("Name")
    return {"Active": True, "Type": "NON_CREDIT_CARD", **draft}


PAYMENT_METHOD = Entity(
    name="PaymentMethod",
    family="PaymentMethod",
    names="PaymentMethod",
    operations=LIST,
    activates=True,
    complete=complete,
    fields=(
        label("Name", 31),
        flag("Active"),
        choice("Type", "CREDIT_CARD", "NON_CREDIT_CARD"),
        *HEAD,
        *ignored("PaymentMethodEx", "CustomField", "AttachableRef"),
    ),
    searchable={**COMMON, **texts("Type"), "Name": ("text", "name"), "Active": ("flag", "active")},
)

"""What a person does in QuickBooks itself, behind the back of every app (§11)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ..api import documents
from ..api.documents import DELETED, Wish, render, rewrite
from ..books import links
from ..books.books import Books
from ..books.record import Record
from ..entities import transactions
from ..model.entity import Entity
from ..registry import BY_ADDRESS, BY_NAME
from ..wire.json import Json
from ..wire.refusals import Refusal
from . import merging, preferences

#: The refusal of a name that another has (§9.5).
TAKEN = "6240"


class BadAct(ValueError):
    """Nothing a person could do."""


@dataclass(frozen=True)
class Act:
    entity: Entity
    record: Record
    wanted: Json

    def word(self, name: str) -> str:
        value = self.wanted.get(name)
        if not isinstance(value, str | int) or value == "":
            raise BadAct(f"{name} must be given.")
        return str(value)


def carry_out(books: Books, wanted: Json) -> Json:
    """What became of it, as an app would read it."""
    act = str(wanted.get("act"))
    if act == "close-books":
        if "date" not in wanted:
            raise BadAct("date must be given; null opens the books.")
        return {"Preferences": render(books, preferences.write(books, {"BookCloseDate": wanted.get("date")}))}
    if act not in ACTS:
        raise BadAct(f"act must be one of {', '.join((*ACTS, 'close-books'))}.")
    entity = _entity(str(wanted.get("entity")))
    record = books.get(entity, wanted.get("id", ""))
    return {entity.name: ACTS[act](books, Act(entity, record, wanted))}


def _entity(name: str) -> Entity:
    found = BY_NAME.get(name) or BY_ADDRESS.get(name.lower())
    if found is None:
        raise BadAct(f"No such entity: {name}")
    return found


def _edit(books: Books, act: Act) -> Json:
    changes = act.wanted.get("changes", {"PrivateNote": "Changed by hand"} if act.entity.transacts else {})
    if not isinstance(changes, dict):
        raise BadAct("changes must be an object.")
    return _updated(books, act, changes)


def _rename(books: Books, act: Act) -> Json:
    field = "DisplayName" if "DisplayName" in act.record.body else "Name"
    return _updated(books, act, {field: act.word("name")})


def _deactivate(books: Books, act: Act) -> Json:
    return _updated(books, act, {"Active": False})


def _activate(books: Books, act: Act) -> Json:
    """Under its own name again, unless that has been given to another since."""
    names = {name: str(act.record.body.get(name, "")) for name in ("DisplayName", "Name")}
    plain = {name: DELETED.sub("", value) for name, value in names.items() if DELETED.search(value)}
    if plain:
        try:
            with books.attempt():
                return _updated(books, act, {"Active": True, **plain})
        except Refusal as refusal:
            if refusal.code != TAKEN:
                raise
    return _updated(books, act, {"Active": True})


def _updated(books: Books, act: Act, changes: Json) -> Json:
    """By the rules that hold for an app; only that a form on the screen always holds what was there."""
    before = act.record.body
    there = {name: before[name] for name in (*act.entity.repeated, *act.entity.reported) if name in before}
    payload = {"Id": str(act.record.id), "SyncToken": str(act.record.sync_token), "sparse": True, **there, **changes}
    return documents.carry_out(books, Wish(act.entity, "update", payload))


def _delete(books: Books, act: Act) -> Json:
    payload = {"Id": str(act.record.id), "SyncToken": str(act.record.sync_token)}
    return documents.carry_out(books, Wish(act.entity, "delete", payload))


def _void(books: Books, act: Act) -> Json:
    """Also of what no app may void: zero amounts, and a note that says so (§4.2)."""
    if not act.entity.transacts:
        raise BadAct(f"A person cannot void a {act.entity.name}.")
    act.entity.guard(books, act.record, "void" if act.entity.voided else "delete")
    transactions.check_open(books, act.record.body["TxnDate"])
    body = act.entity.voided(books, act.record) if act.entity.voided else _emptied(act.record.body)
    if act.entity.linkable:
        body = links.shown(books, act.entity, act.record.id, body)
    return render(books, rewrite(books, act.entity, act.record, body, "Void"))


def _emptied(body: Json) -> Json:
    note = body.get("PrivateNote")
    emptied = {**body, "PrivateNote": f"Voided - {note}"[:4000] if note else "Voided"}
    emptied = {name: value for name, value in emptied.items() if name not in ("TxnTaxDetail", "CashBack")}
    for name in ("TotalAmt", "Amount"):
        if name in emptied:
            emptied[name] = 0
    if "Line" in emptied:
        # A line of a deposit that only names a payment goes, and the payment waits for the bank again.
        emptied["Line"] = [_nothing(line) for line in emptied["Line"] if "DetailType" in line]
    return emptied


def _nothing(line: Json) -> Json:
    """Neither an amount nor goods."""
    kind = line["DetailType"]
    gone = ("Qty", "UnitPrice", "TaxInclusiveAmt")
    left, detail = (
        {name: value for name, value in part.items() if name not in gone} for part in (line, line.get(kind, {}))
    )
    return {**left, **({kind: detail} if kind in line else {}), **({"Amount": 0} if "Amount" in line else {})}


def _merge(books: Books, act: Act) -> Json:
    into = books.get(act.entity, act.word("into"))
    try:
        return render(books, merging.merge(books, act.entity, act.record, into))
    except merging.CannotMerge as trouble:
        raise BadAct(str(trouble)) from trouble


ACTS: dict[str, Callable[[Books, Act], Json]] = {
    "edit": _edit,
    "rename": _rename,
    "merge": _merge,
    "deactivate": _deactivate,
    "activate": _activate,
    "void": _void,
    "delete": _delete,
}

_OBJECT = ("act", "entity", "id")
#: What each takes.
KEYS = {
    **dict.fromkeys(ACTS, _OBJECT),
    "edit": (*_OBJECT, "changes"),
    "rename": (*_OBJECT, "name"),
    "merge": (*_OBJECT, "into"),
    "close-books": ("act", "date"),
}

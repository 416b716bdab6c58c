"""An object of QuickBooks in words that a person compares with ours. Objects come from python-quickbooks."""

import hashlib
from datetime import datetime
from decimal import Decimal
from typing import Any

from integrations.providers.documents import Posted, Standing, StandingLine
from integrations.providers.quickbooks import payloads, replies, values


def standing(kind: str, found: Any) -> Standing:
    parts = _transfer(found) if kind == payloads.TRANSFER else _purchase(found)
    return Standing(
        posted=Posted(kind, values.identity(found.Id), values.version(found.SyncToken), changed_at=changed_at(found)),
        dated=values.day_text(found.TxnDate),
        note=str(found.PrivateNote or ""),
        content=_content(kind, found, parts["total"]),
        voided=_is_voided(found, parts["total"]),
        **parts,
    )


def changed_at(found: Any) -> datetime | None:
    """By Intuit's clock, to the second."""
    told = replies.when(getattr(found, "MetaData", None))
    return told or None


def _is_voided(found: Any, total: Decimal) -> bool:
    """Nobody can void a Purchase by the API; a person's voiding leaves zeros and says so at the note's beginning."""
    return not total and str(found.PrivateNote or "").startswith("Voided")


def _content(kind: str, found: Any, total: Decimal) -> str:
    """Of everything that we write, by ids: names change without the document."""
    refs = ("AccountRef", "EntityRef", "DepartmentRef", "FromAccountRef", "ToAccountRef")
    told = [
        *(kind, values.plain(total), values.day_text(found.TxnDate), str(getattr(found, "DocNumber", "") or "")),
        str(found.PrivateNote or ""),
        *(_id(getattr(found, name, None)) for name in refs),
        *(_line_content(line) for line in getattr(found, "Line", [])),
    ]
    return hashlib.sha256(repr(told).encode()).hexdigest()


def _line_content(line: Any) -> tuple[str, ...]:
    detail = getattr(line, "AccountBasedExpenseLineDetail", None)
    ids = (_id(getattr(detail, "AccountRef", None)), _id(getattr(detail, "ClassRef", None)))
    return (*ids, values.plain(values.amount(line.Amount)), str(line.Description or ""))


def _id(reference: Any) -> str:
    return str(getattr(reference, "value", "") or "") if reference else ""


def _purchase(found: Any) -> dict[str, Any]:
    return {
        "total": values.amount(found.TotalAmt) * (-1 if values.flag(getattr(found, "Credit", None)) else 1),
        "paid_from": _name(found.AccountRef),
        "vendor": _name(found.EntityRef),
        "number": str(found.DocNumber or ""),
        "lines": tuple(_line(line, _name(found.DepartmentRef)) for line in found.Line),
    }


def _transfer(found: Any) -> dict[str, Any]:
    amount = values.amount(found.Amount)
    return {
        "total": -amount,
        "paid_from": _name(found.FromAccountRef),
        "vendor": "",
        "number": "",
        "lines": (StandingLine(_name(found.ToAccountRef), amount, ""),),
    }


def _line(line: Any, location: str) -> StandingLine:
    detail = getattr(line, "AccountBasedExpenseLineDetail", None)
    held = (_name(getattr(detail, "ClassRef", None)), location)
    return StandingLine(
        account=_name(getattr(detail, "AccountRef", None)),
        amount=values.amount(line.Amount),
        description=str(line.Description or ""),
        values=tuple(value for value in held if value),
    )


def _name(reference: Any) -> str:
    return str(getattr(reference, "name", "") or getattr(reference, "value", "") or "") if reference else ""

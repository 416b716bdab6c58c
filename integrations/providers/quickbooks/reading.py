"""An object of QuickBooks in words that a person compares with ours. Objects come from python-quickbooks."""

import hashlib
from datetime import datetime
from decimal import Decimal
from typing import Any

from integrations.providers.documents import Standing, StandingLine
from integrations.providers.quickbooks import payloads, replies


def standing(kind: str, found: Any) -> Standing:
    parts = _transfer(found) if kind == payloads.TRANSFER else _purchase(found)
    return Standing(
        posted=replies.posted(kind, str(found.Id), str(found.SyncToken), changed_at=changed_at(found)),
        dated=str(found.TxnDate or ""),
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
    values = [
        *(kind, _plain(total), str(found.TxnDate or ""), str(getattr(found, "DocNumber", "") or "")),
        str(found.PrivateNote or ""),
        *(_id(getattr(found, name, None)) for name in refs),
        *(_line_content(line) for line in getattr(found, "Line", [])),
    ]
    return hashlib.sha256(repr(values).encode()).hexdigest()


def _line_content(line: Any) -> tuple[str, ...]:
    detail = getattr(line, "AccountBasedExpenseLineDetail", None)
    ids = (_id(getattr(detail, "AccountRef", None)), _id(getattr(detail, "ClassRef", None)))
    return (*ids, _plain(Decimal(line.Amount)), str(line.Description or ""))


def _plain(amount: Decimal) -> str:
    """12.3 and 12.30 are the same."""
    return f"{amount.normalize():f}"


def _id(reference: Any) -> str:
    return str(getattr(reference, "value", "") or "") if reference else ""


def _purchase(found: Any) -> dict[str, Any]:
    return {
        "total": Decimal(found.TotalAmt) * (-1 if getattr(found, "Credit", False) else 1),
        "paid_from": _name(found.AccountRef),
        "vendor": _name(found.EntityRef),
        "number": str(found.DocNumber or ""),
        "lines": tuple(_line(line, _name(found.DepartmentRef)) for line in found.Line),
    }


def _transfer(found: Any) -> dict[str, Any]:
    amount = Decimal(found.Amount)
    return {
        "total": -amount,
        "paid_from": _name(found.FromAccountRef),
        "vendor": "",
        "number": "",
        "lines": (StandingLine(_name(found.ToAccountRef), amount, ""),),
    }


def _line(line: Any, location: str) -> StandingLine:
    detail = getattr(line, "AccountBasedExpenseLineDetail", None)
    values = (_name(getattr(detail, "ClassRef", None)), location)
    return StandingLine(
        account=_name(getattr(detail, "AccountRef", None)),
        amount=Decimal(line.Amount),
        description=str(line.Description or ""),
        values=tuple(value for value in values if value),
    )


def _name(reference: Any) -> str:
    return str(getattr(reference, "name", "") or getattr(reference, "value", "") or "") if reference else ""

"""An object of QuickBooks in words that a person compares with ours. Objects come from python-quickbooks."""

from decimal import Decimal
from typing import Any

from integrations.providers.documents import Standing, StandingLine
from integrations.providers.quickbooks import payloads, replies


def standing(kind: str, found: Any) -> Standing:
    parts = _transfer(found) if kind == payloads.TRANSFER else _purchase(found)
    return Standing(
        posted=replies.posted(kind, str(found.Id), str(found.SyncToken)),
        dated=str(found.TxnDate or ""),
        note=str(found.PrivateNote or ""),
        **parts,
    )


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

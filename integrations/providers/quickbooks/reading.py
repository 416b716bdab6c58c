"""An object of QuickBooks in words that a person compares with ours. Objects come from python-quickbooks."""

import hashlib
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

from quickbooks.objects.billpayment import BillPaymentLine

from integrations.providers.documents import Posted, Standing, StandingLine
from integrations.providers.quickbooks import payloads, replies, values

ON_CARDS = ("AccountRef", "EntityRef", "DepartmentRef", "FromAccountRef", "ToAccountRef")
# Without the account on which it is owed: what we do not name, the books fill in by themselves.
OWED = ("VendorRef", "DepartmentRef")
REFERENCES = {payloads.BILL: OWED, payloads.VENDOR_CREDIT: OWED, payloads.BILL_PAYMENT: ("VendorRef",)}


def standing(kind: str, found: Any) -> Standing:
    parts = PARTS[kind](found)
    return Standing(
        posted=Posted(kind, values.identity(found.Id), values.version(found.SyncToken), changed_at=changed_at(found)),
        dated=values.day_text(getattr(found, "TxnDate", "")),
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
    told = [
        *(
            kind,
            values.plain(total),
            values.day_text(getattr(found, "TxnDate", "")),
            str(getattr(found, "DocNumber", "") or ""),
        ),
        str(found.PrivateNote or ""),
        *(_id(getattr(found, name, None)) for name in REFERENCES.get(kind, ON_CARDS)),
        *((values.day_text(found.DueDate),) if kind == payloads.BILL else ()),
        *((_id(_source(found)),) if kind == payloads.BILL_PAYMENT else ()),
        *(_line_content(line) for line in getattr(found, "Line", [])),
    ]
    return hashlib.sha256(repr(told).encode()).hexdigest()


def _line_content(line: Any) -> tuple[str, ...]:
    detail = getattr(line, "AccountBasedExpenseLineDetail", None)
    ids = (_id(getattr(detail, "AccountRef", None)), _id(getattr(detail, "ClassRef", None)))
    told = (*ids, values.plain(values.amount(line.Amount)), str(getattr(line, "Description", "") or ""))
    return (*told, _settles(line)) if isinstance(line, BillPaymentLine) else told


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


def _bill(found: Any, sign: int = 1) -> dict[str, Any]:
    return {
        "total": values.amount(found.TotalAmt) * sign,
        "paid_from": _name(getattr(found, "APAccountRef", None)),
        "vendor": _name(getattr(found, "VendorRef", None)),
        "number": str(found.DocNumber or ""),
        "lines": tuple(_line(line, _name(getattr(found, "DepartmentRef", None))) for line in found.Line),
    }


def _credit(found: Any) -> dict[str, Any]:
    return _bill(found, -1)


def _payment(found: Any) -> dict[str, Any]:
    return {
        "total": -values.amount(found.TotalAmt),
        "paid_from": _name(_source(found)),
        "vendor": _name(found.VendorRef),
        "number": str(found.DocNumber or ""),
        "lines": tuple(
            StandingLine(
                ", ".join(f"{link.TxnType} {link.TxnId}" for link in _settled(line)), values.amount(line.Amount), ""
            )
            for line in found.Line
        ),
    }


def _source(found: Any) -> Any:
    """The account from which a bill was paid."""
    check, card = found.CheckPayment, found.CreditCardPayment
    return getattr(check, "BankAccountRef", None) or getattr(card, "CCAccountRef", None)


def _settled(line: Any) -> list[Any]:
    """What a line of a payment settles. On the lines of other objects links say where they came from."""
    return list(line.LinkedTxn or []) if isinstance(line, BillPaymentLine) else []


def _settles(line: Any) -> str:
    return ", ".join(f"{link.TxnType} {link.TxnId}" for link in _settled(line))


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


PARTS: dict[str, Callable[[Any], dict[str, Any]]] = {
    payloads.PURCHASE: _purchase,
    payloads.TRANSFER: _transfer,
    payloads.BILL: _bill,
    payloads.VENDOR_CREDIT: _credit,
    payloads.BILL_PAYMENT: _payment,
}

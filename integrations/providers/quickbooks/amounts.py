"""Whether what stands there comes to what we sent, to the cent. Pure."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import simplejson

from integrations.providers.documents import Item
from integrations.providers.quickbooks import sides, values

TOTALS = {
    sides.PURCHASE: "TotalAmt",
    sides.TRANSFER: "Amount",
    sides.BILL: "TotalAmt",
    sides.VENDOR_CREDIT: "TotalAmt",
    sides.BILL_PAYMENT: "TotalAmt",
}
# What says its own total, instead of the sum of its lines.
TOTALLED = {sides.TRANSFER: "Amount", sides.BILL_PAYMENT: "TotalAmt"}
# As we write it. With the others tax is added to the lines, or may be.
UNTAXED = (None, "NotApplicable")


def amiss(item: Item, shown: Mapping[str, Any]) -> str:
    """In words for a person; empty where it is as it was sent, or nothing can be said."""
    kind = item.kind or sides.PURCHASE
    told = shown.get(TOTALS.get(kind, ""))
    sent = simplejson.loads(item.body, use_decimal=True) if told is not None else {}
    if not sent or not _is_certain(sent):
        return ""
    meant, there = _meant(kind, sent), _there(kind, told, sent, shown)
    return "" if meant == there else f"QuickBooks shows {there} where {meant} was sent"


def _is_certain(sent: Mapping[str, Any]) -> bool:
    """Somebody's taxes stay in what is merged with theirs; the books reckon them anew."""
    untaxed = sent.get("GlobalTaxCalculation") in UNTAXED and not sent.get("TxnTaxDetail")
    return untaxed and ("Line" in sent or "Amount" in sent)


def _meant(kind: str, sent: Mapping[str, Any]) -> str:
    told = TOTALLED.get(kind)
    amounts = [sent[told]] if told else [line.get("Amount") for line in sent["Line"]]
    total = sum(map(values.amount, amounts), Decimal(0)) * sides.sign(sent)
    return f"{values.money(total)} {values.currency(sent.get('CurrencyRef'))}".strip()


def _there(kind: str, told: Any, sent: Mapping[str, Any], shown: Mapping[str, Any]) -> str:
    """The currency is compared where we named one; of what is no number, what was told."""
    currency = values.currency(shown.get("CurrencyRef")) or values.currency(sent.get("CurrencyRef"))
    named = currency if "CurrencyRef" in sent else ""
    sign = sides.sign(shown if "Credit" in shown else sent)
    try:
        return f"{values.money(values.number(told) * sign)} {named}".strip()
    except ValueError:
        return str(told)[:40] or "nothing"

"""Neutral documents written in QuickBooks' words. Pure.

Fields and lengths: Intuit's reference of Purchase. A charge on a card is a Purchase with PaymentType CreditCard, whose
AccountRef is an account of type Credit Card and whose lines carry the expense accounts.
"""

from collections.abc import Sequence
from typing import Any

import simplejson

from integrations.providers.documents import CardCharge, Item, Line

NOTE_LENGTH = 4000
DESCRIPTION_LENGTH = 4000


def purchase(charge: CardCharge) -> dict[str, Any]:
    body: dict[str, Any] = {
        "PaymentType": "CreditCard",
        "AccountRef": {"value": charge.card_account},
        "TxnDate": charge.dated.isoformat(),
        "DocNumber": charge.mark,
        "PrivateNote": charge.note[:NOTE_LENGTH],
        "Line": [_line(line) for line in charge.lines],
    }
    if charge.vendor:
        body["EntityRef"] = {"value": charge.vendor, "type": "Vendor"}
    return body


def _line(line: Line) -> dict[str, Any]:
    return {
        "Amount": line.amount,
        "DetailType": "AccountBasedExpenseLineDetail",
        "Description": line.description[:DESCRIPTION_LENGTH],
        "AccountBasedExpenseLineDetail": {"AccountRef": {"value": line.account}},
    }


def encoded(body: dict[str, Any]) -> str:
    """JSON with exact decimals as numbers, the same text for the same body."""
    return simplejson.dumps(body, use_decimal=True, sort_keys=True, separators=(",", ":"))


def batch(items: Sequence[Item]) -> str:
    """One batch request. The bodies go in as they were stored, so that a repeat is the same to the byte."""
    requests = ",".join(f'{{"bId":"{item.key}","operation":"create","Purchase":{item.body}}}' for item in items)
    return f'{{"BatchItemRequest":[{requests}]}}'

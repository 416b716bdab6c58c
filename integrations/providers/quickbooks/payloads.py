"""Neutral documents written in QuickBooks' words. Pure.

Fields and lengths: Intuit's reference of Purchase. A charge on a card is a Purchase with PaymentType CreditCard, whose
AccountRef is an account of type Credit Card and whose lines carry the expense accounts.
"""

import unicodedata
from collections.abc import Sequence
from typing import Any

import simplejson

from integrations.providers.documents import CardCharge, Item, Line

NOTE_LENGTH = 4000
DESCRIPTION_LENGTH = 4000

TYPOGRAPHY = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": "...", "€": "EUR"})


def purchase(charge: CardCharge, *, outside_us: bool = False) -> dict[str, Any]:
    """A charge comes with its tax inside and without a tax code, which only companies outside the US must be told."""
    write = basic if outside_us else latin
    body: dict[str, Any] = {
        "PaymentType": "CreditCard",
        "AccountRef": {"value": charge.card_account},
        "TxnDate": charge.dated.isoformat(),
        "DocNumber": charge.mark,
        "PrivateNote": write(charge.note)[:NOTE_LENGTH],
        "Line": [_line(line, write(line.description)) for line in charge.lines],
    }
    if charge.vendor:
        body["EntityRef"] = {"value": charge.vendor, "type": "Vendor"}
    if outside_us:
        body["GlobalTaxCalculation"] = "NotApplicable"
    return body


def latin(text: str) -> str:
    """US companies keep text in ISO-8859-1, and may refuse the rest (2040): accents go, what is left becomes "?"."""
    if text.isascii():
        return text
    plain = unicodedata.normalize("NFC", text).translate(TYPOGRAPHY)
    fitting = [letter if ord(letter) < 256 else _without_accent(letter) for letter in plain]
    return "".join(fitting).encode("latin-1", "replace").decode("latin-1")


def basic(text: str) -> str:
    """Elsewhere any script goes, but signs beyond the basic plane, such as emoji, may be refused."""
    return "".join(letter if ord(letter) < 0x10000 else "?" for letter in text)


def _without_accent(letter: str) -> str:
    return "".join(part for part in unicodedata.normalize("NFKD", letter) if not unicodedata.combining(part))


def _line(line: Line, description: str) -> dict[str, Any]:
    return {
        "Amount": line.amount,
        "DetailType": "AccountBasedExpenseLineDetail",
        "Description": description[:DESCRIPTION_LENGTH],
        "AccountBasedExpenseLineDetail": {"AccountRef": {"value": line.account}},
    }


def encoded(body: dict[str, Any]) -> str:
    """JSON with exact decimals as numbers, the same text for the same body."""
    return simplejson.dumps(body, use_decimal=True, sort_keys=True, separators=(",", ":"))


def batch(items: Sequence[Item]) -> str:
    """One batch request. The bodies go in as they were stored, so that a repeat is the same to the byte."""
    requests = ",".join(f'{{"bId":"{item.key}","operation":"create","Purchase":{item.body}}}' for item in items)
    return f'{{"BatchItemRequest":[{requests}]}}'

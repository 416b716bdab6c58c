"""Where a person mends what keeps a document from the books."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from integrations.mapping.reasons import ABOUT_CLOSING, Reason, ReasonCode
from integrations.words import FIX_IN_APPROVALS, FIX_IN_CONNECTIONS, FIX_IN_MAPPING


@dataclass(frozen=True, slots=True)
class Fix:
    label: str = ""
    url: str = ""


# Which part of the mapping, and what of it: whatever points to something inactive is found by the page itself.
PLACES: dict[ReasonCode, dict[str, str]] = {
    ReasonCode.NO_CARD_ACCOUNT: {"part": "accounts"},
    ReasonCode.NO_ACCOUNT_FOR_CATEGORY: {"part": "categories", "q": "{subject}"},
    ReasonCode.NO_ACCOUNT_WITHOUT_CATEGORY: {"part": "accounts"},
    ReasonCode.NO_ACCOUNT_FOR_FEES: {"part": "accounts"},
    ReasonCode.NO_ACCOUNT_FOR_CASHBACK: {"part": "accounts"},
    ReasonCode.NO_BANK_ACCOUNT: {"part": "accounts"},
    ReasonCode.NO_VENDOR: {"part": "vendors", "q": "{subject}"},
    ReasonCode.SPLIT_OVER_SEVERAL: {"part": "departments"},
    ReasonCode.VALUE_INACTIVE: {"show": "broken"},
    ReasonCode.VENDOR_REFUSED: {"part": "vendors"},
    ReasonCode.ACCOUNT_INACTIVE: {"show": "broken"},
    ReasonCode.ACCOUNT_CURRENCY: {"part": "cards"},
    ReasonCode.VENDOR_CURRENCY: {"part": "vendors"},
    ReasonCode.PERIOD_CLOSED: {"part": "accounts"},
    ReasonCode.PERIOD_ASKED: {"part": "accounts"},
    ReasonCode.NOT_PAID: {"part": "accounts"},
}


def fix_of(reason: Reason, organisation: str, entity_id: int) -> Fix:
    """The words of the link and where it leads; empty where nobody can mend it on a page."""
    if reason.code in FIX_IN_CONNECTIONS:
        return Fix(FIX_IN_CONNECTIONS[reason.code], reverse("connections", args=[organisation]))
    if reason.code in FIX_IN_APPROVALS:
        return Fix(FIX_IN_APPROVALS[reason.code], reverse("approvals", args=[organisation]) + "?who=all")
    if reason.code not in FIX_IN_MAPPING:
        return Fix()
    place = "#closed" if reason.code in ABOUT_CLOSING else "#gates" if reason.code is ReasonCode.NOT_PAID else ""
    query = {name: value.format(subject=reason.subject) for name, value in PLACES.get(reason.code, {}).items()}
    address = reverse("mapping", args=[organisation, entity_id])
    return Fix(FIX_IN_MAPPING[reason.code], f"{address}?{urlencode(query)}{place}" if query else address)

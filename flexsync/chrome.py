"""What stands around every page of an organisation: its name, its places, and who is signed in."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from integrations import conservation
from integrations.providers.registry import platform
from integrations.web.line import conservation_line
from ledger.access import Access, Action, organisations_of, who_may
from ledger.selectors.approvals import asked
from ledger.selectors.receipts import in_tray
from ledger.tenancy.context import current_tenant
from ledger.words import listed

PLACES = [
    ("", [("Home", "organisation", "house", Action.SEE_SYNC)]),
    (
        "Work",
        [
            ("Failed syncs", "failed", "triangle-alert", Action.SEE_SYNC),
            ("Approvals", "approvals", "stamp", Action.APPROVE),
            ("Receipts", "tray", "paperclip", Action.ADD_RECEIPTS),
        ],
    ),
    (
        "Records",
        [
            ("Transactions", "transactions", "receipt-text", Action.SEE_TRANSACTIONS),
            ("Bills", "bills", "scroll-text", Action.SEE_TRANSACTIONS),
        ],
    ),
    (
        "Set-up",
        [
            ("Mapping", "first_mapping", "waypoints", Action.SEE_SYNC),
            ("Connections", "connections", "plug", Action.SEE_SYNC),
            ("People", "people", "users", Action.MANAGE_PEOPLE),
        ],
    ),
]
# A page whose own name stands under another place.
BELONGS_TO = {
    "difference": "organisation",
    "run": "connections",
    "undo_run": "connections",
    "undo_document": "transactions",
    "transaction": "transactions",
    "mapping": "first_mapping",
    "revert_mapping": "first_mapping",
    "bill": "bills",
    "new_bill": "bills",
    "edit_bill": "bills",
    "bill_payment": "bills",
    "invite_person": "people",
    "approval_policies": "approvals",
    "edit_policy": "approvals",
    "imports": "transactions",
    "new_import": "transactions",
    "import": "transactions",
    "choose_columns": "transactions",
}


def chrome(request: HttpRequest) -> dict[str, Any]:
    """Rendered inside the page's own transaction. Pages outside an organisation, and error pages, have none of it."""
    words = {"platform_label": platform().short_label}
    access: Access | None = getattr(request, "access", None)
    if access is None or current_tenant() is None:
        return words
    return words | {
        "chrome": {
            "organisation": access.organisation,
            "person": {
                "name": str(access.person),
                "initials": "".join(part[0] for part in str(access.person).split()[:2]).upper(),
                "role": access.role.label,
            },
            "nav": _places(request, access),
            "sign_out_url": reverse("account_logout"),
            "other_organisations": _others(access),
            # Asked for by pages with a foot only.
            "line": SimpleLazyObject(lambda: _line(request, access)),
            # Asked for by pages that somebody can only read.
            "configurers": SimpleLazyObject(lambda: listed(who_may(Action.CONFIGURE)) or "an owner"),
        }
    }


def _line(request: HttpRequest, access: Access) -> dict[str, Any] | None:
    if not access.allows(Action.SEE_SYNC):
        return None
    in_view = request.resolver_match.kwargs.get("entity_id") if request.resolver_match else None
    return conservation_line(access.organisation.slug, in_view)


def _places(request: HttpRequest, access: Access) -> list[dict[str, Any]]:
    here = request.resolver_match.view_name if request.resolver_match else ""
    here = BELONGS_TO.get(here, here)
    badges = {
        "failed": _failed(),
        "approvals": asked().filter(approver=access.person).count(),
        "tray": in_tray().count(),
    }
    groups = []
    for label, places in PLACES:
        items = [
            {
                "label": words,
                "url": reverse(name, args=[access.organisation.slug]),
                "icon": icon,
                "current": name == here,
                "badge": badges.get(name) or None,
                "alarm": name == "failed",
            }
            for words, name, icon, action in places
            if access.allows(action)
        ]
        groups.append({"label": label, "items": items})
    return groups


def _failed() -> int:
    """How many documents were stopped on their way to the books until someone acts."""
    return sum(cell.part.count for cell in conservation.of_all_time() if cell.term in conservation.FAILED)


def _others(access: Access) -> list[dict[str, str]]:
    mine = organisations_of(access.person)
    return [
        {"name": other.name, "url": reverse("organisation", args=[other.slug])}
        for other in mine
        if other != access.organisation
    ]

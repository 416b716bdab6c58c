"""What the company has subscribed to, and whether it still pays for it (§9.1, §10: 5020 and 6190)."""

from __future__ import annotations

from ..books.books import Books
from ..wire.refusals import Refusal

SIMPLE, ESSENTIALS, PLUS, ADVANCED = (
    f"QuickBooks Online {word}" for word in ("Simple Start", "Essentials", "Plus", "Advanced")
)
NAMES = (SIMPLE, ESSENTIALS, PLUS, ADVANCED)
#: The plans that have the thing; what is not named here is in every plan.
WITH_TRACKING = (PLUS, ADVANCED)
_WITH_BILLS = (ESSENTIALS, PLUS, ADVANCED)
PLANS = {
    "Class": WITH_TRACKING,
    "Department": WITH_TRACKING,
    "PurchaseOrder": WITH_TRACKING,
    "Bill": _WITH_BILLS,
    "BillPayment": _WITH_BILLS,
    "VendorCredit": _WITH_BILLS,
    "TimeActivity": _WITH_BILLS,
}
#: Read-only companies: the subscription has ended, the trial is over, or a bill of theirs was not paid.
ENDED = ("SUSPENDED", "CANCELLED", "EXPIRED", "TRIAL_EXPIRED", "UNSUBSCRIBED")
STANDINGS = ("SUBSCRIBED", "TRIAL", *ENDED)


def has(books: Books, entity: str) -> bool:
    return entity not in PLANS or books.plan in PLANS[entity]


def check_plan(books: Books, entity: str) -> None:
    if books.switches.plan_gates == "strict" and not has(books, entity):
        raise off(entity)


def check_standing(books: Books) -> None:
    """Before every write."""
    if books.fact("SubscriptionStatus") in ENDED:
        detail = "Subscription period has ended or canceled or there was a billing problem : You can't add data to"
        raise Refusal("6190", f"{detail} QuickBooks Online Plus because your trial or subscription period ended.")


def off(element: str) -> Refusal:
    return Refusal("5020", "Permission Denied Error : The feature is not turned on for this company", element=element)

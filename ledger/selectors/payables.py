"""The list of bills: how much of each is open, and which stand in which tab."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from ledger.domain.documents import Stage
from ledger.models import Bill, Settlement
from ledger.models.documents import BILL_KINDS


class Tab(StrEnum):
    """Overdue are open too."""

    ALL = "all"
    DRAFTS = "drafts"
    OPEN = "open"
    OVERDUE = "overdue"
    SETTLED = "settled"
    VOID = "void"


def listed() -> QuerySet[Bill]:
    """Newest first, each with `rest`, what is open of it in its own sign."""
    live = Settlement.objects.filter(bill=OuterRef("pk")).exclude(payment__document__stage=Stage.REVERSED)
    settled = live.order_by().values("bill").annotate(minor=Sum("amount_minor")).values("minor")
    rows = Bill.objects.select_related("document", "document__entity", "vendor")
    rows = rows.filter(document__kind__in=BILL_KINDS)
    rest = F("document__amount_minor") - Coalesce(Subquery(settled), 0)
    return rows.annotate(rest=rest).order_by("-document__dated", "-document_id")


def in_tab(tab: Tab, today: date) -> Q:
    cleared = Q(document__stage=Stage.CLEARED)
    match tab:
        case Tab.DRAFTS:
            return Q(document__stage=Stage.PENDING)
        case Tab.OPEN:
            return cleared & ~Q(rest=0)
        case Tab.OVERDUE:
            return cleared & ~Q(rest=0) & Q(due_on__lt=today)
        case Tab.SETTLED:
            return cleared & Q(rest=0)
        case Tab.VOID:
            return Q(document__stage=Stage.REVERSED)
        case Tab.ALL:
            return Q()


def counts(today: date) -> dict[Tab, int]:
    """One statement for all tabs."""
    told = {str(tab): Count("pk", filter=in_tab(tab, today)) for tab in Tab}
    found = listed().order_by().aggregate(**told)
    return {tab: found[tab] for tab in Tab}


@dataclass(frozen=True, slots=True)
class Owed:
    """What is open in one currency; of it so much is overdue. Credits are below zero."""

    currency: str
    minor: int
    overdue: int
    number: int


def owed(today: date) -> list[Owed]:
    rows = listed().filter(in_tab(Tab.OPEN, today)).order_by().values("document__currency")
    late = Sum("rest", filter=Q(due_on__lt=today))
    summed = rows.annotate(minor=Sum("rest"), late=Coalesce(late, 0), number=Count("pk")).order_by("document__currency")
    return [Owed(row["document__currency"], row["minor"], row["late"], row["number"]) for row in summed]


def open_credits(bill: Bill) -> QuerySet[Bill]:
    """What its vendor owes back, of its own entity and currency."""
    document = bill.document
    same = {"document__entity": document.entity_id, "document__currency": document.currency, "vendor": bill.vendor_id}
    return listed().filter(Q(document__stage=Stage.CLEARED) & Q(("rest__lt", 0)), **same)


def same_number(vendor_id: int, number: str, *, but: int | None = None) -> QuerySet[Bill]:
    """Bills of this vendor with this number that are not void: probably the same one, sent twice."""
    if not number:
        return Bill.objects.none()
    rows = Bill.objects.select_related("document").filter(vendor_id=vendor_id, number__iexact=number)
    return rows.exclude(document__stage=Stage.REVERSED).exclude(pk=but or 0).order_by("document__dated")

"""Find the document of what waits in the tray; hang what is sure, suggest what is not."""

from collections.abc import Collection, Sequence

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from ledger.domain.clues import clues_in
from ledger.domain.matching import Match, matches, sure
from ledger.domain.receipts import Unfit
from ledger.models import Arrival, SourceDocument
from ledger.services.tray.candidates import candidates, is_near
from ledger.services.tray.hanging import hang

AT_ONCE = 200
MATCHER = "FlexSync"


def tenants_with_arrivals() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT lookup.tenants_with_arrivals()")
        return [row[0] for row in cursor.fetchall()]


def match_waiting(receipts: Collection[int] | None = None) -> int:
    """Of these, or of all that wait. What nobody vouches for is left to a person. Returns how many hang now."""
    rows = Arrival.objects.filter(receipt__document__isnull=True, receipt__removed_at__isnull=True, vouched=True)
    if receipts is not None:
        rows = rows.filter(receipt__in=receipts)
    number, before = 0, None
    while True:
        older = rows if before is None else rows.filter(pk__lt=before)
        some, before = _match_some(older)
        number += some
        if before is None:
            return number


@transaction.atomic
def _match_some(rows: QuerySet[Arrival]) -> tuple[int, int | None]:
    """How many hang now, and before which id there may be more."""
    waiting = list(rows.select_related("receipt").order_by("-id")[:AT_ONCE])
    found, filled, number = suggestions(waiting), set[int](), 0
    for arrival in waiting:
        best = sure(found[arrival.pk])
        # Two of the same amount may want the same document: the second waits for a person.
        if best and best.document not in filled and _hung(arrival, best):
            filled.add(best.document)
            number += 1
    return number, waiting[-1].pk if len(waiting) == AT_ONCE else None


def suggestions(waiting: Sequence[Arrival]) -> dict[int, list[Match]]:
    """By arrival, the best first; a few statements for all of them."""
    clues = {arrival.pk: clues_in(arrival.said) for arrival in waiting}
    days = {arrival.pk: timezone.localdate(arrival.arrived_at) for arrival in waiting}
    known = candidates(list(clues.values()), list(days.values()))
    return {
        number: matches(one, (candidate for candidate in known if is_near(candidate, days[number])))
        for number, one in clues.items()
    }


def _hung(arrival: Arrival, best: Match) -> bool:
    document = SourceDocument.objects.filter(pk=best.document).first()
    if document is None:
        return False
    try:
        hang(receipt=arrival.receipt, document=document, actor=MATCHER, why=best.why)
    except Unfit:
        return False
    return True

"""What is told is looked at only where it may be news."""

from datetime import UTC, datetime, timedelta

import pytest

from integrations.providers.documents import Kind, Operation, Thing, Topic
from integrations.services.incoming.sorting import Known, Sorted, Told, sort_out

KINDS = {
    kind.name: kind
    for kind in (Kind("Expense", Topic.DOCUMENT), Kind("Supplier", Topic.VENDOR), Kind("Settings", Topic.COMPANY))
}
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
SOON = NOW + timedelta(seconds=1)
OURS, OTHERS, SUPPLIER = Thing("Expense", "1"), Thing("Expense", "2"), Thing("Supplier", "7")
SETTINGS = Thing("Settings", "1")
KNOWN = Known(as_of={OURS: NOW, SUPPLIER: NOW}, linked={OURS}, under_way=())
BUSY = Known(as_of={OURS: NOW}, linked={OURS}, under_way={OURS})


@pytest.mark.parametrize(
    ("told", "known", "found"),
    [
        pytest.param([Told(1, OURS, Operation.UPDATED, SOON)], KNOWN, Sorted(look={OURS}), id="newer than we know"),
        pytest.param([Told(1, OURS, Operation.CREATED, NOW)], KNOWN, Sorted(), id="our own write"),
        pytest.param([Told(1, OTHERS, Operation.UPDATED, SOON)], KNOWN, Sorted(), id="somebody else's document"),
        pytest.param([Told(1, OTHERS, Operation.DELETED, SOON)], KNOWN, Sorted(), id="somebody else's deletion"),
        pytest.param([Told(1, OURS, Operation.VOIDED, SOON)], KNOWN, Sorted(look={OURS}), id="voided"),
        pytest.param([Told(1, OURS, Operation.DELETED, NOW)], KNOWN, Sorted(gone={OURS}), id="deleted, however old"),
        pytest.param(
            [Told(1, OURS, Operation.DELETED, SOON), Told(2, OURS, Operation.UPDATED, SOON)],
            KNOWN,
            Sorted(gone={OURS}),
            id="a late update of what is deleted",
        ),
        pytest.param([Told(1, OURS, Operation.UPDATED, SOON)], BUSY, Sorted(later={1}), id="something is being sent"),
        pytest.param([Told(1, SUPPLIER, Operation.UPDATED, NOW)], KNOWN, Sorted(), id="known already"),
        pytest.param(
            [Told(1, Thing("Supplier", "8"), Operation.CREATED, NOW)],
            KNOWN,
            Sorted(look={Thing("Supplier", "8")}),
            id="never heard of",
        ),
        pytest.param(
            [Told(1, SUPPLIER, Operation.MERGED, NOW, absorbed="9")],
            KNOWN,
            Sorted(merged={Thing("Supplier", "9"): SUPPLIER}),
            id="a merge tells of two",
        ),
        pytest.param([Told(1, SETTINGS, Operation.UPDATED, NOW)], KNOWN, Sorted(settings_at=NOW), id="self"),
        pytest.param([Told(1, Thing("Invoice", "1"), Operation.UPDATED, NOW)], KNOWN, Sorted(), id="of no concern"),
    ],
)
def test_what_is_told_is_looked_at_where_it_may_be_news(told: list[Told], known: Known, found: Sorted) -> None:
    assert sort_out(told, KINDS, known) == found

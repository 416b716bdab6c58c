"""One clock on every page: that of the entity, in which its documents are dated."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from integrations.models import Connection
from ledger.models import Entity, Import, ImportKind
from tests.cast import Cast
from tests.ledger.importing import Importer, lines
from tests.web.books import Books
from tests.web.browser import Browser, page

LATE = datetime(2026, 3, 3, 1, 33, tzinfo=UTC)
IN_NEW_YORK = "Mon 2 Mar 2026, 20:33 EST"


@pytest.fixture
def office(cast: Cast) -> Importer:
    return Importer(cast.larkfield)


@pytest.mark.parametrize("kind", ImportKind)
def test_an_import_has_one_time_wherever_it_is_shown(priya: Browser, office: Importer, kind: ImportKind) -> None:
    file = lines(1) if kind is ImportKind.TRANSACTIONS else "Name,Email\nFigma Inc,pay@figma.com\n"
    job = office.take(file, kind=kind)
    again = office.bring(file, kind=kind)
    with office.open():
        Import.objects.update(uploaded_at=LATE)
        Import.objects.filter(pk=job.pk).update(started_at=LATE, finished_at=LATE)
    assert page(priya.get("/o/larkfield/imports/")).text.count(IN_NEW_YORK) == 2
    assert page(priya.get(f"/o/larkfield/imports/{job.public_id}/")).text.count(IN_NEW_YORK) == 2
    assert IN_NEW_YORK in page(priya.get(f"/o/larkfield/imports/{again.public_id}/")).text


def test_a_connection_is_told_in_the_time_of_its_entity(priya: Browser, books: Books) -> None:
    with books.open():
        Connection.objects.update(connected_at=LATE, references_read_at=LATE)
    assert page(priya.get(f"{books.path}/connections/")).text.count(IN_NEW_YORK) == 2


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago"])
def test_an_export_is_named_by_the_day_that_the_pages_show(priya: Browser, office: Importer, zone: str) -> None:
    """One of the two is on another day than the server at any time."""
    with office.open():
        Entity.objects.update(time_zone=zone)
    response = priya.get("/o/larkfield/transactions/export.csv")
    b"".join(response.streaming_content)
    day = datetime.now(ZoneInfo(zone)).date().isoformat()
    assert f"transactions-larkfield-{day}.csv" in response.headers["Content-Disposition"]

"""Receipts that come without a document: taken in once, hung where they surely belong, or kept until a person says."""

from io import BytesIO

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from ledger.domain.documents import Stage
from ledger.domain.receipts import Unfit
from ledger.models import Arrival, EventKind, LedgerEvent, Receipt, SourceDocument, Way
from ledger.pictures import Unopened, preview
from ledger.services.receipts import Kept, keep
from ledger.services.tray import Source, Taken, hang, match_waiting, suggestions, take_in
from ledger.tasks import match_receipts
from ledger.tenancy.context import acting_for, cleared
from tests.cast import Cast
from tests.papers import bomb, pdf, photo
from tests.payables import Payables

THEO = Source(Way.UPLOAD, "Theo Brandt", vouched=True)
UNKNOWN = Source(Way.MAIL, "somebody@example.com", vouched=False)
FREIGHT = pdf("Harbour Freight", "2 Nov 2026", "Total 1,500.00")


@pytest.fixture
def payables(cast: Cast) -> Payables:
    return Payables(cast.larkfield)


def bring(payables: Payables, content: bytes = FREIGHT, name: str = "freight.pdf", source: Source = THEO) -> Taken:
    with acting_for(payables.tenant.id):
        return take_in(keep(BytesIO(content), name), source)


def where(payables: Payables, taken: Taken) -> tuple[int | None, str]:
    """The document at which it hangs, and why."""
    with acting_for(payables.tenant.id), transaction.atomic():
        arrival = Arrival.objects.select_related("receipt").get(receipt=taken.receipt)
        return arrival.receipt.document_id, arrival.why


def test_what_agrees_hangs_itself_and_says_why(payables: Payables) -> None:
    bill = payables.bill("b-1", "1500.00")
    document, why = where(payables, bring(payables))
    assert document == bill.pk
    assert why == "$1,500.00 and “Harbour Freight” stand in it, and 2 Nov 2026 is its day."
    with acting_for(payables.tenant.id), transaction.atomic():
        told = LedgerEvent.objects.get(kind=EventKind.RECEIPT_ADDED)
    assert (told.actor, told.handled_at) == ("FlexSync", None)


def test_what_comes_before_its_bill_hangs_when_that_comes(payables: Payables) -> None:
    taken = bring(payables)
    assert where(payables, taken) == (None, "")
    bill = payables.bill("b-1", "1500.00")
    with cleared():
        match_receipts()
    assert where(payables, taken)[0] == bill.pk


def test_what_nobody_vouches_for_waits_for_a_person_with_its_suggestion(payables: Payables) -> None:
    bill = payables.bill("b-1", "1500.00")
    taken = bring(payables, source=UNKNOWN)
    with acting_for(payables.tenant.id):
        assert match_waiting() == 0
        with transaction.atomic():
            waiting = list(Arrival.objects.select_related("receipt"))
            [[match]] = suggestions(waiting).values()
    assert where(payables, taken) == (None, "")
    assert match.document == bill.pk


def test_two_bills_that_agree_alike_are_left_to_a_person(payables: Payables) -> None:
    payables.bill("b-1", "1500.00")
    payables.bill("b-2", "1500.00")
    assert where(payables, bring(payables)) == (None, "")


def test_two_receipts_of_one_amount_find_one_bill_once(payables: Payables) -> None:
    taken = [bring(payables, pdf("Harbour Freight", "2 Nov 2026", "1,500.00", str(one))) for one in range(2)]
    bill = payables.bill("b-1", "1500.00")
    with cleared():
        match_receipts()
    assert sorted((where(payables, one)[0] or 0) for one in taken) == [0, bill.pk]


@pytest.mark.parametrize("stage", [Stage.REVERSED, Stage.CLEARED])
def test_a_void_bill_gets_no_receipt(payables: Payables, stage: Stage) -> None:
    payables.bill("b-1", "1500.00")
    payables.bill("b-1", "1500.00", stage=stage)
    assert (where(payables, bring(payables))[0] is None) is (stage is Stage.REVERSED)


def test_the_same_file_again_is_the_one_that_is_here(payables: Payables) -> None:
    first = bring(payables)
    again = bring(payables, name="again.pdf", source=UNKNOWN)
    assert (again.is_new, again.receipt.pk) == (False, first.receipt.pk)
    payables.bill("b-1", "1500.00")
    with cleared():
        match_receipts()
    assert bring(payables).receipt.document_id is not None


def test_a_person_hangs_it_elsewhere_and_only_once(payables: Payables) -> None:
    bill, taken = payables.bill("b-1", "10.00"), bring(payables)
    with acting_for(payables.tenant.id):
        hang(receipt=taken.receipt, document=bill, actor="Theo", why="Theo said so.")
        with pytest.raises(Unfit, match="hangs there already"):
            hang(receipt=taken.receipt, document=bill, actor="Theo", why="Theo said so.")
        other = payables.bill("b-2", "11.00")
        with pytest.raises(Unfit, match="not in the tray any more"):
            hang(receipt=taken.receipt, document=other, actor="Theo", why="Theo said so.")


def test_the_trays_of_others_are_theirs(payables: Payables, cast: Cast) -> None:
    bring(payables)
    theirs = Payables(cast.brightwell)
    theirs.bill("b-1", "1500.00")
    with cleared():
        match_receipts()
    assert bring(theirs).is_new
    with acting_for(cast.brightwell.id), transaction.atomic():
        assert Receipt.objects.get().document_id == SourceDocument.objects.get().pk


def test_forty_in_the_tray_are_matched_in_as_many_statements_as_ten(payables: Payables) -> None:
    counts = []
    for number in (10, 30):
        for one in range(number):
            bring(payables, pdf("Nobody", f"{number}.{one:02}"), source=UNKNOWN)
        with acting_for(payables.tenant.id), transaction.atomic():
            waiting = list(Arrival.objects.select_related("receipt"))
            with CaptureQueriesContext(connection) as statements:
                suggestions(waiting)
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 3


# --- what files may be ------------------------------------------------------------------------------------------------


def kept(cast: Cast, content: bytes, name: str) -> Kept:
    with acting_for(cast.larkfield.id):
        return keep(BytesIO(content), name)


@pytest.mark.parametrize(("kind", "name"), [("HEIF", "IMG_1.HEIC"), ("WEBP", "a.webp"), ("AVIF", "a.avif")])
def test_a_phones_photo_is_kept_as_jpeg(cast: Cast, kind: str, name: str) -> None:
    told = kept(cast, photo(kind), name)
    assert (told.content_type, told.file_name[-4:]) == ("image/jpeg", ".jpg")
    assert kept(cast, photo(kind), name).sha256 == told.sha256


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (bomb(), "small.png", "unfolds to far more"),
        (b"\xff\xd8\xff broken", "photo.jpg", "cannot be opened"),
        (b"\0\0\0\x18ftypheic broken", "IMG_2.HEIC", "cannot be opened"),
        (b"\x89PNG\r\n\x1a\n", "a.png", "cannot be opened"),
    ],
)
def test_a_picture_that_is_none_is_refused_in_words(cast: Cast, content: bytes, name: str, sentence: str) -> None:
    with pytest.raises(Unfit, match=sentence):
        kept(cast, content, name)


@pytest.mark.parametrize("content", [pdf("Figma"), photo(), photo("PNG"), photo("GIF"), photo("TIFF")])
def test_pdfs_and_pictures_have_previews(content: bytes) -> None:
    assert preview(content)[:3] == b"\xff\xd8\xff"


@pytest.mark.parametrize("content", [b"%PDF-1.7 nothing more", bomb(), b""])
def test_what_cannot_be_opened_has_none_and_takes_little(content: bytes) -> None:
    with pytest.raises(Unopened):
        preview(content)


def test_a_pdf_that_is_none_waits_and_says_so(payables: Payables) -> None:
    bring(payables, b"%PDF-1.7 nothing more")
    with acting_for(payables.tenant.id), transaction.atomic():
        assert Arrival.objects.get().unreadable

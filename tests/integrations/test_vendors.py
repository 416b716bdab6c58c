"""A vendor before its charge: made once where the switch says so, found where it is, never in the way otherwise."""

from django.db import transaction

from integrations import services
from integrations.mapping.reasons import ReasonCode
from integrations.mapping.slots import MappingSlot
from integrations.models import JobState, Reference, ReferenceKind, SyncJob
from integrations.services import MappingKey
from integrations.sync import lane
from ledger.domain.documents import DocumentKind
from ledger.models import SourceDocument, Vendor
from tests.integrations.conftest import Office
from tests.integrations.test_engine import let_time_pass, state_of, states


def make_vendors(office: Office, *, create_vendors: bool = True) -> None:
    office.choose({}, create_vendors=create_vendors)


def payees(office: Office) -> list[str]:
    """Of every purchase, by name, since what goes at once arrives in any order; empty where there is none."""
    return sorted(row.get("EntityRef", {}).get("name", "") for row in office.sandbox.purchases())


def vendors(office: Office) -> list[str]:
    return [row["DisplayName"] for row in office.sandbox.objects("Vendor")]


def reasons(document: SourceDocument) -> list[tuple[ReasonCode, str]]:
    return [(reason.code, reason.subject) for reason in state_of(document.pk).reasons]


def test_a_vendor_that_the_books_lack_is_made_and_then_known(books: Office) -> None:
    make_vendors(books)
    books.record("c-1", merchant="Blue Bottle")
    books.work()
    books.record("c-2", merchant="BLUE  bottle ")
    books.work()
    assert (payees(books), vendors(books).count("Blue Bottle")) == (["Blue Bottle"] * 2, 1)
    with transaction.atomic():
        [known] = Reference.objects.filter(kind=ReferenceKind.VENDOR, name_key="blue bottle")
    assert known.made_at is not None


def test_without_the_switch_no_vendor_is_made(books: Office) -> None:
    before = vendors(books)
    books.record("c-1", merchant="Blue Bottle")
    books.work()
    assert (payees(books), vendors(books)) == ([""], before)


def test_the_switch_turned_off_makes_no_more(books: Office) -> None:
    make_vendors(books)
    books.record("c-1", merchant="Blue Bottle")
    books.work()
    make_vendors(books, create_vendors=False)
    books.record("c-2", merchant="Red Bottle")
    books.record("c-3", merchant="Blue Bottle")
    books.work()
    assert payees(books) == ["", "Blue Bottle", "Blue Bottle"]


def test_what_has_no_vendor_makes_none(books: Office) -> None:
    make_vendors(books)
    before = vendors(books)
    for kind in (DocumentKind.FEE, DocumentKind.CASHBACK, DocumentKind.PAYMENT):
        books.record(str(kind), kind=kind, merchant="Flex Bank", category="")
    books.work()
    assert vendors(books) == before


def test_the_refund_of_a_new_vendor_goes_to_the_same(books: Office) -> None:
    make_vendors(books)
    books.record("c-1", "50.00", merchant="Blue Bottle")
    books.record("r-1", "20.00", merchant="Blue Bottle", kind=DocumentKind.REFUND, refund_of="c-1")
    books.work()
    assert (payees(books), vendors(books).count("Blue Bottle")) == (["Blue Bottle"] * 2, 1)


def test_forty_five_new_names_in_one_claim_are_all_made_once(books: Office) -> None:
    make_vendors(books)
    before = len(vendors(books))
    for number in range(45):
        books.record(f"c-{number}", merchant=f"Merchant {number}")
    books.work()
    assert states() == {JobState.DONE: 45}
    assert payees(books) == sorted(f"Merchant {number}" for number in range(45))
    assert len(vendors(books)) == before + 45


def test_one_name_in_many_writings_is_one_vendor(books: Office) -> None:
    make_vendors(books)
    for number, merchant in enumerate(
        ["Blue Bottle", "BLUE BOTTLE", " blue  bottle", "Blue Bottle:", "Blue Bottle 🍼"]
    ):
        books.record(f"c-{number}", merchant=merchant)
    books.work()
    assert states() == {JobState.DONE: 5}
    assert len(set(payees(books))) == 1
    books.record("c-9", merchant="blue bottle:")
    books.work()
    assert states() == {JobState.DONE: 6}


def test_a_vendor_that_came_into_the_books_since_they_were_read_is_found_not_made(books: Office) -> None:
    make_vendors(books)
    books.accountant().post("vendor", {"DisplayName": "Blue Bottle"})
    books.record("c-1", merchant="BLUE BOTTLE")
    books.record("c-2", merchant="Blue Bottle")
    books.work()
    assert payees(books) == ["Blue Bottle"] * 2
    with transaction.atomic():
        assert Reference.objects.get(name_key="blue bottle").made_at is None


def test_a_lost_answer_makes_no_second_vendor(books: Office) -> None:
    make_vendors(books)
    books.sandbox.plan_fault(kind="drop_after_commit", entity="Vendor")
    books.record("c-1", merchant="Blue Bottle")
    books.record("c-2")
    books.work()
    assert states() == {JobState.WAITING: 1, JobState.DONE: 1}, "the other does not wait for it"
    let_time_pass(seconds=0)
    books.work()
    assert states() == {JobState.DONE: 2}
    assert vendors(books).count("Blue Bottle") == 1
    assert payees(books) == ["Blue Bottle", "Figma Inc"]


def test_a_lost_answer_to_many_makes_none_twice(books: Office) -> None:
    make_vendors(books)
    before = len(vendors(books))
    books.sandbox.plan_fault(kind="drop_after_commit", entity="batch")
    for number in range(25):
        books.record(f"c-{number}", merchant=f"Merchant {number}")
    books.work()
    let_time_pass(seconds=0)
    books.work()
    assert states() == {JobState.DONE: 25}
    assert len(vendors(books)) == before + 25


def test_a_name_that_never_gets_an_answer_rests_longer_each_time_and_stops_nobody(books: Office) -> None:
    make_vendors(books)
    books.sandbox.plan_fault(kind="fault", entity="Vendor", code="10000", times=3)
    books.record("c-1", merchant="Blue Bottle")
    rests = []
    for number in range(3):
        books.record(f"d-{number}")
        books.work()
        assert states() == {JobState.WAITING: 1, JobState.DONE: number + 1}
        with transaction.atomic():
            job = SyncJob.objects.get(state=JobState.WAITING)
        rests.append(job.tries)
        books.work()
        with transaction.atomic():
            assert SyncJob.objects.get(state=JobState.WAITING).tries == job.tries, "it is not asked before its time"
        let_time_pass(seconds=0)
    assert rests == [1, 2, 3]
    books.work()
    assert states() == {JobState.DONE: 4}


def test_a_name_that_a_customer_has_is_a_reason_and_mended_by_the_mapping(books: Office) -> None:
    make_vendors(books)
    document = books.record("c-1", merchant="Northgate Studio")
    other = books.record("c-2", merchant="Blue Bottle")
    books.work()
    [(code, subject)] = reasons(document)
    assert (code, "Northgate Studio. A customer or an employee has this name" in subject) == (
        ReasonCode.VENDOR_REFUSED,
        True,
    )
    assert (state_of(document.pk).state, state_of(other.pk).state) == (JobState.NEEDS_ATTENTION, JobState.DONE)
    make_vendors(books, create_vendors=False)
    books.work()
    assert (states(), payees(books)) == ({JobState.DONE: 2}, ["", "Blue Bottle"])


def test_a_mapped_vendor_goes_before_any_name(books: Office) -> None:
    make_vendors(books)
    with transaction.atomic():
        northgate = Vendor.objects.create(name="Northgate Studio", name_key="northgate studio")
        figma = Reference.objects.get(kind=ReferenceKind.VENDOR, name="Figma Inc").pk
    books.choose({MappingKey(MappingSlot.VENDOR, northgate.pk): figma})
    books.record("c-1", merchant="Whatever Ltd", vendor="Northgate Studio")
    books.work()
    assert payees(books) == ["Figma Inc"]


def test_a_mapped_vendor_that_became_inactive_is_named_before_anything_is_sent(books: Office) -> None:
    with transaction.atomic():
        ours = Vendor.objects.create(name="Figma", name_key="figma")
        figma = Reference.objects.get(kind=ReferenceKind.VENDOR, name="Figma Inc")
    books.choose({MappingKey(MappingSlot.VENDOR, ours.pk): figma.pk})
    books.accountant().post("vendor", {"Id": figma.external_id, "SyncToken": "0", "sparse": True, "Active": False})
    services.read_references(books.connection.pk)
    document = books.record("c-1", vendor="Figma")
    books.work()
    [(code, subject)] = reasons(document)
    assert (code, subject.startswith("Vendor Figma Inc")) == (ReasonCode.VALUE_INACTIVE, True)


def test_a_vendor_of_this_name_that_is_inactive_there_is_named_before_anything_is_sent(books: Office) -> None:
    """QuickBooks hides it from queries and refuses a second of its name."""
    make_vendors(books)
    made = books.accountant().post("vendor", {"DisplayName": "Blue Bottle"})["Vendor"]
    gone = {"Id": made["Id"], "SyncToken": made["SyncToken"], "sparse": True, "Active": False}
    renamed = books.accountant().post("vendor", gone)["Vendor"]["DisplayName"]
    document = books.record("c-1", merchant=renamed)
    books.work()
    assert reasons(document) == [(ReasonCode.VALUE_INACTIVE, "Vendor Blue Bottle")]
    assert books.sandbox.purchases() == []


def test_long_and_foreign_names_are_found_again_under_what_the_books_call_them(books: Office) -> None:
    make_vendors(books)
    names = ["x" * 140, "Uber: Eats", "Łódź Café", "Joe’s Diner"]
    for number, name in enumerate(names):
        books.record(f"c-{number}", merchant=name)
    books.work()
    made = ["x" * 100, "Uber Eats", "Lódz Café", "Joe's Diner"]
    assert payees(books) == sorted(made)
    services.read_references(books.connection.pk)
    make_vendors(books, create_vendors=False)
    for number, name in enumerate(names):
        books.record(f"d-{number}", merchant=name.upper())
    books.work()
    assert payees(books) == sorted(made * 2), "by their cut names, without making anything"


def test_a_name_in_letters_that_the_books_cannot_write_makes_no_vendor_and_stops_nothing(books: Office) -> None:
    make_vendors(books)
    before = vendors(books)
    for number, merchant in enumerate(["東京", "大阪"]):
        books.record(f"c-{number}", merchant=merchant)
    books.work()
    assert (states(), payees(books), vendors(books)) == ({JobState.DONE: 2}, ["", ""], before)


def test_a_throttled_vendor_rests_the_lane_and_harms_nothing(books: Office) -> None:
    make_vendors(books)
    books.sandbox.plan_fault(kind="throttle", entity="Vendor", retry_after=60)
    books.record("c-1", merchant="Blue Bottle")
    books.work()
    with lane.held(books.connection.pk) as held:
        assert held is None
    let_time_pass(seconds=0)
    books.work()
    assert payees(books) == ["Blue Bottle"]


def test_statements_do_not_grow_with_the_number_of_new_vendors(books: Office) -> None:
    make_vendors(books)
    books.record("warm-up")
    books.work()
    counts = []
    for number in (10, 20):
        for index in range(number):
            books.record(f"{number}-{index}", merchant=f"Merchant {number} {index}")
        counts.append(books.statements_of_work())
    assert counts[0] == counts[1]

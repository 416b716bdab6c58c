"""What stands in the books is changed, taken out, and found again as what it is now."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from integrations.providers.documents import (
    Action,
    CardCharge,
    DimensionValue,
    Envelope,
    Item,
    Line,
    Outcome,
    OutcomeKind,
    Posted,
    Remedy,
    Transfer,
    Write,
)
from integrations.providers.errors import Refused, Temporary
from integrations.providers.quickbooks import payloads
from ledger.domain.money import Money
from tests.providers.quickbooks.connected import COMPANIES, CURRENCY, Connected, connect
from tests.providers.quickbooks_sandbox.client import UK, US, Server, fresh

Document = CardCharge | Transfer


def paid(company: Connected, **changes: Any) -> Transfer:
    mark = fresh("FX")
    transfer = Transfer(
        mark=mark,
        dated=date(2026, 8, 31),
        money=Money(9995, CURRENCY[company.realm]),
        from_account=company.account("1010"),
        to_account=company.account("2110"),
        note=f"Flex card ··4821. {mark}",
    )
    return replace(transfer, **changes)


def revised(document: Document, number: int = 2, **changes: Any) -> Document:
    """The next revision, signed as the planner signs it."""
    note = f"{document.note.rpartition(' ')[0]} {document.mark}/{number}"
    return replace(document, **{"note": note, **changes})


def update(document: Document, target: Posted) -> Write:
    return Write(Action.UPDATE, document.mark, document, target)


def removal(mark: str, target: Posted) -> Write:
    return Write(Action.REMOVE, mark, target=target)


def make(company: Connected, document: Document) -> Posted:
    outcome = send(company, Write(Action.CREATE, document.mark, document))
    assert outcome.posted is not None, outcome
    return outcome.posted


def pack(company: Connected, *writes: Write) -> Envelope:
    (envelope,) = company.pack(writes)
    return envelope


def send(company: Connected, write: Write) -> Outcome:
    return company.push_one(pack(company, write))


def stored(company: Connected, posted: Posted) -> dict[str, Any] | None:
    rows = company.server.stored(posted.kind, company.realm)
    return next((row for row in rows if row["Id"] == posted.external_id), None)


def somebody_writes(company: Connected, posted: Posted, **changes: Any) -> None:
    """An accountant, in the books themselves."""
    row = stored(company, posted)
    assert row is not None
    person = company.server.company(company.realm)
    wanted = {name: value for name, value in row.items() if name not in ("PurchaseEx", "MetaData", "domain", "sparse")}
    person.create(posted.kind, wanted | changes)


def somebody_deletes(company: Connected, posted: Posted) -> None:
    row = stored(company, posted)
    assert row is not None
    answer = company.server.company(company.realm).delete(posted.kind, row)
    assert answer.status_code == 200, answer.text


@pytest.fixture(params=["charge", "transfer"])
def document(us: Connected, request: pytest.FixtureRequest) -> Document:
    return us.charge() if request.param == "charge" else paid(us)


# Writing.


@COMPANIES
def test_a_credit_lowers_what_the_card_owes(sandbox: Server, realm: str) -> None:
    company = connect(sandbox, realm)
    books = sandbox.company(realm)
    before = books.postings()
    posted = make(company, company.charge(credit=True))
    assert stored(company, posted) is not None
    assert books.moved(before) == {"2110": "42.50", "6110": "-42.50"}


@COMPANIES
def test_a_statement_payment_moves_money_from_the_bank_to_the_card(sandbox: Server, realm: str) -> None:
    company = connect(sandbox, realm)
    books = sandbox.company(realm)
    before = books.postings()
    transfer = paid(company)
    posted = make(company, transfer)
    row = stored(company, posted)
    assert row is not None
    assert (posted.kind, row["TxnDate"], row["PrivateNote"]) == ("Transfer", "2026-08-31", transfer.note)
    assert books.moved(before) == {"1010": "-99.95", "2110": "99.95"}


def test_each_line_has_its_class_and_the_whole_its_location(us: Connected) -> None:
    classes = {row["Name"]: row["Id"] for row in us.server.stored("Class")}
    [boston] = [row["Id"] for row in us.server.stored("Department") if row["Name"] == "Boston"]
    lines = (
        Line(us.account("6110"), Decimal("10.00"), "Paper", (DimensionValue("class", classes["Product"]),)),
        Line(us.account("6020"), Decimal("20.25"), "Licence", (DimensionValue("class", classes["Sales"]),)),
        Line(us.account("6110"), Decimal("12.25"), "Ink"),
    )
    posted = make(us, us.charge(lines=lines, dimensions=(DimensionValue("location", boston),)))
    row = stored(us, posted)
    assert row is not None
    assert (row["TotalAmt"], row["DepartmentRef"]["name"]) == (42.5, "Boston")
    details = [line["AccountBasedExpenseLineDetail"] for line in row["Line"]]
    assert [line["Amount"] for line in row["Line"]] == [10, 20.25, 12.25]
    assert [detail.get("ClassRef", {}).get("name") for detail in details] == ["Product", "Sales", None]


@COMPANIES
def test_an_update_writes_the_whole_document_over_the_one_that_stands_there(sandbox: Server, realm: str) -> None:
    company = connect(sandbox, realm)
    vendor = sandbox.seeded_id(realm, "Vendor", "Staples" if realm == US else "Ryman Stationery")
    charge = company.charge(vendor=vendor, credit=True)
    posted = make(company, charge)
    lines = (
        Line(company.account("6020"), Decimal("1.00"), "One"),
        Line(company.account("6110"), Decimal("2.00"), "Two"),
    )
    outcome = send(company, update(revised(charge, vendor="", credit=False, lines=lines), posted))
    assert outcome == Outcome(OutcomeKind.POSTED, posted=replace(posted, version="1"))
    row = stored(company, posted)
    assert row is not None
    assert (row["DocNumber"], row["TotalAmt"], len(row["Line"])) == (charge.mark, 3, 2)
    assert "EntityRef" not in row, "what is no more is cleared"
    assert not row.get("Credit")
    assert row["PrivateNote"].endswith(f" {charge.mark}/2")


def test_a_transfer_is_updated_too(us: Connected) -> None:
    transfer = paid(us)
    posted = make(us, transfer)
    outcome = send(us, update(revised(transfer, money=Money(700, "USD"), dated=date(2026, 9, 1)), posted))
    assert outcome.posted == replace(posted, version="1")
    row = stored(us, posted)
    assert row is not None
    assert (row["Amount"], row["TxnDate"]) == (7, "2026-09-01")


def test_what_is_removed_is_gone_from_the_books(us: Connected, document: Document) -> None:
    posted = make(us, document)
    books = us.server.company(US)
    outcome = send(us, removal(document.mark, posted))
    assert outcome == Outcome(OutcomeKind.POSTED, posted=replace(posted, version="", gone=True))
    assert stored(us, posted) is None
    assert books.call("GET", f"{posted.kind.lower()}/{posted.external_id}").status_code == 400


def test_one_batch_makes_changes_and_removes(us: Connected) -> None:
    charges = [us.charge() for _ in range(6)]
    transfers = [paid(us) for _ in range(3)]
    there = {one.mark: make(us, one) for one in [*charges[2:], *transfers[1:]]}
    writes = [
        Write(Action.CREATE, charges[0].mark, charges[0]),
        update(revised(charges[2], money=Money(100, "USD")), there[charges[2].mark]),
        removal(charges[3].mark, there[charges[3].mark]),
        Write(Action.CREATE, transfers[0].mark, transfers[0]),
        update(revised(transfers[1], money=Money(100, "USD")), there[transfers[1].mark]),
        removal(transfers[2].mark, there[transfers[2].mark]),
        update(revised(charges[4]), replace(there[charges[4].mark], version="7")),
        Write(Action.CREATE, charges[1].mark, charges[1]),
        removal(charges[5].mark, replace(there[charges[5].mark], version="7")),
    ]
    envelope = pack(us, *writes)
    assert envelope.batched
    outcomes = us.provider.push(envelope)
    posted, conflict = OutcomeKind.POSTED, OutcomeKind.CONFLICT
    assert [outcomes[item.key].kind for item in envelope.items] == [*[posted] * 6, conflict, posted, conflict]
    assert [outcomes[item.key].posted for item in envelope.items if item.action is Action.REMOVE] == [
        replace(there[charges[3].mark], version="", gone=True),
        replace(there[transfers[2].mark], version="", gone=True),
        None,
    ]


# Refusals.


def test_what_somebody_changed_meanwhile_is_a_conflict_and_stays_as_they_left_it(
    us: Connected, document: Document
) -> None:
    posted = make(us, document)
    somebody_writes(us, posted, TxnDate="2026-08-20")
    for write in (update(revised(document), posted), removal(document.mark, posted)):
        outcome = send(us, write)
        assert (outcome.kind, outcome.code) == (OutcomeKind.CONFLICT, "5010")
    row = stored(us, posted)
    assert row is not None
    assert row["TxnDate"] == "2026-08-20"


def test_to_remove_what_is_gone_already_is_done(us: Connected, document: Document) -> None:
    posted = make(us, document)
    somebody_deletes(us, posted)
    outcome = send(us, removal(document.mark, posted))
    assert outcome.kind is OutcomeKind.ALREADY_THERE
    assert outcome.posted == replace(posted, version="", gone=True)


def test_to_change_what_is_gone_says_so(us: Connected, document: Document) -> None:
    posted = make(us, document)
    somebody_deletes(us, posted)
    outcome = send(us, update(revised(document), posted))
    assert (outcome.kind, outcome.code, outcome.remedy) == (OutcomeKind.REJECTED, "610", Remedy.GONE)


def test_an_inactive_account_in_a_change_is_no_sign_that_the_document_is_gone(us: Connected) -> None:
    charge = us.charge()
    posted = make(us, charge)
    lines = (Line(us.account("6030"), Decimal("1.00"), "Closed"),)
    outcome = send(us, update(revised(charge, lines=lines), posted))
    assert (outcome.kind, outcome.code, outcome.remedy) == (OutcomeKind.REJECTED, "610", Remedy.BOOKS)


def test_where_it_cannot_be_looked_up_nothing_is_called_gone(us: Connected, document: Document) -> None:
    posted = make(us, document)
    somebody_deletes(us, posted)
    us.server.control("faults", {"kind": "status", "realm": US, "entity": posted.kind, "operation": "read"})
    outcome = send(us, update(revised(document), posted))
    assert (outcome.kind, outcome.remedy) == (OutcomeKind.REJECTED, Remedy.BOOKS)


def test_our_own_change_under_another_key_is_no_conflict(us: Connected, document: Document) -> None:
    """The first answer was lost, and the platform remembers its key no longer."""
    posted = make(us, document)
    write = update(revised(document), posted)
    send(us, write)
    assert send(us, write) == Outcome(OutcomeKind.ALREADY_THERE, posted=replace(posted, version="1"), code="5010")


@pytest.mark.parametrize("version", ["", "x", "99"])
def test_a_version_that_never_was_changes_nothing(us: Connected, document: Document, version: str) -> None:
    posted = make(us, document)
    for write in (
        update(revised(document), replace(posted, version=version)),
        removal(document.mark, replace(posted, version=version)),
    ):
        assert send(us, write).posted is None
    row = stored(us, posted)
    assert row is not None
    assert row["SyncToken"] == "0"


# Lost answers.


@pytest.mark.parametrize("count", [1, 12])
def test_a_change_whose_answer_was_lost_is_found_by_its_note_and_its_repeat_adds_nothing(
    us: Connected, count: int
) -> None:
    charges = [us.charge() for _ in range(count)]
    there = {charge.mark: make(us, charge) for charge in charges}
    envelope = pack(us, *(update(revised(charge), there[charge.mark]) for charge in charges))
    assert us.provider.find_existing(envelope.items) == {}, "the first revision stands there"
    us.server.control(
        "faults", {"kind": "drop_after_commit", "realm": US, "entity": "batch" if count > 1 else "Purchase"}
    )
    assert {outcome.kind for outcome in us.provider.push(envelope).values()} == {OutcomeKind.UNKNOWN}
    assert us.provider.find_existing(envelope.items) == {
        mark: replace(posted, version="1") for mark, posted in there.items()
    }
    before = us.stored()
    assert {outcome.kind for outcome in us.provider.push(envelope).values()} == {OutcomeKind.POSTED}
    assert us.stored() == before


def test_a_removal_whose_answer_was_lost_is_found_and_its_repeat_is_done(us: Connected, document: Document) -> None:
    posted = make(us, document)
    envelope = pack(us, removal(document.mark, posted))
    assert us.provider.find_existing(envelope.items) == {}
    us.server.control("faults", {"kind": "drop_after_commit", "realm": US, "entity": posted.kind})
    assert us.push_one(envelope).kind is OutcomeKind.UNKNOWN
    gone = replace(posted, version="", gone=True)
    assert us.provider.find_existing(envelope.items) == {document.mark: gone}
    assert us.push_one(envelope).posted == gone


def test_a_transfer_whose_answer_was_lost_is_found_by_its_note(us: Connected) -> None:
    neighbours = [paid(us) for _ in range(3)]
    for neighbour in neighbours:
        make(us, neighbour)
    transfer = paid(us)
    envelope = pack(us, Write(Action.CREATE, transfer.mark, transfer))
    assert us.provider.find_existing(envelope.items) == {}
    us.server.control("faults", {"kind": "drop_after_commit", "realm": US, "entity": "Transfer"})
    assert us.push_one(envelope).kind is OutcomeKind.UNKNOWN
    assert us.provider.find_existing(envelope.items).keys() == {transfer.mark}
    before = us.server.stored("Transfer")
    assert us.push_one(envelope).kind is OutcomeKind.POSTED
    assert us.server.stored("Transfer") == before


def test_a_mixed_doubt_is_looked_up_in_one_go(us: Connected) -> None:
    changed, removed, made, never = us.charge(), paid(us), us.charge(), us.charge()
    there = make(us, changed), make(us, removed)
    send(us, update(revised(changed), there[0]))
    send(us, removal(removed.mark, there[1]))
    new = make(us, made)
    writes = [
        Write(Action.CREATE, never.mark, never),
        update(revised(changed), there[0]),
        removal(removed.mark, there[1]),
        Write(Action.CREATE, made.mark, made),
    ]
    items = [item for envelope in us.pack(writes) for item in envelope.items]
    assert us.provider.find_existing(items) == {
        changed.mark: replace(there[0], version="1"),
        removed.mark: replace(there[1], version="", gone=True),
        made.mark: new,
    }


def test_a_note_to_which_somebody_added_is_still_recognised(us: Connected, document: Document) -> None:
    posted = make(us, document)
    write = update(revised(document), posted)
    send(us, write)
    note = f"Checked, J. {document.mark}/2 Thanks!"
    somebody_writes(us, posted, PrivateNote=note)
    assert us.provider.find_existing(pack(us, write).items) == {document.mark: replace(posted, version="1")}


def test_a_change_is_found_though_somebody_gave_the_document_another_number(us: Connected) -> None:
    charge = us.charge()
    posted = make(us, charge)
    write = update(revised(charge), posted)
    send(us, write)
    somebody_writes(us, posted, DocNumber=fresh("MINE"))
    assert us.provider.find_existing(pack(us, write).items) == {charge.mark: replace(posted, version="1")}


@pytest.mark.parametrize(("revision", "outdated"), [(1, False), (2, True), (12, True)])
def test_a_number_that_our_own_earlier_revision_has_is_told_as_outdated(
    us: Connected, revision: int, *, outdated: bool
) -> None:
    charge = us.charge()
    posted = make(us, charge)
    later = charge if revision == 1 else revised(charge, revision)
    outcome = send(us, Write(Action.CREATE, charge.mark, later))
    assert outcome.kind is OutcomeKind.ALREADY_THERE
    assert outcome.posted == replace(posted, outdated=outdated)


def test_what_queries_do_not_show_yet_is_not_taken_for_removed(tmp_path: Path) -> None:
    server = Server(tmp_path / "data", SANDBOX_QUERY_LAG="30")
    try:
        books = connect(server, US)
        charge = books.charge()
        posted = make(books, charge)
        assert books.provider.find_existing(pack(books, removal(charge.mark, posted)).items) == {}
        assert books.provider.versions([posted]) == {posted.thing: posted}
    finally:
        server.stop()


# Versions.


def test_versions_are_those_of_now_and_tell_what_is_gone(us: Connected) -> None:
    documents = [us.charge(), paid(us), us.charge(), paid(us)]
    there = [make(us, one) for one in documents]
    somebody_writes(us, there[0], TxnDate="2026-08-20")
    somebody_writes(us, there[1], TxnDate="2026-08-20")
    somebody_deletes(us, there[2])
    assert us.provider.versions(there) == {
        there[0].thing: replace(there[0], version="1"),
        there[1].thing: replace(there[1], version="1"),
        there[3].thing: there[3],
    }
    assert us.provider.versions([]) == {}


def test_a_look_up_that_is_refused_or_not_answered_says_nothing_about_what_is_there(us: Connected) -> None:
    charge = us.charge()
    posted = make(us, charge)
    somebody_deletes(us, posted)
    for fault, error in (
        ({"kind": "fault", "code": "5020", "operation": "read", "entity": "Purchase"}, Refused),
        ({"kind": "status", "operation": "read", "entity": "Purchase"}, Temporary),
        ({"kind": "status", "operation": "", "entity": "query"}, Temporary),
    ):
        us.server.control("faults", {"realm": US, **fault})
        with pytest.raises(error):
            us.provider.versions([posted])
        us.server.control("faults", method="DELETE")
    assert us.provider.versions([posted]) == {}


def test_the_british_company_takes_changes_too(sandbox: Server) -> None:
    company = connect(sandbox, UK)
    charge = company.charge()
    posted = make(company, charge)
    changed = send(company, update(revised(charge), posted)).posted
    assert changed == replace(posted, version="1")
    assert send(company, removal(charge.mark, changed)).kind is OutcomeKind.POSTED


def test_a_removal_sends_id_and_version_only() -> None:
    target = Posted("Transfer", "401", "3")
    item = payloads.item("1", Write(Action.REMOVE, "FX-A", target=target))
    assert item == Item("1", "FX-A", '{"Id":"401","SyncToken":"3"}', Action.REMOVE, "Transfer")
    assert payloads.path(item) == "transfer?operation=delete"

"""Who may go where: every address of the product times everybody who might ask for it."""

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, resolve, reverse
from django.utils import timezone

from integrations.models import ConfigurationVersion, SyncRun
from ledger.access import ALLOWED, Action
from ledger.models import Invitation, Membership, Receipt, Role, SourceDocument, User
from ledger.services.receipts import add_receipt, keep
from ledger.tenancy.context import cleared
from tests.cast import Cast
from tests.ledger.importing import Importer, lines
from tests.papers import pdf
from tests.payables import Payables
from tests.processes import Sandbox
from tests.web.books import Books
from tests.web.browser import Browser

# Signed out, a stranger of the other organisation, then Larkfield's cardholder, accountant and finance admin.
PEOPLE = ("nobody", "stranger", "cardholder", "accountant", "admin")
SIGN_IN = 302
# Messages of platforms are signed; whose session they come with does not matter.
SIGNED = {"webhook", "inbound_mail"}

EVERYBODY = (200, 200, 200, 200, 200)
NO_KEY = (401, 401, 401, 401, 401)
NO_SIGNATURE = (401, 401, 401, 401, 401)
READERS = (SIGN_IN, 404, 403, 200, 200)
SENDERS = (SIGN_IN, 404, 403, 302, 302)
PAYERS = (SIGN_IN, 404, 403, 200, 200)
IMPORTERS = (SIGN_IN, 404, 403, 403, 200)
SETTERS = (SIGN_IN, 404, 403, 403, 302)

TABLE: dict[tuple[str, str], tuple[int, int, int, int, int]] = {
    ("GET", "healthz"): EVERYBODY,
    ("GET", "readyz"): EVERYBODY,
    ("GET", "schema"): EVERYBODY,
    ("GET", "docs"): EVERYBODY,
    ("POST", "api_card_transactions"): NO_KEY,
    ("GET", "api_card_transactions"): NO_KEY,
    ("GET", "api_card_transaction"): NO_KEY,
    ("GET", "api_receipts"): NO_KEY,
    ("POST", "api_receipts"): NO_KEY,
    ("DELETE", "api_receipt"): NO_KEY,
    ("GET", "api_bills"): NO_KEY,
    ("POST", "api_bills"): NO_KEY,
    ("GET", "api_bill"): NO_KEY,
    ("GET", "api_bill_payments"): NO_KEY,
    ("POST", "api_bill_payments"): NO_KEY,
    ("GET", "api_bill_payment"): NO_KEY,
    ("GET", "api_sync"): NO_KEY,
    ("GET", "api_entities"): NO_KEY,
    ("GET", "api_cards"): NO_KEY,
    ("POST", "api_cards"): NO_KEY,
    ("GET", "api_bank_accounts"): NO_KEY,
    ("POST", "api_bank_accounts"): NO_KEY,
    ("GET", "api_categories"): NO_KEY,
    ("POST", "api_categories"): NO_KEY,
    ("GET", "api_departments"): NO_KEY,
    ("POST", "api_departments"): NO_KEY,
    ("GET", "api_tag_groups"): NO_KEY,
    ("POST", "api_tag_groups"): NO_KEY,
    ("GET", "api_tags"): NO_KEY,
    ("POST", "api_tags"): NO_KEY,
    ("GET", "api_vendors"): NO_KEY,
    ("POST", "api_vendors"): NO_KEY,
    ("POST", "webhook"): NO_SIGNATURE,
    ("GET", "home"): (SIGN_IN, 302, 200, 302, 302),
    ("GET", "organisation"): READERS,
    ("GET", "difference"): READERS,
    ("GET", "transactions"): READERS,
    ("GET", "transaction"): READERS,
    ("GET", "transaction_there"): SENDERS,
    ("GET", "export_transactions"): READERS,
    ("POST", "decide_on_several"): SENDERS,
    ("POST", "add_receipts"): SENDERS,
    ("GET", "receipt_file"): READERS,
    ("POST", "remove_receipt"): SENDERS,
    ("GET", "receipt_preview"): READERS,
    ("GET", "tray"): READERS,
    ("POST", "add_to_tray"): SENDERS,
    ("POST", "hang_receipt"): SENDERS,
    ("POST", "inbound_mail"): (404, 404, 404, 404, 404),
    ("GET", "bills"): READERS,
    ("GET", "bill"): READERS,
    ("GET", "new_bill"): PAYERS,
    ("POST", "new_bill"): PAYERS,
    ("GET", "edit_bill"): PAYERS,
    ("POST", "edit_bill"): PAYERS,
    ("POST", "submit_bill"): SENDERS,
    ("POST", "void_bill"): SENDERS,
    ("POST", "pay_bill"): SENDERS,
    ("GET", "bill_payment"): READERS,
    ("POST", "void_payment"): SENDERS,
    ("POST", "comment"): SENDERS,
    ("GET", "approvals"): READERS,
    ("POST", "decide_approvals"): SENDERS,
    ("GET", "approval_policies"): READERS,
    ("GET", "edit_policy"): IMPORTERS,
    ("POST", "edit_policy"): (SIGN_IN, 404, 403, 403, 422),
    ("GET", "people"): IMPORTERS,
    ("POST", "invite_person"): (SIGN_IN, 404, 403, 403, 422),
    ("POST", "change_person"): SETTERS,
    ("POST", "withdraw_invitation"): SETTERS,
    ("GET", "invitation"): (404, 404, 404, 404, 404),
    ("POST", "invitation"): (404, 404, 404, 404, 404),
    ("GET", "imports"): READERS,
    ("GET", "new_import"): IMPORTERS,
    ("POST", "new_import"): (SIGN_IN, 404, 403, 403, 422),
    ("GET", "import"): READERS,
    ("POST", "choose_columns"): SETTERS,
    ("POST", "stop_import"): SETTERS,
    ("POST", "discard_import"): SETTERS,
    ("GET", "refused_rows"): READERS,
    ("GET", "connections"): READERS,
    ("POST", "connect"): SETTERS,
    ("GET", "connect_callback"): (SIGN_IN, 400, 400, 400, 400),
    ("POST", "read_references"): SETTERS,
    ("GET", "first_mapping"): SENDERS,
    ("GET", "mapping"): READERS,
    ("POST", "mapping"): (SIGN_IN, 404, 403, 403, 302),
    ("GET", "mapping_targets"): READERS,
    ("POST", "revert_mapping"): SETTERS,
    ("GET", "run"): READERS,
    ("POST", "undo_run"): (SIGN_IN, 404, 403, 200, 200),
    ("POST", "undo_document"): (SIGN_IN, 404, 403, 200, 200),
    ("POST", "choose_side"): SENDERS,
    ("GET", "failed"): READERS,
    ("POST", "retry_cause"): SENDERS,
    ("POST", "retry_receipts"): SENDERS,
    ("POST", "retry_all"): SENDERS,
    ("POST", "retry_document"): SENDERS,
}
# Whoever may only look gets the page back with what was typed.
ASKED_INSIDE = {("POST", "mapping"): Action.CONFIGURE}
OF_BILLS = ("bill", "edit_bill", "submit_bill", "void_bill", "pay_bill")
OF_RECEIPTS = ("receipt_file", "receipt_preview", "hang_receipt", "remove_receipt")
OF_PAYMENTS = ("bill_payment", "void_payment")
CHANGING = [name for method, name in TABLE if method == "POST" and not name.startswith("api_") and name not in SIGNED]


def addresses(patterns: list[Any] | None = None) -> Iterator[str]:
    """The name of every address that the product answers, but those of allauth."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns)
        else:
            assert isinstance(pattern, URLPattern)
            assert pattern.name, f"{pattern.pattern} has no name, so nobody can be sent there"
            if not pattern.name.startswith("account_"):
                yield pattern.name


def arguments() -> Iterator[tuple[str, set[str]]]:
    """The name of every address, and what stands in it."""
    for pattern in get_resolver().url_patterns:
        for one in pattern.url_patterns if isinstance(pattern, URLResolver) else [pattern]:
            if isinstance(one, URLPattern) and one.name:
                yield one.name, set(one.pattern.regex.groupindex)


def allauth_addresses() -> Iterator[str]:
    for resolver in get_resolver().url_patterns:
        if isinstance(resolver, URLResolver):
            yield from (p.name for p in resolver.url_patterns if isinstance(p, URLPattern) and is_allauth(p))


def is_allauth(pattern: URLPattern) -> bool:
    return bool(pattern.name) and pattern.name.startswith("account_")


@dataclass
class Office:
    """An organisation with one charge, and what an address below /o/larkfield needs to lead to its things."""

    cast: Cast
    books: Books
    charge: UUID
    file: UUID
    run: int
    documents: dict[str, UUID]
    """Of the addresses that do not lead to the charge."""
    people: dict[str, int]

    def address(self, name: str) -> str:
        match = get_resolver().reverse_dict.getlist(name)
        wanted = {argument for possibility, *_ in match for _, arguments in possibility for argument in arguments}
        known: dict[str, Any] = {
            "organisation": "larkfield",
            "provider": "quickbooks",
            "entity_id": self.books.tenant.entity.pk,
            "kind": "bill",
            "connection_id": self.books.connection.pk,
            "public_id": self.documents.get(name, self.charge),
            "external_id": "c-1",
            "import_id": self.file,
            "run_id": self.run,
            "number": self.people.get(name, 0),
            "secret": "no-such-secret",
        }
        return reverse(name, kwargs={argument: known[argument] for argument in wanted})

    def fields(self, name: str) -> dict[str, str]:
        if name == "revert_mapping":
            with self.books.open():
                ConfigurationVersion.objects.get_or_create(entity=self.books.tenant.entity, number=1)
        return {
            "hang_receipt": {"document": str(self.charge)},
            "retry_cause": {"code": "no_card_account", "subject": "the cards"},
            "retry_receipts": {"code": "rejected", "subject": "No such type"},
            "mapping": self.books.form(version=0, card="2110"),
            "revert_mapping": {"seen": "1", "to": "1", "why": "As it was"},
        }.get(name, {})

    def browser(self, who: str, **defaults: Any) -> Browser:
        people = {
            "stranger": self.cast.brightwell.admin,
            "cardholder": self.cast.owen,
            "accountant": self.cast.theo,
            "admin": self.cast.larkfield.admin,
        }
        return Browser(people.get(who), **defaults)


@pytest.fixture
def larkfield(cast: Cast, books: Books, sandbox: Sandbox) -> Office:
    [document] = books.charge("c-1")
    return Office(cast, books, document.public_id, bring(books), ran(books), owe(books), invited(books))


def ran(books: Books) -> int:
    """The number of a run, which did nothing."""
    now = timezone.now()
    with books.open():
        run = SyncRun.objects.create(
            connection=books.connection, configuration=1, begun_at=now, worked_at=now, ended_at=now
        )
    return run.pk


def invited(books: Books) -> dict[str, int]:
    """By address the number of a membership, and of an invitation."""
    with books.open():
        member = Membership.objects.order_by("-pk")[0]
        invitation = Invitation.objects.create(
            email="dana@example.com", role=Role.OPS, digest=b"x" * 32, expires_at=timezone.now()
        )
    return {"change_person": member.pk, "withdraw_invitation": invitation.pk}


def owe(books: Books) -> dict[str, UUID]:
    """A bill, of which a part is paid."""
    bill, payment = Payables(books.tenant).bill("b-1", "100.00"), Payables(books.tenant).pay("p-1", {"b-1": "40.00"})
    receipt = hang(books, bill)
    told = {OF_BILLS: bill.public_id, OF_PAYMENTS: payment.public_id, OF_RECEIPTS: receipt.public_id}
    return {name: public_id for names, public_id in told.items() for name in names}


def hang(books: Books, document: SourceDocument) -> Receipt:
    with books.open():
        kept = keep(BytesIO(pdf("A receipt")), "receipt.pdf")
        return add_receipt(document_id=document.pk, kept=kept, actor="the test").receipt


def bring(books: Books) -> UUID:
    return Importer(books.tenant).bring(lines(3)).public_id


def test_the_table_knows_every_address_and_no_other() -> None:
    assert {name for _, name in TABLE} == set(addresses())


@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize(("method", "name"), TABLE, ids=["-".join(entry) for entry in TABLE])
def test_everybody_gets_as_far_as_the_table_says(larkfield: Office, method: str, name: str, who: str) -> None:
    browser, address = larkfield.browser(who), larkfield.address(name)
    response = browser.ask(method, address, **larkfield.fields(name))
    expected = TABLE[method, name][PEOPLE.index(who)]
    assert response.status_code == expected
    if who == "nobody" and expected == SIGN_IN:
        assert response.headers["Location"].startswith("/accounts/login/?next=")


OF_ORGANISATIONS = [
    (method, name)
    for method, name in TABLE
    if any(name == one and "organisation" in wanted for one, wanted in arguments())
]


@pytest.mark.parametrize(("method", "name"), OF_ORGANISATIONS, ids=["-".join(entry) for entry in OF_ORGANISATIONS])
def test_each_role_comes_in_where_the_matrix_says_and_nowhere_else(larkfield: Office, method: str, name: str) -> None:
    address, fields = larkfield.address(name), larkfield.fields(name)
    action = ASKED_INSIDE.get((method, name), resolve(address).func.action)
    kept_out = {role for role in Role if somebody_as(role, larkfield).ask(method, address, **fields).status_code == 403}
    assert kept_out == {role for role in Role if action not in ALLOWED[role]}


def somebody_as(role: Role, larkfield: Office) -> Browser:
    with cleared():
        person = User.objects.create_user(f"{role.value}@example.com", "Somebody", "a-long-password")
    with larkfield.books.open():
        Membership.objects.create(user=person, role=role)
    return Browser(person)


@pytest.mark.parametrize("name", CHANGING)
def test_what_changes_something_wants_a_token_against_forged_forms(larkfield: Office, name: str) -> None:
    browser = larkfield.browser("admin", enforce_csrf_checks=True)
    assert browser.post(larkfield.address(name), **larkfield.fields(name)).status_code == 403


@pytest.mark.parametrize("name", [name for name in CHANGING if ("GET", name) not in TABLE])
def test_what_changes_something_cannot_be_linked_to(larkfield: Office, name: str) -> None:
    assert larkfield.browser("admin").get(larkfield.address(name)).status_code == 405


@pytest.mark.parametrize(
    ("method", "name"),
    [
        entry
        for entry in TABLE
        if (entry[1] in ("transaction", "connect", "read_references", "retry_document") or "mapping" in entry[1])
        or entry[1] in (*OF_BILLS, *OF_PAYMENTS, *OF_RECEIPTS, "add_receipts", "comment", "edit_policy")
        or entry[1] in ("change_person", "withdraw_invitation")
        or entry[1] in ("run", "undo_run", "undo_document", "choose_side")
        or entry[1] in ("import", "choose_columns", "stop_import", "discard_import", "refused_rows")
        if entry[1] != "first_mapping"
    ],
)
def test_under_our_own_name_nothing_of_the_neighbour_is_found(larkfield: Office, method: str, name: str) -> None:
    theirs = Books(larkfield.cast.brightwell)
    [document] = theirs.charge("theirs")
    neighbour = Office(
        larkfield.cast, theirs, document.public_id, bring(theirs), ran(theirs), owe(theirs), invited(theirs)
    )
    admin, fields = larkfield.browser("admin"), larkfield.fields(name)
    assert admin.ask(method, neighbour.address(name), **fields).status_code == 404
    assert admin.ask(method, larkfield.address(name), **fields).status_code != 404


def test_an_organisation_that_does_not_exist_looks_like_one_of_others(larkfield: Office) -> None:
    ghost = larkfield.browser("admin").get("/o/no-such-place/transactions/")
    others = larkfield.browser("stranger").get("/o/larkfield/transactions/")
    assert ghost.status_code == others.status_code == 404
    assert ghost.content == others.content


@pytest.mark.parametrize("name", ["transaction", "retry_document"])
def test_an_unknown_charge_is_not_found(larkfield: Office, name: str) -> None:
    address = larkfield.address(name).replace(str(larkfield.charge), str(uuid4()))
    assert larkfield.browser("admin").ask("POST" if name.startswith("retry") else "GET", address).status_code == 404


@pytest.mark.parametrize("address", ["mapping/99999999999999999999/", "mapping/0/"])
def test_an_impossible_number_is_not_found(larkfield: Office, address: str) -> None:
    assert larkfield.browser("admin").get(f"/o/larkfield/{address}").status_code == 404


@pytest.mark.parametrize("who", ["nobody", "admin"])
@pytest.mark.parametrize("name", sorted(allauth_addresses()))
def test_the_pages_of_sign_in_answer_everybody(larkfield: Office, name: str, who: str) -> None:
    arguments = {
        "account_confirm_email": ["no-such-key"],
        "account_reset_password_from_key": ["1", "no-such-key"],
    }
    response = larkfield.browser(who).get(reverse(name, args=arguments.get(name, [])))
    assert response.status_code in (200, 302, 404)


def test_nobody_signs_up_alone(larkfield: Office) -> None:
    browser = larkfield.browser("nobody")
    browser.post("/accounts/signup/", email="eve@example.com", password1="a-long-password", password2="a-long-password")
    assert browser.get("/").headers["Location"].startswith("/accounts/login/")


def test_a_cardholder_who_signs_in_is_told_what_is_for_them_not_sent_into_a_wall(larkfield: Office) -> None:
    browser = larkfield.browser("cardholder")
    response = browser.get("/")
    assert response.status_code == 200 or browser.land(response).status_code == 200

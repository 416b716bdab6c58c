"""People are invited, join, get another role and leave; and the organisation is never without somebody who may."""

import re

import pytest
from django.core import mail
from django.utils import timezone

from ledger.models import Invitation, Membership, PeopleEvent, Role, User
from ledger.tenancy.context import cleared
from tests.cast import Cast
from tests.web.books import Books
from tests.web.browser import Browser, Page, page

PEOPLE = "/o/larkfield/people/"
PASSWORD = "correct-horse-battery"


def invite(browser: Browser, email: str = "dana@example.com", role: str = "ops") -> Page:
    answer = browser.post(f"{PEOPLE}invite", email=email, role=role)
    return page(browser.land(answer) if answer.status_code == 302 else answer)


def link() -> str:
    """The address in the last letter."""
    found = re.search(r"http\S+(/invitations/\S+)", mail.outbox[-1].body)
    assert found
    return found.group(1)


def roles(books: Books) -> dict[str, str]:
    with books.open():
        return {one.user.name: one.role for one in Membership.objects.select_related("user")}


def join(browser: Browser, address: str, name: str = "Dana Whitfield", password: str = PASSWORD) -> Page:
    answer = browser.post(address, name=name, password=password)
    return page(browser.land(answer) if answer.status_code == 302 else answer)


def change(browser: Browser, books: Books, name: str, **told: str) -> Page:
    with books.open():
        number = Membership.objects.get(user__name=name).pk
    return page(browser.land(browser.post(f"{PEOPLE}{number}", **told)))


def test_somebody_new_is_invited_chooses_a_password_and_is_in(books: Books, priya: Browser) -> None:
    assert "dana@example.com is invited" in invite(priya).text
    letter = mail.outbox[-1]
    assert (letter.to, letter.subject) == (["dana@example.com"], "Priya Raman invites you to Larkfield Group")
    dana, address = Browser(), link()
    assert "You are invited as operations" in page(dana.get(address)).text
    join(dana, address)
    assert roles(books)["Dana Whitfield"] == Role.OPS
    assert dana.get("/o/larkfield/transactions/").status_code == 200
    with books.open():
        told = list(PeopleEvent.objects.order_by("id").values_list("actor", "told"))
    assert told == [
        ("Priya Raman", "invited dana@example.com as operations"),
        ("Dana Whitfield", "joined as operations"),
    ]


def test_a_link_works_once(books: Books, priya: Browser) -> None:
    invite(priya)
    address = link()
    join(Browser(), address)
    assert Browser().get(address).status_code == 404
    assert "This invitation is over" in page(Browser().get(address)).text


@pytest.mark.parametrize(
    ("password", "words"), [("short", "too short"), ("1234567890", "too common"), ("", "required")]
)
def test_a_weak_password_is_refused(books: Books, priya: Browser, password: str, words: str) -> None:
    invite(priya)
    shown = join(Browser(), link(), password=password)
    assert words in shown.text
    assert "Join Larkfield Group" in shown.text
    assert "Dana Whitfield" not in roles(books)


def test_who_has_an_account_signs_in_first_and_nobody_elses_takes_the_place(
    books: Books, cast: Cast, priya: Browser
) -> None:
    invite(priya, email="Nina@Example.com", role="accountant")
    address = link()
    stranger = page(Browser().get(address))
    assert "Sign in and join" in stranger.text
    assert page(Browser().post(address, name="Eve", password=PASSWORD)).text.count("Sign in and join") == 1
    theo = Browser(cast.theo)
    assert "This invitation is for nina@example.com" in page(theo.land(theo.land(theo.post(address)))).text
    nina = Browser(cast.brightwell.admin)
    nina.post(address)
    assert roles(books)["Nina Osei"] == Role.ACCOUNTANT
    with cleared():
        assert User.objects.filter(email__iexact="nina@example.com").count() == 1


def test_an_invitation_is_withdrawn_replaced_and_runs_out(books: Books, priya: Browser) -> None:
    invite(priya)
    first = link()
    invite(priya, role="accountant")
    second = link()
    assert [Browser().get(address).status_code for address in (first, second)] == [404, 200]
    with books.open():
        open_one = Invitation.objects.get(ended_at__isnull=True)
    priya.post(f"/o/larkfield/invitations/{open_one.pk}/withdraw")
    assert Browser().get(second).status_code == 404
    invite(priya)
    with books.open():
        Invitation.objects.filter(ended_at__isnull=True).update(expires_at=timezone.now())
    assert Browser().get(link()).status_code == 404
    assert "the link has run out" in page(priya.get(PEOPLE)).text


@pytest.mark.parametrize(
    ("email", "role", "sentence"),
    [
        ("theo@example.com", "ops", "belongs to the organisation already"),
        ("no address", "ops", "valid email"),
        ("dana@example.com", "king", "valid choice"),
        ("dana@example.com", "owner", "Only an owner makes somebody an owner"),
    ],
)
def test_who_cannot_be_invited_is_said(books: Books, priya: Browser, email: str, role: str, sentence: str) -> None:
    assert sentence in invite(priya, email, role).text
    assert mail.outbox == []


def test_a_letter_that_does_not_leave_is_said(books: Books, priya: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", refuse)
    assert "the letter did not leave" in invite(priya).text


def test_somebody_gets_another_role_and_the_diary_says_so(books: Books, priya: Browser) -> None:
    assert "Theo Brandt is operations from now on." in change(priya, books, "Theo Brandt", role="ops").text
    assert roles(books)["Theo Brandt"] == Role.OPS
    assert "made Theo Brandt operations, who was accountant" in page(priya.get(PEOPLE)).text


def test_who_is_taken_out_sees_nothing_any_more(books: Books, cast: Cast, priya: Browser) -> None:
    theo = Browser(cast.theo)
    assert theo.get("/o/larkfield/transactions/").status_code == 200
    change(priya, books, "Theo Brandt", do="remove")
    assert theo.get("/o/larkfield/transactions/").status_code == 404


def test_nobody_comes_back_by_an_invitation_of_their_own(books: Books, cast: Cast, priya: Browser) -> None:
    with books.open():
        Membership.objects.filter(user=cast.theo).update(role=Role.FINANCE_ADMIN)
    invite(Browser(cast.theo), email="theo@elsewhere.example", role="finance_admin")
    address = link()
    change(priya, books, "Theo Brandt", do="remove")
    assert Browser().get(address).status_code == 404


@pytest.mark.parametrize("told", [{"do": "remove"}, {"role": "ops"}, {"role": "owner"}, {"role": "nothing"}])
def test_the_last_who_may_manage_people_stays(books: Books, priya: Browser, told: dict[str, str]) -> None:
    change(priya, books, "Priya Raman", **told)
    assert roles(books)["Priya Raman"] == Role.FINANCE_ADMIN


def test_only_an_owner_touches_owners(books: Books, cast: Cast, priya: Browser) -> None:
    with books.open():
        Membership.objects.filter(user=cast.theo).update(role=Role.OWNER)
    change(priya, books, "Theo Brandt", role="ops")
    change(priya, books, "Theo Brandt", do="remove")
    assert roles(books)["Theo Brandt"] == Role.OWNER
    change(Browser(cast.theo), books, "Priya Raman", role="owner")
    assert roles(books)["Priya Raman"] == Role.OWNER


def test_the_matrix_on_the_page_has_each_role(books: Books, priya: Browser) -> None:
    text = page(priya.get(PEOPLE)).text
    assert "What each role may do" in text
    assert all(role.label in text for role in Role)

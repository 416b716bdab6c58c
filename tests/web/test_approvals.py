"""The pages of approvals: the list, the answers, the policies, and the talk beside a document."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from integrations.models import ConfigurationVersion
from ledger.domain.approvals import Standing, Step
from ledger.domain.documents import DocumentKind
from ledger.models import ApprovalPolicy, Comment, SourceDocument
from ledger.models.approvals import steps_of
from ledger.pages import page_of
from tests.approvers import Approvers
from tests.cast import Cast
from tests.payables import Payables
from tests.web.books import Books
from tests.web.browser import Browser, Page, page

LIST = "/o/larkfield/approvals/"
DECIDE = f"{LIST}decide"
POLICIES = f"{LIST}policies/"


@pytest.fixture
def approvers(cast: Cast) -> Approvers:
    return Approvers(cast)


@pytest.fixture
def payables(books: Books, approvers: Approvers) -> Payables:
    return Payables(books.tenant)


def shown(browser: Browser, document: SourceDocument) -> Page:
    return page(browser.get(page_of("larkfield", document)))


def chosen(browser: Browser, who: str = "me") -> list[str]:
    return [tick["value"] for tick in page(browser.get(f"{LIST}?who={who}")).all("input", name="chosen")]


def test_a_person_sees_what_waits_for_them_and_approves_it_all_at_once(
    payables: Payables, approvers: Approvers, theo: Browser
) -> None:
    bills = [payables.bill(f"b-{one}", "10.00") for one in range(3)]
    listed = page(theo.get(LIST))
    assert "3 items, $30.00, wait for you." in listed.text
    landed = page(theo.land(theo.post(DECIDE, chosen=chosen(theo), do="approve")))
    assert "3 items, $30.00, approved." in landed.text
    assert {approvers.stands(bill).standing for bill in bills} == {Standing.APPROVED}


def test_a_bill_that_waits_shows_the_vendors_number(payables: Payables, theo: Browser) -> None:
    payables.bill("b-1", "10.00", number="10482")
    payables.bill("b-2", "11.00")
    text = page(theo.get(LIST)).text
    assert "No. 10482, Larkfield Inc." in text
    assert text.count("No. ") == 1


def test_a_no_says_why_or_is_none(payables: Payables, approvers: Approvers, theo: Browser) -> None:
    bill = payables.bill("b-1", "10.00")
    landed = page(theo.land(theo.post(DECIDE, chosen=chosen(theo), do="decline")))
    assert "Say why" in landed.text
    assert approvers.stands(bill).standing is Standing.WAITING
    theo.post(DECIDE, chosen=chosen(theo), do="decline", note="Not ours\0")
    assert "Theo Brandt declined" in shown(theo, bill).text
    assert "Not ours" in shown(theo, bill).text


def test_on_its_page_stands_who_is_asked_and_only_who_may_answer_can(
    payables: Payables, approvers: Approvers, theo: Browser, priya: Browser
) -> None:
    bill = payables.bill("b-1", "1500.00")
    dana = Browser(approvers.dana)
    assert "0 of 2" in shown(dana, bill).text
    assert not shown(dana, bill).all("input", name="chosen")
    assert "In place of Theo Brandt" in shown(priya, bill).text
    [asked] = shown(theo, bill).all("input", name="chosen")
    theo.post(DECIDE, chosen=asked["value"], do="approve", page=page_of("larkfield", bill))
    assert "Theo Brandt approved" in shown(dana, bill).text
    assert shown(dana, bill).all("input", name="chosen")


def test_who_was_overtaken_is_told_so(payables: Payables, approvers: Approvers, theo: Browser, priya: Browser) -> None:
    bill = payables.bill("b-1", "10.00")
    seen = chosen(theo)
    approvers.say(approvers.tenant.admin, bill, in_place=True)
    landed = page(theo.land(theo.post(DECIDE, chosen=seen, do="decline", note="No")))
    assert "Priya Raman approved it already." in landed.text


@pytest.mark.parametrize(
    "told", [{}, {"chosen": "x"}, {"chosen": "1", "do": "maybe"}, {"chosen": "9" * 30, "do": "approve"}]
)
def test_what_names_nothing_changes_nothing(payables: Payables, theo: Browser, told: dict[str, str]) -> None:
    payables.bill("b-1", "10.00")
    assert "Nothing was chosen" in page(theo.land(theo.post(DECIDE, **told))).text


def test_what_waits_at_a_neighbour_is_not_there(payables: Payables, cast: Cast, theo: Browser) -> None:
    payables.bill("b-1", "10.00")
    nina = Browser(cast.brightwell.admin)
    landed = page(nina.land(nina.post("/o/brightwell/approvals/decide", chosen=chosen(theo), do="approve")))
    assert "None of it waits for an approval." in landed.text
    assert len(chosen(theo)) == 1


def test_an_answer_leads_back_to_a_page_of_the_organisation_only(payables: Payables, theo: Browser) -> None:
    payables.bill("b-1", "10.00")
    for wanted in ("https://example.com/", "//example.com/", "/o/brightwell/bills/", "/accounts/logout/"):
        assert theo.post(DECIDE, page=wanted).headers["Location"] == LIST


def test_what_others_are_asked_is_seen_and_answered_by_a_finance_admin_only(
    payables: Payables, approvers: Approvers, priya: Browser
) -> None:
    payables.bill("b-1", "10.00")
    assert chosen(priya) == []
    assert len(chosen(priya, "all")) == 1
    assert chosen(Browser(approvers.dana), "all") == []


def test_the_list_takes_as_many_statements_for_forty_as_for_ten(payables: Payables, theo: Browser) -> None:
    counts = []
    for number in (10, 40):
        payables.tell(*(payables.incoming(f"{number}-{one}", "1.00") for one in range(number)))
        with CaptureQueriesContext(connection) as statements:
            theo.get(LIST)
        counts.append(len(statements))
    assert counts[0] == counts[1]


def test_a_long_list_has_pages(payables: Payables, theo: Browser) -> None:
    payables.tell(*(payables.incoming(f"b-{one}", "1.00") for one in range(60)))
    [more] = page(theo.get(LIST)).all("a", rel="next")
    assert len(page(theo.get(f"{LIST}{more['href']}")).all("input", name="chosen")) == 10


# --- policies --------------------------------------------------------------------------------------------------------


def steps(*told: tuple[object, str]) -> dict[str, str]:
    form = {"step-TOTAL_FORMS": str(len(told)), "step-INITIAL_FORMS": "0"}
    for place, (who, above) in enumerate(told):
        form |= {f"step-{place}-who": str(who), f"step-{place}-above": above}
    return form


def in_force(books: Books, kind: DocumentKind) -> list[Step]:
    with books.open():
        return steps_of(ApprovalPolicy.objects.filter(kind=kind).order_by("-id")[0])


def test_a_policy_is_made_read_and_changed_and_the_old_one_stays_on_record(
    books: Books, approvers: Approvers, priya: Browser
) -> None:
    address = f"{POLICIES}{books.tenant.entity.pk}/card_charge"
    saved = priya.post(address, **steps((approvers.dana.pk, ""), ("", ""), ("told", "1,000.50")))
    assert "Whoever approves it in Flex" in page(priya.land(saved)).text
    assert in_force(books, DocumentKind.CHARGE) == [Step(approvers.dana.pk), Step(None, 100_050)]
    [above] = page(priya.get(address)).all("input", name="step-1-above")
    assert above["value"] == "1000.50"
    priya.post(address, **steps(("", ""), ("", "")))
    assert in_force(books, DocumentKind.CHARGE) == []
    with books.open():
        assert ApprovalPolicy.objects.filter(kind=DocumentKind.CHARGE).count() == 2


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        (lambda dana: [(dana, "ten")], "ten"),
        (lambda dana: [(dana, "-1")], "A step begins at zero or above."),
        (lambda dana: [(dana, ""), (dana, "5")], "twice"),
        (lambda dana: [(999_999, "")], "valid choice"),
    ],
)
def test_a_policy_that_cannot_be_is_explained_and_not_saved(
    books: Books,
    approvers: Approvers,
    priya: Browser,
    told: Callable[[int], list[tuple[object, str]]],
    sentence: str,
) -> None:
    answer = priya.post(f"{POLICIES}{books.tenant.entity.pk}/bill", **steps(*told(approvers.dana.pk)))
    assert answer.status_code == 422
    assert sentence in page(answer).text
    assert len(in_force(books, DocumentKind.BILL)) == 2


@pytest.mark.parametrize("kind", ["card_fee", "vendor_credit", "nothing"])
def test_only_what_somebody_chooses_to_spend_has_a_policy(books: Books, priya: Browser, kind: str) -> None:
    assert priya.get(f"{POLICIES}{books.tenant.entity.pk}/{kind}").status_code == 404


def test_the_gates_are_set_with_the_mapping_and_stand_in_its_history(books: Books, priya: Browser) -> None:
    form = books.form(version=0, card="2110") | {"switches": "on", "charge_gate": "at_once", "bill_gate": "paid"}
    landed = page(priya.land(priya.post(books.mapping_path, **form)))
    assert "Bills go to the books: when their first payment is made" in landed.text
    with books.open():
        version = ConfigurationVersion.objects.get()
    assert (version.charge_gate, version.bill_gate) == ("at_once", "paid")
    priya.post(books.mapping_path, **{**form, "version": "1", "charge_gate": "paid", "bill_gate": "approved"})
    with books.open():
        version = ConfigurationVersion.objects.get(number=2)
    assert (version.charge_gate, version.bill_gate) == ("at_once", "approved")


# --- comments --------------------------------------------------------------------------------------------------------


def test_people_talk_about_a_document_on_its_page(
    books: Books, payables: Payables, theo: Browser, priya: Browser
) -> None:
    bill = payables.bill("b-1", "10.00")
    address = f"/o/larkfield/documents/{bill.public_id}/comments"
    theo.post(address, text="Is this ours?\r\n<script>alert(1)</script>")
    priya.post(address, text="Yes.\0")
    priya.post(address, text="   ")
    text = shown(theo, bill).text
    assert "Theo Brandt" in text
    assert "<script>alert(1)</script>" in text
    assert not [tag for tag in shown(theo, bill).inline if "alert" in tag]
    with books.open():
        assert list(Comment.objects.order_by("id").values_list("author_name", "text")) == [
            ("Theo Brandt", "Is this ours?\n<script>alert(1)</script>"),
            ("Priya Raman", "Yes."),
        ]

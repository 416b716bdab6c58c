"""From the button to the platform's consent page and back, as a browser goes, against the real sandbox."""

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
import requests
from cryptography.fernet import Fernet, InvalidToken
from django.db import connection as database
from django.db import transaction
from django.utils import timezone

from integrations import services, tokens
from integrations.models import Authorisation, Connection, ConnectionState, Credential, Reference
from integrations.providers.registry import platform
from ledger.models import Entity, Membership, Role, User
from ledger.tenancy.context import acting_for
from tests.cast import Cast, Tenant
from tests.integrations.conftest import Office
from tests.processes import PATIENCE, Sandbox
from tests.web.books import Books
from tests.web.browser import Browser, Page, page

Back = dict[str, str]
CALLBACK = "/connect/quickbooks/callback"
NOBODY_LISTENS = "http://127.0.0.1:9"


@dataclass
class Larkfield:
    """The organisation, the sandbox, and Priya at her browser."""

    cast: Cast
    sandbox: Sandbox
    browser: Browser

    @property
    def tenant(self) -> Tenant:
        return self.cast.larkfield

    def begin(self, entity: Entity | None = None, browser: Browser | None = None) -> str:
        """Press “Connect QuickBooks”. Returns the address of the consent page."""
        number = (entity or self.tenant.entity).pk
        response = (browser or self.browser).post(f"/o/larkfield/connections/{number}/connect")
        assert response.status_code == 302, page(response).text
        address: str = response.headers["Location"]
        return address

    def decide(self, address: str, decision: str = "connect", realm: str = Sandbox.US) -> Back:
        """Answer on the consent page. Returns what the platform gives the browser to bring back."""
        parts = urlsplit(address)
        form = {**dict(parse_qsl(parts.query)), "realm": realm, "decision": decision}
        answer = requests.post(parts._replace(query="").geturl(), data=form, allow_redirects=False, timeout=PATIENCE)
        assert answer.status_code == 302, answer.text
        return_to = urlsplit(answer.headers["Location"])
        assert return_to.path == CALLBACK
        return dict(parse_qsl(return_to.query))

    def come_back(self, back: Back, browser: Browser | None = None) -> Any:
        return (browser or self.browser).get(f"{CALLBACK}?{urlencode(back)}")

    def connect(self, entity: Entity | None = None, realm: str = Sandbox.US) -> Any:
        return self.come_back(self.decide(self.begin(entity), realm=realm))

    def ties(self) -> list[tuple[str, str]]:
        """Entities and the companies they are connected to."""
        with self.acting():
            rows = Connection.objects.select_related("entity", "company").order_by("entity__name")
            return [(row.entity.name, row.company.external_id) for row in rows]

    @contextmanager
    def acting(self) -> Iterator[None]:
        with acting_for(self.tenant.id), transaction.atomic():
            yield


@pytest.fixture
def larkfield(transactional_db: None, cast: Cast, sandbox: Sandbox) -> Larkfield:
    return Larkfield(cast, sandbox, Browser(cast.larkfield.admin))


def colleague(tenant: Tenant, role: Role) -> Browser:
    ada = User.objects.create_user(email="ada@example.com", name="Ada Quist", password="a-long-password")
    with acting_for(tenant.id), transaction.atomic():
        Membership.objects.create(user=ada, role=role)
    return Browser(ada)


def refused(response: Any, status: int = 200) -> Page:
    assert response.status_code == status
    shown = page(response)
    assert "Not connected" in shown.text
    return shown


# --- the way there and back ------------------------------------------------------------------------------------------


def test_consent_ties_the_entity_to_the_company_and_leads_to_its_mapping(larkfield: Larkfield) -> None:
    response = larkfield.connect()
    assert response.headers["Location"] == f"/o/larkfield/mapping/{larkfield.tenant.entity.pk}/"
    assert larkfield.ties() == [("Larkfield Inc.", Sandbox.US)]
    assert page(larkfield.browser.land(response)).all("option", value="2110 Flex Card")
    text = page(larkfield.browser.get("/o/larkfield/connections/")).text
    for words in (Sandbox.US, "US, USD", "Connected", "by Priya Raman", "12 vendors"):
        assert words in text


def test_the_consent_page_is_asked_for_the_books_alone_and_for_this_product(larkfield: Larkfield) -> None:
    query = dict(parse_qsl(urlsplit(larkfield.begin()).query))
    assert query["scope"] == "com.intuit.quickbooks.accounting"
    assert (query["client_id"], query["response_type"]) == ("sandbox-client", "code")
    assert urlsplit(query["redirect_uri"]).path == CALLBACK
    assert len(query["state"]) >= 40


def test_each_beginning_has_a_state_of_its_own_that_is_kept_as_a_digest_only(larkfield: Larkfield) -> None:
    states = {dict(parse_qsl(urlsplit(larkfield.begin()).query))["state"] for _ in range(3)}
    assert len(states) == 3
    assert not any(state in row for state in states for row in as_stored("integrations_authorisation", larkfield))


def test_charges_that_came_before_the_connection_are_on_their_way_after_it(larkfield: Larkfield) -> None:
    with acting_for(larkfield.tenant.id):
        Office(larkfield.tenant, larkfield.sandbox).charge("early")
    larkfield.connect()
    page_of_list = larkfield.browser.get("/o/larkfield/transactions/").context["page"]
    assert [row["state"].word for row in page_of_list["rows"]] == ["On its way"]


def test_connecting_again_renews_the_access_and_keeps_the_connection(larkfield: Larkfield) -> None:
    larkfield.connect()
    with larkfield.acting():
        Connection.objects.update(state=ConnectionState.ACCESS_LOST, problem="QuickBooks no longer accepts our access.")
        number = Connection.objects.get().pk
    assert page(larkfield.browser.get("/o/larkfield/connections/")).text.count("Reconnect QuickBooks") == 1
    larkfield.connect()
    with larkfield.acting():
        tie = Connection.objects.get()
    assert (tie.pk, tie.state, tie.problem) == (number, ConnectionState.LIVE, "")


def test_accounts_can_be_read_again_by_the_button(larkfield: Larkfield) -> None:
    larkfield.connect()
    with larkfield.acting():
        number = Connection.objects.get().pk
        Reference.objects.all().delete()
    said = larkfield.browser.land(larkfield.browser.post(f"/o/larkfield/connections/{number}/read"))
    assert "Accounts and vendors are read again." in page(said).text
    with larkfield.acting():
        assert Reference.objects.filter(number="2110").count() == 1


# --- no ------------------------------------------------------------------------------------------------------------


def test_who_refuses_consent_is_told_that_nothing_was_changed(larkfield: Larkfield) -> None:
    back = larkfield.decide(larkfield.begin(), "cancel")
    assert back["error"] == "access_denied"
    assert "you chose not to connect. Nothing was changed." in refused(larkfield.come_back(back)).text
    assert larkfield.ties() == []
    assert larkfield.connect().status_code == 302, "and may change their mind"


@pytest.mark.parametrize("state", ["forged", "", "\0", "x" * 5000], ids=["forged", "empty", "nul", "huge"])
def test_an_answer_that_nobody_asked_for_is_refused(larkfield: Larkfield, state: str) -> None:
    back = larkfield.decide(larkfield.begin())
    refused(larkfield.come_back({**back, "state": state}), 400)
    assert larkfield.ties() == []
    assert larkfield.come_back(back).status_code == 302, "the true answer still counts"


def test_an_answer_counts_once(larkfield: Larkfield) -> None:
    back = larkfield.decide(larkfield.begin())
    larkfield.come_back(back)
    assert "was used before" in refused(larkfield.come_back(back)).text
    assert larkfield.ties() == [("Larkfield Inc.", Sandbox.US)]
    with acting_for(larkfield.tenant.id):
        with transaction.atomic():
            tie = Connection.objects.get()
        assert services.read_references(tie.pk), "the access that the first answer gave still works"


def test_the_answer_of_one_finance_admin_is_no_use_to_another(larkfield: Larkfield) -> None:
    back = larkfield.decide(larkfield.begin())
    ada = colleague(larkfield.tenant, Role.FINANCE_ADMIN)
    assert "begun by somebody else" in refused(larkfield.come_back(back, ada)).text
    assert larkfield.ties() == []
    assert larkfield.come_back(back).status_code == 302, "and is not spent by the attempt"


@pytest.mark.parametrize(("who", "status"), [("the neighbour", 404), ("an accountant", 403), ("nobody", 302)])
def test_an_answer_in_wrong_hands_opens_nothing(larkfield: Larkfield, who: str, status: int) -> None:
    back = larkfield.decide(larkfield.begin())
    hands = {"the neighbour": larkfield.cast.brightwell.admin, "an accountant": larkfield.cast.theo, "nobody": None}
    assert larkfield.come_back(back, Browser(hands[who])).status_code == status
    assert larkfield.ties() == []


def test_who_may_set_up_no_more_when_coming_back_connects_nothing(larkfield: Larkfield) -> None:
    back = larkfield.decide(larkfield.begin())
    with larkfield.acting():
        Membership.objects.filter(user=larkfield.tenant.admin).update(role=Role.ACCOUNTANT)
    assert larkfield.come_back(back).status_code == 403
    assert larkfield.ties() == []


def test_after_half_an_hour_the_answer_is_too_old(larkfield: Larkfield) -> None:
    back = larkfield.decide(larkfield.begin())
    with larkfield.acting():
        Authorisation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert "More than half an hour has passed" in refused(larkfield.come_back(back)).text
    assert larkfield.ties() == []


def test_the_half_hour_is_counted_from_the_button(larkfield: Larkfield) -> None:
    larkfield.begin()
    with larkfield.acting():
        asked = Authorisation.objects.get()
    assert timedelta(minutes=29) < asked.expires_at - asked.asked_at <= timedelta(minutes=30, seconds=1)


@pytest.mark.parametrize("missing", ["code", "realmId"])
def test_an_answer_that_lacks_a_part_connects_nothing(larkfield: Larkfield, missing: str) -> None:
    back = larkfield.decide(larkfield.begin())
    refused(larkfield.come_back({name: value for name, value in back.items() if name != missing}))
    assert larkfield.ties() == []


@pytest.mark.parametrize(
    "altered",
    [
        {"code": "forged"},
        {"realmId": Sandbox.UK},
        {"realmId": "1"},
        {"realmId": "../../v3/company/1"},
        {"realmId": "1?x=/"},
        {"realmId": "9" * 200},
        {"realmId": "\0"},
    ],
    ids=["code", "another-company", "no-company", "path", "query", "huge", "nul"],
)
def test_an_answer_that_was_altered_on_its_way_connects_nothing(larkfield: Larkfield, altered: Back) -> None:
    refused(larkfield.come_back({**larkfield.decide(larkfield.begin()), **altered}))
    assert larkfield.ties() == []


def test_an_answer_at_another_platforms_address_is_not_found(larkfield: Larkfield) -> None:
    back = larkfield.decide(larkfield.begin())
    assert larkfield.browser.get(f"/connect/xero/callback?{urlencode(back)}").status_code == 404
    assert larkfield.ties() == []


# --- the wrong company -----------------------------------------------------------------------------------------------


def test_a_company_that_keeps_its_books_in_another_currency_is_refused(larkfield: Larkfield) -> None:
    shown = refused(larkfield.connect(realm=Sandbox.UK))
    assert "keeps its books in GBP, Larkfield Inc. in USD." in shown.text
    assert larkfield.ties() == []


def test_a_company_that_another_entity_has_is_refused(larkfield: Larkfield) -> None:
    larkfield.connect()
    with larkfield.acting():
        labs = Entity.objects.create(name="Larkfield Labs Inc.", currency="USD")
    assert "is connected to Larkfield Inc. already." in refused(larkfield.connect(labs)).text
    assert larkfield.ties() == [("Larkfield Inc.", Sandbox.US)]


def test_a_connected_entity_stays_with_its_first_company(larkfield: Larkfield) -> None:
    Books(larkfield.tenant, realm="9341450000000777")
    shown = refused(larkfield.connect())
    assert "Larkfield Inc. is connected to Old Books Inc." in shown.text
    assert larkfield.ties() == [("Larkfield Inc.", "9341450000000777")]


def test_a_refused_company_leaves_no_access_behind(larkfield: Larkfield) -> None:
    """“Nothing was connected” also means that no token of that company is kept."""
    refused(larkfield.connect(realm=Sandbox.UK))
    with larkfield.acting():
        assert Credential.objects.count() == 0


# --- trouble on the line ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fault",
    [
        {"entity": "token", "kind": "status"},
        {"entity": "token", "kind": "drop_before", "times": 2},
        {"entity": "token", "kind": "fault", "code": "invalid_grant"},
        {"entity": "CompanyInfo", "operation": "read", "kind": "status", "times": 5},
    ],
    ids=["down", "cut", "code-refused", "company-silent"],
)
def test_trouble_during_the_exchange_is_told_and_the_second_try_connects(
    larkfield: Larkfield, fault: dict[str, Any]
) -> None:
    back = larkfield.decide(larkfield.begin())
    larkfield.sandbox.plan_fault(**fault)
    assert "Nothing was connected." in refused(larkfield.come_back(back)).text
    assert larkfield.ties() == []
    larkfield.sandbox.control("DELETE", "faults")
    assert larkfield.connect().status_code == 302


def test_a_company_whose_accounts_cannot_be_read_yet_is_connected_all_the_same(larkfield: Larkfield) -> None:
    back = larkfield.decide(larkfield.begin())
    larkfield.sandbox.plan_fault(entity="query", operation="query", kind="status", times=5)
    response = larkfield.come_back(back)
    assert larkfield.ties() == [("Larkfield Inc.", Sandbox.US)]
    assert "the accounts could not be read yet" in page(larkfield.browser.land(response)).text


def nobody_answers(settings: Any) -> None:
    settings.QUICKBOOKS = {**settings.QUICKBOOKS, "discovery_url": f"{NOBODY_LISTENS}/", "api_url": NOBODY_LISTENS}
    platform.cache_clear()


def test_while_the_platform_is_down_the_button_says_so(larkfield: Larkfield, settings: Any) -> None:
    nobody_answers(settings)
    response = larkfield.browser.post(f"/o/larkfield/connections/{larkfield.tenant.entity.pk}/connect")
    shown = refused(response)
    assert "could not be read" in shown.text
    assert shown.all("a", href="/o/larkfield/connections/")


def test_while_the_platform_is_down_the_accounts_stay_as_they_were_read(larkfield: Larkfield, settings: Any) -> None:
    larkfield.connect()
    with larkfield.acting():
        number, before = Connection.objects.get().pk, Reference.objects.filter(active=True).count()
    nobody_answers(settings)
    said = larkfield.browser.land(larkfield.browser.post(f"/o/larkfield/connections/{number}/read"))
    assert "Not read:" in page(said).text
    with larkfield.acting():
        assert Reference.objects.filter(active=True).count() == before > 0


@pytest.mark.parametrize("state", ["known", "forged"])
def test_a_refusal_is_a_whole_page_whose_every_form_leads_somewhere(larkfield: Larkfield, state: str) -> None:
    back = larkfield.decide(larkfield.begin(), "cancel")
    response = larkfield.come_back(back if state == "known" else {"state": state})
    shown = refused(response, 200 if state == "known" else 400)
    assert [form for form in shown.all("form") if not form.get("action")] == []
    assert shown.inline == []
    [way_on] = [link for link in shown.all("a") if link.get("data-kind") == "primary"]
    assert larkfield.browser.get(way_on["href"]).status_code in (200, 302)


# --- tokens ----------------------------------------------------------------------------------------------------------


def as_stored(table: str, larkfield: Larkfield) -> list[str]:
    """Every row as JSON, and what its bytes say when they are read as text."""
    with larkfield.acting(), database.cursor() as cursor:
        cursor.execute(f"SELECT row_to_json(one)::text FROM {table} one")
        rows = [row[0] for row in cursor.fetchall()]
    pieces = [piece for row in rows for piece in re.findall(r"\\\\x((?:[0-9a-f]{2})+)", row)]
    return [*rows, *(bytes.fromhex(piece).decode(errors="replace") for piece in pieces)]


def token_of(larkfield: Larkfield, rejected: str = "") -> str:
    with acting_for(larkfield.tenant.id):
        with transaction.atomic():
            number = Credential.objects.get().pk
        return tokens.access_token(number, rejected)


def opens_the_books(larkfield: Larkfield, token: str) -> bool:
    answer = requests.get(
        f"{larkfield.sandbox.url}/v3/company/{Sandbox.US}/companyinfo/{Sandbox.US}",
        headers={"Authorization": f"Bearer {token}", "Accept": "application/json"},
        timeout=PATIENCE,
    )
    return answer.status_code == 200


def test_a_token_is_nowhere_at_rest_in_clear(larkfield: Larkfield, settings: Any) -> None:
    larkfield.connect()
    token = token_of(larkfield)
    with larkfield.acting():
        row = Credential.objects.get()
    refresh_token = Fernet(settings.ENCRYPTION_KEYS[0]).decrypt(bytes(row.refresh_token)).decode()
    assert opens_the_books(larkfield, token)
    ciphers = [text for text in as_stored("integrations_credential", larkfield) if text.startswith("gAAAA")]
    assert len(ciphers) == 2, "what is looked at below is what is stored"
    for table in ("credential", "company", "connection", "authorisation"):
        for text in as_stored(f"integrations_{table}", larkfield):
            assert token not in text
            assert refresh_token not in text


def test_a_new_key_takes_over_and_the_old_one_can_go(larkfield: Larkfield, settings: Any) -> None:
    larkfield.connect()
    before, old, new = token_of(larkfield), settings.ENCRYPTION_KEYS[0], Fernet.generate_key().decode()
    settings.ENCRYPTION_KEYS = [new, old]
    assert token_of(larkfield) == before, "both keys read while the rows are rewritten"
    with acting_for(larkfield.tenant.id):
        assert tokens.rotate_encryption() == 1
    settings.ENCRYPTION_KEYS = [new]
    assert token_of(larkfield) == before
    assert opens_the_books(larkfield, token_of(larkfield, rejected=before)), "and the refresh token came along"
    settings.ENCRYPTION_KEYS = [old]
    with pytest.raises(InvalidToken):
        token_of(larkfield)


def test_without_the_new_key_written_to_the_rows_the_old_one_cannot_go(larkfield: Larkfield, settings: Any) -> None:
    larkfield.connect()
    settings.ENCRYPTION_KEYS = [Fernet.generate_key().decode()]
    with pytest.raises(InvalidToken):
        token_of(larkfield)


def expire(larkfield: Larkfield) -> str:
    """The access token has run out, in our eyes and at the platform. Returns it."""
    token = token_of(larkfield)
    with larkfield.acting():
        Credential.objects.update(access_expires_at=timezone.now() - timedelta(minutes=1))
    larkfield.sandbox.control("POST", "tokens/expire")
    return token


def closing(ask: Callable[[], str]) -> str:
    try:
        return ask()
    finally:
        database.close()


@pytest.mark.parametrize("how", ["it ran out", "it was rejected"])
def test_of_four_who_need_a_fresh_token_one_refreshes_and_all_get_it(larkfield: Larkfield, how: str) -> None:
    """The sandbox takes each refresh token once, as QuickBooks may: a second refresh would kill the access."""
    larkfield.connect()
    spent = expire(larkfield) if how == "it ran out" else token_of(larkfield)
    rejected = "" if how == "it ran out" else spent
    larkfield.sandbox.plan_fault(entity="token", kind="delay", seconds=0.5)
    with ThreadPoolExecutor(4) as threads:
        asked = [threads.submit(closing, lambda: token_of(larkfield, rejected)) for _ in range(4)]
        given = {one.result() for one in asked}
    assert len(given) == 1
    assert spent not in given
    assert all(opens_the_books(larkfield, token) for token in given)
    with larkfield.acting():
        row = Credential.objects.get()
    assert (row.lost_at, row.refreshing_until) == (None, None)


def test_a_refresh_whose_holder_died_is_taken_over(larkfield: Larkfield) -> None:
    larkfield.connect()
    spent = expire(larkfield)
    with larkfield.acting():
        Credential.objects.update(refreshing_until=timezone.now() + timedelta(seconds=0.5))
    fresh = token_of(larkfield)
    assert fresh != spent
    assert opens_the_books(larkfield, fresh)


@pytest.mark.parametrize(("days", "asked"), [(10, True), (60, False)])
def test_a_consent_that_runs_out_soon_asks_for_a_new_one_in_time(
    larkfield: Larkfield, days: int, *, asked: bool
) -> None:
    larkfield.connect()
    with acting_for(larkfield.tenant.id), transaction.atomic():
        Credential.objects.update(consent_expires_at=timezone.now() + timedelta(days=days))
    shown = page(larkfield.browser.get("/o/larkfield/connections/")).text
    assert ("asks for your agreement anew" in shown) is asked
    assert "Agreed until" in shown

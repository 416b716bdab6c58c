"""The provider against a running sandbox: over HTTP, from the consent to what stands in the books afterwards."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
import requests

from integrations.providers.documents import (
    AccountRole,
    CompanyDescription,
    Dimension,
    Line,
    Outcome,
    OutcomeKind,
    Posted,
    ReferenceRecord,
    Remedy,
    Stop,
)
from integrations.providers.errors import AccessLost, Refused, Stopped, Temporary
from integrations.providers.quickbooks.oauth import QuickBooksOAuth
from tests.providers.quickbooks.connected import (
    CLASSES,
    COMPANIES,
    CURRENCY,
    DIMENSIONS,
    LOCATIONS,
    Connected,
    connect,
    consent,
    creation,
    oauth_of,
    provider_of,
)
from tests.providers.quickbooks_sandbox.client import BACK, CLIENT, UK, US, Server, fresh

# Signing in.


@COMPANIES
def test_a_consent_brings_a_grant_for_the_chosen_company(sandbox: Server, realm: str) -> None:
    oauth = oauth_of(sandbox)
    back = consent(oauth, realm, state="a b&c=%")
    assert (back["realmId"], back["state"]) == (realm, "a b&c=%")
    grant = oauth.exchange(back["code"], realm)
    assert grant.access_lives == timedelta(hours=1)
    assert grant.refresh_lives == timedelta(days=100)
    assert provider_of(sandbox, realm, lambda rejected="": grant.access_token).describe_company().external_id == realm


@pytest.mark.parametrize("code", ["", "never-given"])
def test_a_strange_code_is_refused(sandbox: Server, code: str) -> None:
    with pytest.raises((Refused, Temporary)):
        oauth_of(sandbox).exchange(code, US)


def test_a_code_serves_once(sandbox: Server) -> None:
    oauth = oauth_of(sandbox)
    code = consent(oauth, US)["code"]
    oauth.exchange(code, US)
    with pytest.raises(Refused):
        oauth.exchange(code, US)


def test_a_refresh_rotates_and_the_old_value_is_dead(sandbox: Server) -> None:
    oauth = oauth_of(sandbox)
    first = oauth.exchange(consent(oauth, US)["code"], US)
    second = oauth.refresh(first.refresh_token)
    assert second.refresh_token != first.refresh_token
    assert second.access_token != first.access_token
    with pytest.raises(AccessLost):
        oauth.refresh(first.refresh_token)
    assert oauth.refresh(second.refresh_token).access_token


def test_a_wrong_secret_of_ours_is_no_matter_of_the_customer(sandbox: Server) -> None:
    stranger = QuickBooksOAuth(
        client_id=CLIENT[0],
        client_secret="not-it",
        discovery_url=f"{sandbox.url}/.well-known/openid_sandbox_configuration",
        redirect_url=BACK,
    )
    with pytest.raises(Temporary, match="401 invalid_client"):
        stranger.exchange(consent(stranger, US)["code"], US)


# Reading.


@pytest.mark.parametrize(
    "company",
    [
        CompanyDescription(US, "Larkfield Inc.", "US", "USD", DIMENSIONS[US]),
        CompanyDescription(UK, "Larkfield Ltd", "GB", "GBP"),
    ],
    ids=["US", "UK"],
)
def test_a_company_describes_itself(sandbox: Server, company: CompanyDescription) -> None:
    assert connect(sandbox, company.external_id).provider.describe_company() == company


@COMPANIES
@pytest.mark.parametrize(
    ("number", "name", "path", "role", "active"),
    [
        ("2110", "Flex Card", "Flex Card", AccountRole.CARD, True),
        ("2120", "Company Visa", "Company Visa", AccountRole.CARD, True),
        ("6110", "Office supplies", "Office supplies", AccountRole.EXPENSE, True),
        ("5100", "Freight", "Freight", AccountRole.EXPENSE, True),
        ("7100", "Exchange gain or loss", "Exchange gain or loss", AccountRole.EXPENSE, True),
        ("6025", "Software subscriptions", "Software:Software subscriptions", AccountRole.EXPENSE, True),
        ("6030", "Web hosting", "Web hosting", AccountRole.EXPENSE, False),
        ("1500", "Office equipment", "Office equipment", AccountRole.POSTABLE, True),
        ("4900", "Interest earned", "Interest earned", AccountRole.POSTABLE, True),
        ("3900", "Retained earnings", "Retained earnings", AccountRole.POSTABLE, True),
        ("1200", "Accounts receivable", "Accounts receivable", AccountRole.OTHER, True),
        ("2000", "Accounts payable", "Accounts payable", AccountRole.PAYABLE, True),
        ("1010", None, None, AccountRole.BANK, True),
        ("1020", None, None, AccountRole.BANK, True),
        ("6610", "Bank charges", "Bank charges", AccountRole.EXPENSE, True),
        ("4950", "Card cashback", "Card cashback", AccountRole.POSTABLE, True),
    ],
)
def test_an_account_is_listed_with_its_role(
    references: dict[str, list[ReferenceRecord]],
    realm: str,
    number: str,
    name: str | None,
    path: str | None,
    role: AccountRole,
    active: bool,
) -> None:
    (account,) = [each for each in references[realm] if each.kind == "account" and each.number == number]
    assert (account.role, account.active, account.currency) == (role, active, CURRENCY[realm])
    assert name is None or (account.name, account.path) == (name, path)


@pytest.fixture(scope="module")
def references(running: Server) -> dict[str, list[ReferenceRecord]]:
    return {
        realm: [
            record
            for listing in connect(running, realm).provider.list_references(DIMENSIONS[realm])
            for record in listing.records
        ]
        for realm in (US, UK)
    }


@COMPANIES
def test_every_account_and_vendor_is_listed_once(
    running: Server, references: dict[str, list[ReferenceRecord]], realm: str
) -> None:
    for kind, entity in (("account", "Account"), ("vendor", "Vendor")):
        listed = [each.external_id for each in references[realm] if each.kind == kind]
        assert sorted(listed) == sorted(row["Id"] for row in running.stored(entity, realm))
        assert listed


@COMPANIES
@pytest.mark.parametrize(
    ("dimension", "names"),
    [(CLASSES, ["Operations", "Product", "Sales"]), (LOCATIONS, ["Boston", "New York"])],
    ids=["class", "location"],
)
def test_the_values_of_a_dimension_are_listed_where_it_is_tracked(
    references: dict[str, list[ReferenceRecord]], realm: str, dimension: Dimension, names: list[str]
) -> None:
    found = [each for each in references[realm] if each.kind == "value" and each.dimension == dimension.key]
    assert sorted(each.name for each in found) == (names if realm == US else [])
    assert {(each.type_name, each.active) for each in found} <= {(dimension.label, True)}


# Writing.


@COMPANIES
def test_a_single_charge_is_posted_as_it_was_meant(sandbox: Server, realm: str) -> None:
    company = connect(sandbox, realm)
    vendor = sandbox.seeded_id(realm, "Vendor", "Staples" if realm == US else "Ryman Stationery")
    envelope = company.pack_one(vendor=vendor)
    outcome = company.push_one(envelope)
    assert outcome.kind is OutcomeKind.POSTED, outcome
    row = company.under([envelope.items[0].mark])[envelope.items[0].mark]
    assert outcome.posted == Posted("Purchase", row["Id"], row["SyncToken"])
    assert (row["PaymentType"], row["AccountRef"]["value"]) == ("CreditCard", company.account("2110"))
    assert (row["TxnDate"], row["TotalAmt"], row["EntityRef"]["value"]) == ("2026-08-14", 42.5, vendor)
    assert row["PrivateNote"] == f"Flex card ··4821, Jane Roe. {envelope.items[0].mark}"
    (line,) = row["Line"]
    assert (line["Amount"], line["Description"]) == (42.5, "Printer paper")
    assert line["AccountBasedExpenseLineDetail"]["AccountRef"]["value"] == company.account("6110")


@COMPANIES
@pytest.mark.parametrize("count", [8, 9, 30, 45])
def test_few_and_many_are_all_posted_once(sandbox: Server, realm: str, count: int) -> None:
    company = connect(sandbox, realm)
    charges = company.creations(count)
    envelopes = company.pack(charges)
    assert len(envelopes) == {8: 8, 9: 1, 30: 1, 45: 2}[count]
    for envelope in envelopes:
        spoken = company.provider.push(envelope)
        rows = company.under([item.mark for item in envelope.items])
        assert {key: outcome.posted for key, outcome in spoken.items()} == {
            item.key: Posted("Purchase", rows[item.mark]["Id"], "0") for item in envelope.items
        }
    assert len(company.under([charge.mark for charge in charges])) == count


@pytest.mark.parametrize("amount", ["0.01", "0.07", "1234567.89", "9999999.99", "100"])
def test_the_amount_in_the_books_is_the_amount_of_the_charge(us: Connected, amount: str) -> None:
    envelope = us.pack_one(lines=(Line(us.account("6110"), Decimal(amount), "Exact"),))
    assert us.push_one(envelope).kind is OutcomeKind.POSTED
    (row,) = us.under([envelope.items[0].mark]).values()
    assert Decimal(str(row["TotalAmt"])) == Decimal(amount)


@COMPANIES
@pytest.mark.parametrize(
    "text", ["“Zoë’s” – café …", "Dvořák €5", "寿司", "Pizza 🍕", "\"quotes\" \\ 'and' <tags> & %"]
)
def test_a_text_in_any_script_is_no_reason_to_refuse(sandbox: Server, realm: str, text: str) -> None:
    company = connect(sandbox, realm)
    envelope = company.pack_one(note=text, lines=(Line(company.account("6110"), Decimal("1.00"), text),))
    assert company.push_one(envelope).kind is OutcomeKind.POSTED


@pytest.mark.parametrize("count", [1, 12])
def test_the_same_envelope_again_adds_nothing(us: Connected, count: int) -> None:
    charges = us.creations(count)
    (envelope,) = us.pack(charges)
    first = us.provider.push(envelope)
    before = us.stored()
    assert us.provider.push(envelope) == first
    assert us.stored() == before
    assert {outcome.kind for outcome in first.values()} == {OutcomeKind.POSTED}


@pytest.mark.parametrize(("count", "entity"), [(1, "Purchase"), (12, "batch")])
def test_a_lost_answer_is_found_again_and_its_repeat_adds_nothing(us: Connected, count: int, entity: str) -> None:
    charges = us.creations(count)
    marks = [charge.mark for charge in charges]
    (envelope,) = us.pack(charges)
    us.server.control("faults", {"kind": "drop_after_commit", "realm": US, "entity": entity})

    lost = us.provider.push(envelope)
    assert {outcome.kind for outcome in lost.values()} == {OutcomeKind.UNKNOWN}

    found = us.provider.find_existing(envelope.items)
    rows = us.under(marks)
    assert found == {mark: Posted("Purchase", rows[mark]["Id"], "0") for mark in marks}

    before = us.stored()
    again = us.provider.push(envelope)
    assert {item.mark: again[item.key] for item in envelope.items} == {
        mark: Outcome(OutcomeKind.POSTED, posted=posted) for mark, posted in found.items()
    }
    assert us.stored() == before


@pytest.mark.parametrize(("count", "entity"), [(1, "Purchase"), (12, "batch")])
@pytest.mark.parametrize("kind", ["drop_before", "status"])
def test_what_never_arrived_is_not_found_and_its_repeat_is_posted(
    us: Connected, kind: str, count: int, entity: str
) -> None:
    charges = us.creations(count)
    (envelope,) = us.pack(charges)
    us.server.control("faults", {"kind": kind, "realm": US, "entity": entity})
    assert {outcome.kind for outcome in us.provider.push(envelope).values()} == {OutcomeKind.UNKNOWN}
    assert us.provider.find_existing(envelope.items) == {}
    assert {outcome.kind for outcome in us.provider.push(envelope).values()} == {OutcomeKind.POSTED}


def test_an_answer_that_comes_too_late_may_have_been_done(us: Connected) -> None:
    hurried = provider_of(us.server, US, us.tokens, timeout=0.3)
    envelope = us.pack_one()
    us.server.control("faults", {"kind": "delay", "seconds": 1.0, "realm": US, "entity": "Purchase"})
    (outcome,) = hurried.push(envelope).values()
    assert outcome.kind is OutcomeKind.UNKNOWN
    assert us.push_one(envelope).kind is OutcomeKind.POSTED
    assert len(us.under([envelope.items[0].mark])) == 1


@pytest.mark.parametrize("count", [1, 12])
def test_another_envelope_with_the_same_marks_finds_them_there(us: Connected, count: int) -> None:
    charges = us.creations(count)
    (first,) = us.pack(charges)
    (second,) = us.pack(charges)
    assert first.request_id != second.request_id
    posted = {key: outcome.posted for key, outcome in us.provider.push(first).items()}
    before = us.stored()
    again = us.provider.push(second)
    assert {outcome.kind for outcome in again.values()} == {OutcomeKind.ALREADY_THERE}
    assert {key: outcome.posted for key, outcome in again.items()} == posted
    assert us.stored() == before


def test_in_one_batch_some_are_there_some_are_new_and_one_is_refused(us: Connected) -> None:
    old, *new = us.creations(10)
    us.provider.push(us.pack([old])[0])
    bad = creation(us.charge(lines=(Line("999999", Decimal("1.00"), "No such account"),)))
    (envelope,) = us.pack([old, *new[:3], bad, *new[4:]])
    kinds = [outcome.kind for outcome in us.provider.push(envelope).values()]
    expected = [OutcomeKind.ALREADY_THERE, *[OutcomeKind.POSTED] * 3, OutcomeKind.REJECTED, *[OutcomeKind.POSTED] * 5]
    assert kinds == expected


@pytest.mark.parametrize(
    ("changes", "code", "remedy"),
    [
        ({"expense": "none"}, "2500", Remedy.BOOKS),
        ({"expense": "6030"}, "610", Remedy.BOOKS),
        ({"expense": "2110"}, "6430", Remedy.BOOKS),
        ({"card": "6110"}, "6430", Remedy.BOOKS),
        ({"mark": "FX-" + "A" * 30}, "2050", Remedy.OURS),
        ({"amount": "-1.00"}, "2290", Remedy.OURS),
    ],
)
def test_a_refusal_says_what_and_whom_it_concerns(
    us: Connected, changes: dict[str, str], code: str, remedy: Remedy
) -> None:
    expense = changes.get("expense", "6110")
    account = "999999" if expense == "none" else us.account(expense)
    before = us.stored()
    envelope = us.pack_one(
        mark=changes.get("mark", fresh("FX")),
        card_account=us.account(changes.get("card", "2110")),
        lines=(Line(account, Decimal(changes.get("amount", "1.00")), "Refused"),),
    )
    outcome = us.push_one(envelope)
    assert (outcome.kind, outcome.code, outcome.remedy) == (OutcomeKind.REJECTED, code, remedy)
    assert outcome.answer
    assert us.stored() == before


def test_closed_books_refuse_until_they_are_opened(us: Connected) -> None:
    envelope = us.pack_one(dated=date(2020, 6, 30))
    us.server.control(f"companies/{US}/preferences", {"BookCloseDate": "2020-12-31"})
    closed = us.push_one(envelope)
    us.server.control(f"companies/{US}/preferences", {"BookCloseDate": None})
    assert (closed.kind, closed.code) == (OutcomeKind.REJECTED, "6210")
    assert us.push_one(us.pack_one(dated=date(2020, 6, 30))).kind is OutcomeKind.POSTED


@pytest.mark.parametrize(("count", "entity"), [(1, "Purchase"), (12, "batch")])
@pytest.mark.parametrize("shape", ["json", "xml"])
@pytest.mark.parametrize(("retry_after", "rest"), [(0, 60), (7, 7)])
def test_a_throttle_asks_for_a_rest_and_writes_nothing(
    us: Connected, count: int, entity: str, shape: str, retry_after: int, rest: int
) -> None:
    charges = us.creations(count)
    (envelope,) = us.pack(charges)
    us.server.control(
        "faults", {"kind": "throttle", "realm": US, "entity": entity, "body": shape, "retry_after": retry_after}
    )
    spoken = us.provider.push(envelope)
    assert {outcome.kind for outcome in spoken.values()} == {OutcomeKind.THROTTLED}
    assert {outcome.retry_after for outcome in spoken.values()} == {timedelta(seconds=rest)}
    assert us.under([charge.mark for charge in charges]) == {}
    assert {outcome.kind for outcome in us.provider.push(envelope).values()} == {OutcomeKind.POSTED}


def test_the_published_limits_throttle(us: Connected) -> None:
    us.server.control("throttle", {"on": True, "per_minute": 2})
    kinds = [us.push_one(us.pack_one()).kind for _ in range(3)]
    assert kinds == [OutcomeKind.POSTED, OutcomeKind.POSTED, OutcomeKind.THROTTLED]
    with pytest.raises(Temporary):
        us.provider.find_existing(us.pack_one().items)


def test_an_expired_token_is_replaced_on_the_way(us: Connected) -> None:
    used = us.tokens.grant
    us.server.control("tokens/expire", {"realm": US})
    assert us.push_one(us.pack_one()).kind is OutcomeKind.POSTED
    assert us.tokens.grant.access_token != used.access_token
    us.server.control("tokens/expire", {"realm": US})
    assert us.provider.describe_company().external_id == US


@pytest.mark.parametrize(
    # Of a batch some items may be done before the grant is dead.
    ("count", "kind"),
    [(1, OutcomeKind.ACCESS_LOST), (12, OutcomeKind.UNKNOWN)],
)
def test_a_revoked_grant_means_that_access_is_lost(us: Connected, count: int, kind: OutcomeKind) -> None:
    charges = us.creations(count)
    (envelope,) = us.pack(charges)
    us.server.control("tokens/revoke", {"realm": US})
    assert {outcome.kind for outcome in us.provider.push(envelope).values()} == {kind}
    with pytest.raises(AccessLost):
        us.provider.find_existing(envelope.items)
    with pytest.raises(AccessLost):
        us.provider.describe_company()
    assert us.under([charge.mark for charge in charges]) == {}


def test_a_token_that_stays_refused_means_that_we_are_turned_away(us: Connected) -> None:
    stubborn = provider_of(us.server, US, lambda rejected="": "never-given-by-anybody")
    (outcome,) = stubborn.push(us.pack_one()).values()
    assert (outcome.kind, outcome.stop) == (OutcomeKind.THROTTLED, Stop.DENIED)
    with pytest.raises(Stopped):
        stubborn.find_existing(us.pack_one().items)


def test_the_grant_of_another_company_writes_nothing_here(us: Connected) -> None:
    strange = provider_of(us.server, UK, us.tokens)
    before = us.server.stored("Purchase", UK)
    (outcome,) = strange.push(us.pack_one()).values()
    assert (outcome.kind, outcome.stop) == (OutcomeKind.THROTTLED, Stop.DENIED)
    assert us.server.stored("Purchase", UK) == before


# Finding again.


def test_only_marks_that_stand_there_are_found(us: Connected) -> None:
    envelope = us.pack_one()
    us.push_one(envelope)
    never = us.pack_one()
    assert us.provider.find_existing([]) == {}
    assert us.provider.find_existing([*never.items, *envelope.items]).keys() == {envelope.items[0].mark}


def test_more_marks_than_a_query_takes_are_all_found(us: Connected) -> None:
    charges = us.creations(120)
    sent, never = us.pack(charges), us.pack(us.creations(90))
    for envelope in sent:
        us.provider.push(envelope)
    found = us.provider.find_existing([item for envelope in [*never, *sent] for item in envelope.items])
    assert found.keys() == {charge.mark for charge in charges}
    assert len({posted.external_id for posted in found.values()}) == 120


def test_what_was_found_carries_the_version_that_we_gave_it_whoever_changed_it_since(us: Connected) -> None:
    envelope = us.pack_one()
    posted = us.push_one(envelope).posted
    assert posted is not None
    answer = requests.post(
        f"{us.server.url}/v3/company/{US}/purchase",
        json={
            "Id": posted.external_id,
            "SyncToken": posted.version,
            "sparse": True,
            "PaymentType": "CreditCard",
            "AccountRef": {"value": us.server.seeded_id(US, "Account", "2110")},
            "PrivateNote": "An accountant was here",
        },
        headers={"Authorization": f"Bearer {us.tokens()}", "Accept": "application/json"},
        timeout=10,
    )
    assert answer.status_code == 200, answer.text
    assert us.provider.find_existing(envelope.items) == {envelope.items[0].mark: posted}
    assert us.provider.versions([posted]) == {posted.thing: replace(posted, version="1")}

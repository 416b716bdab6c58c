"""Two clients that know nothing of this sandbox: intuit-oauth and python-quickbooks."""

from __future__ import annotations

import pytest
from intuitlib.client import AuthClient
from intuitlib.enums import Scopes
from intuitlib.exceptions import AuthClientError
from quickbooks import QuickBooks
from quickbooks.batch import batch_create
from quickbooks.exceptions import QuickbooksException
from quickbooks.objects import Account, Purchase, Vendor
from quickbooks.objects.base import Ref
from quickbooks.objects.detailline import AccountBasedExpenseLine, AccountBasedExpenseLineDetail

from .client import BACK, CLIENT, SCOPE, US, Server, fresh

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture
def auth(sandbox: Server) -> AuthClient:
    return AuthClient(*CLIENT, BACK, f"{sandbox.url}/.well-known/openid_sandbox_configuration/")


@pytest.fixture
def books(sandbox: Server, auth: AuthClient, monkeypatch: pytest.MonkeyPatch) -> QuickBooks:
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    auth.get_bearer_token(sandbox.consent()["code"], US)
    books = QuickBooks(auth_client=auth, refresh_token=auth.refresh_token, company_id=US, minorversion=75)
    books.api_url_v3 = f"{sandbox.url}/v3"
    return books


def test_intuit_oauth_connects_refreshes_and_revokes(sandbox: Server, auth: AuthClient) -> None:
    url = auth.get_authorization_url([Scopes.ACCOUNTING, Scopes.OPENID])
    assert url.startswith(f"{sandbox.url}/connect/oauth2?")
    auth.get_bearer_token(sandbox.consent(scope=f"{SCOPE} openid email")["code"], US)
    assert auth.id_token
    assert auth.get_user_info().json()["email"] == "robin@larkfield.example"
    before = auth.refresh_token
    auth.refresh()
    assert auth.refresh_token != before
    with pytest.raises(AuthClientError) as refused:
        auth.refresh(refresh_token=before)
    assert refused.value.status_code == 400
    assert auth.revoke() is True
    with pytest.raises(AuthClientError):
        auth.refresh()


def _ref(kind: str, number: str) -> Ref:
    ref = Ref()
    ref.type, ref.value = kind, number
    return ref


def _purchase(sandbox: Server, amount: float) -> Purchase:
    line = AccountBasedExpenseLine()
    line.Amount = amount
    line.AccountBasedExpenseLineDetail = AccountBasedExpenseLineDetail()
    line.AccountBasedExpenseLineDetail.AccountRef = _ref("Account", sandbox.seeded_id(US, "Account", "6110"))
    purchase = Purchase()
    purchase.PaymentType = "CreditCard"
    purchase.AccountRef = _ref("", sandbox.seeded_id(US, "Account", "2110"))
    purchase.EntityRef = _ref("Vendor", sandbox.seeded_id(US, "Vendor", "Staples"))
    purchase.DocNumber = fresh("P")
    purchase.Line = [line]
    return purchase


def test_python_quickbooks_creates_reads_and_deletes_a_charge(sandbox: Server, books: QuickBooks) -> None:
    saved = _purchase(sandbox, 42.5).save(qb=books, request_id=fresh("req"))
    found = Purchase.get(saved.Id, qb=books)
    assert (found.TotalAmt, found.EntityRef.name) == (42.5, "Staples")
    assert found.Line[0].AccountBasedExpenseLineDetail.AccountRef.name == "Office supplies"
    found.delete(qb=books)
    with pytest.raises(QuickbooksException):
        Purchase.get(saved.Id, qb=books)


def test_python_quickbooks_asks_and_counts(books: QuickBooks) -> None:
    names = {vendor.DisplayName for vendor in Vendor.all(qb=books, max_results=1000)}
    assert {"Figma Inc", "Delta Air Lines"} <= names
    assert Vendor.filter(qb=books, Active=True, DisplayName="Uber")[0].DisplayName == "Uber"
    assert Account.where("AccountType = 'Credit Card'", order_by="Name", qb=books)[0].Name == "Company Visa"
    assert Account.count("AccountType = 'Credit Card'", qb=books) == 2


def test_python_quickbooks_batches_with_bids_of_its_own(sandbox: Server, books: QuickBooks) -> None:
    good, bad = _purchase(sandbox, 1), _purchase(sandbox, -1)
    outcome = batch_create([good, bad], qb=books)
    assert [each.DocNumber for each in outcome.successes] == [good.DocNumber]
    assert outcome.faults[0].Error[0].code == "2290"


def test_python_quickbooks_meets_a_stale_vendor(books: QuickBooks) -> None:
    vendor = Vendor()
    vendor.DisplayName = fresh("V")
    saved = vendor.save(qb=books)
    saved.CompanyName = "One"
    saved.save(qb=books)
    with pytest.raises(QuickbooksException) as stale:
        saved.save(qb=books)
    assert stale.value.error_code == 5010

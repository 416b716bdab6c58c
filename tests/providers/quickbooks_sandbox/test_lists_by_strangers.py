"""The lists as python-quickbooks knows them: it sends every attribute, the unset ones as empty strings."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from quickbooks import QuickBooks
from quickbooks.exceptions import QuickbooksException
from quickbooks.helpers import qb_date_format
from quickbooks.objects import (
    Account,
    CompanyInfo,
    Customer,
    Department,
    Employee,
    Item,
    PaymentMethod,
    Preferences,
    Term,
    TimeActivity,
    Vendor,
)
from quickbooks.objects.base import Address, EmailAddress, PhoneNumber, WebAddress
from quickbooks.objects.companycurrency import CompanyCurrency
from quickbooks.objects.exchangerate import ExchangeRate
from quickbooks.objects.trackingclass import Class

from .client import US, Server, fresh
from .libraries import python_quickbooks

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture(scope="module")
def _server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("lists"))
    server.control(f"companies/{US}/preferences", {"MultiCurrencyEnabled": True})
    yield server
    server.kill()


@pytest.fixture
def books(_server: Server, monkeypatch: pytest.MonkeyPatch) -> QuickBooks:
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    return python_quickbooks(_server)


def _saved(books: QuickBooks, kind: Any, **told: Any) -> Any:
    """Saved, read again, changed by nothing and saved again: what is read is what was told."""
    thing = kind()
    for name, value in told.items():
        setattr(thing, name, value)
    made = thing.save(qb=books)
    found = kind.get(made.Id, qb=books)
    for name, value in told.items():
        if isinstance(value, str | int | float | bool):
            assert getattr(found, name) == value, name
    assert int(found.save(qb=books).SyncToken) == 1
    return kind.get(made.Id, qb=books)


def _part(kind: Any, **told: str) -> Any:
    part = kind()
    for name, value in told.items():
        setattr(part, name, value)
    return part


def test_a_customer_and_a_job(books: QuickBooks) -> None:
    name = fresh("King's Groceries")
    customer = _saved(
        books,
        Customer,
        **{"Title": "Mr", "GivenName": "James", "FamilyName": "King", "Suffix": "Jr", "CompanyName": name},
        **{"DisplayName": name, "BillAddr": _part(Address, Line1="123 Main", City="Mountain View", Country="U.S.A")},
        **{"PrimaryPhone": _part(PhoneNumber, FreeFormNumber="555-555-5555")},
        **{"PrimaryEmailAddr": _part(EmailAddress, Address="test@email.com")},
        **{"WebAddr": _part(WebAddress, URI="http://testurl.com")},
    )
    assert (customer.FullyQualifiedName, customer.BillAddr.Line1, customer.Balance) == (name, "123 Main", 0)
    job = _saved(books, Customer, DisplayName=fresh("Job"), Job=True, ParentRef=customer.to_ref())
    assert job.FullyQualifiedName == f"{name}:{job.DisplayName}"
    assert [each.Id for each in Customer.filter(DisplayName=name, qb=books)] == [customer.Id]


def test_a_vendor_and_an_employee(books: QuickBooks) -> None:
    name = fresh("Vendor")
    vendor = _saved(books, Vendor, DisplayName=name, AcctNum="4711", TaxIdentifier="", CompanyName=name)
    assert vendor.CurrencyRef.value == "USD"
    employee = _saved(
        books,
        Employee,
        **{"GivenName": "John", "FamilyName": fresh("Smith"), "HiredDate": qb_date_format(date(2020, 7, 22))},
        **{"PrimaryAddr": _part(Address, Line1="45 N. Elm Street", City="Middlefield")},
    )
    assert (employee.PrimaryAddr.Line1, employee.DisplayName[:4]) == ("45 N. Elm Street", "John")


def test_items_of_each_kind(books: QuickBooks) -> None:
    income = Account.where("AccountType = 'Income' and AccountSubType = 'SalesOfProductIncome'", qb=books)[0].to_ref()
    goods = _saved(books, Account, Name=fresh("Goods"), AccountSubType="SuppliesMaterialsCogs").to_ref()
    asset = _saved(books, Account, Name=fresh("Stock"), AccountSubType="Inventory").to_ref()
    accounts = {"IncomeAccountRef": income, "ExpenseAccountRef": goods, "AssetAccountRef": asset}
    stock = {"TrackQtyOnHand": True, "QtyOnHand": 10, "InvStartDate": "2015-01-01"}
    item = _saved(books, Item, Name=fresh("Item"), Type="Inventory", Sku="SKU-9", **stock, **accounts)
    assert (item.AssetAccountRef.value, item.Sku) == (asset.value, "SKU-9")
    assert Item.filter(Name=item.Name, qb=books)[0].Sku is None
    assert Item.query(f"SELECT *, Sku FROM Item WHERE Name = '{item.Name}'", qb=books)[0].Sku == "SKU-9"
    category = _saved(books, Item, Name=fresh("Category"), Type="Category")
    service = _saved(
        books, Item, Name=fresh("S"), Type="Service", SubItem=True, ParentRef=category.to_ref(), IncomeAccountRef=income
    )
    assert service.FullyQualifiedName == f"{category.Name}:{service.Name}"


def test_terms_methods_classes_and_departments(books: QuickBooks) -> None:
    _saved(books, Term, Name=fresh("Term"), DueDays=10)
    _saved(books, PaymentMethod, Name=fresh("Method"), Type="CREDIT_CARD")
    parent = _saved(books, Class, Name=fresh("Class"))
    child = _saved(books, Class, Name=fresh("Class"), SubClass=True, ParentRef=parent.to_ref())
    assert child.FullyQualifiedName == f"{parent.Name}:{child.Name}"
    _saved(books, Department, Name=fresh("Dept"))


def test_an_account_below_another(books: QuickBooks) -> None:
    parent = _saved(books, Account, Name=fresh("Parent"), AccountSubType="CashOnHand", AcctNum=fresh("")[-6:])
    child = _saved(books, Account, Name=fresh("C"), AccountType="Bank", SubAccount=True, ParentRef=parent.to_ref())
    assert (parent.AccountType, child.FullyQualifiedName) == ("Bank", f"{parent.Name}:{child.Name}")


def test_currencies_and_their_rates(books: QuickBooks) -> None:
    assert CompanyCurrency.get(1, qb=books).Name == "Canadian Dollar"
    rate = ExchangeRate.where("SourceCurrencyCode = 'EUR'", qb=books)[0]
    rate.Rate = wanted = rate.Rate + 1
    rate.save(qb=books)
    again = ExchangeRate.where("SourceCurrencyCode = 'EUR'", qb=books)[0]
    assert (again.Rate, again.TargetCurrencyCode) == (wanted, "USD")


def test_preferences_and_the_company_itself(books: QuickBooks) -> None:
    preferences = Preferences.get(qb=books)
    assert (preferences.Id, preferences.AccountingInfoPrefs.TaxYearMonth) == ("1", "January")
    preferences.SalesFormsPrefs.DefaultCustomerMessage = "Thank you"
    preferences.save(qb=books)
    assert Preferences.get(qb=books).SalesFormsPrefs.DefaultCustomerMessage == "Thank you"
    company = CompanyInfo.get(1, qb=books)
    company.LegalName = "Larkfield Incorporated"
    assert company.save(qb=books).LegalName == "Larkfield Incorporated"
    assert CompanyInfo.all(qb=books)[0].LegalName == "Larkfield Incorporated"


def test_time_is_written_changed_and_deleted(books: QuickBooks) -> None:
    span = {"StartTime": "2026-07-22T10:00:00-07:00", "EndTime": "2026-07-22T11:00:00-07:00"}
    worker = Employee.all(max_results=1, qb=books)[0].to_ref()
    time = _saved(books, TimeActivity, NameOf="Employee", EmployeeRef=worker, CostRate=50.0, **span)
    time.delete(qb=books)
    with pytest.raises(QuickbooksException):
        TimeActivity.get(time.Id, qb=books)

"""Whatever stands in a property: an answer or a Fault, never an error of the sandbox itself, and the books balance."""

from __future__ import annotations

import copy
import http.client
from collections.abc import Callable, Iterator
from decimal import Decimal
from random import Random
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
import simplejson

from integrations.providers.quickbooks.sandbox.model.entity import Entity
from integrations.providers.quickbooks.sandbox.model.fields import Field, Kind
from integrations.providers.quickbooks.sandbox.registry import ENTITIES

from .client import UK, US, Company, Json, Server, address
from .selling import item, sold, stock

SEED = 20261123
PATHS_PER_ENTITY = 45
#: Each type of JSON, and what has hurt readers of it before.
GARBAGE: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 7, 3.5, -0.005, 10**9, 10**12, 10**25, Decimal("9999999999.99999"), Decimal("1e-9")),
    *("", " ", "0", "-5", "1e999", "NaN", "²", "9" * 40, "abc", "ä", "\u20ac", "a:b", "\x00", "x" * 5000, "null"),
    *("9999-12-31", "0001-01-01", "2026-02-30", "9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+14:00"),
    *([], [[]], [None], ["x"], [{}], [{"Amount": 5}], {}, {"value": None}, {"value": "²"}, {"value": "9" * 40}),
    *({"value": {}}, {"value": "1", "type": ["x"]}, {"value": -1}, {"value": "1"}, {"value": True}, {"x": {"y": []}}),
    *([{"EntityRef": "x"}], [{"TxnId": {}, "TxnType": []}], [{"TxnId": "1", "TxnType": "Bill"}], [{"TxnId": "9" * 40}]),
)
Path = tuple[str, ...]


def paths(fields: tuple[Field, ...], above: Path = ()) -> Iterator[Path]:
    for each in fields:
        if each.kind is not Kind.IGNORED:
            yield (*above, each.name)
            yield from paths(each.parts, (*above, each.name))


def spoil(body: Json, path: Path, fields: tuple[Field, ...], value: Any) -> Json:
    """The body with the value at the end of the path; what leads there is made where it is missing."""
    here = next(each for each in fields if each.name == path[0])
    if len(path) == 1:
        return {**body, here.name: value}
    if here.kind is Kind.LINES:
        rows = list(body.get(here.name) or [{}])
        return {**body, here.name: [spoil(rows[0], path[1:], here.parts, value), *rows[1:]]}
    return {**body, here.name: spoil(body.get(here.name) or {}, path[1:], here.parts, value)}


class Wire:
    """One connection, for thousands of small requests; the library that the other tests use takes twice the time."""

    def __init__(self, company: Company) -> None:
        self._company = company
        self._connection = http.client.HTTPConnection(urlsplit(company.server.url).netloc, timeout=20)
        self._headers = {
            "Authorization": f"Bearer {company.access}",
            "Content-Type": "application/json",
            "Accept": "application/json",
        }

    def ask(self, method: str, path: str, body: Any = None) -> tuple[int, bytes]:
        sent = None if body is None else simplejson.dumps(body, use_decimal=True)
        self._connection.request(method, f"/v3/company/{self._company.realm}/{path}", sent, self._headers)
        answer = self._connection.getresponse()
        return answer.status, answer.read()

    def close(self) -> None:
        self._connection.close()


def _told(status: int, body: bytes) -> bool:
    """Done, or refused in QuickBooks' own words."""
    if status not in (200, 400) or b"Traceback" in body:
        return False
    answer = simplejson.loads(body)
    return status == 200 or bool(answer["Fault"]["Error"][0]["code"])


def _side(company: Company, side: str, number: str, **more: Any) -> Json:
    detail = {"PostingType": side, "AccountRef": company.ref(number), **more}
    return {"Amount": 10, "DetailType": "JournalEntryLineDetail", "JournalEntryLineDetail": detail}


def samples(company: Company, stem: str) -> dict[str, Callable[[int], Json]]:
    """A correct body of each entity, by a number that keeps its names apart from others."""
    us = company
    tax = {} if us.realm == US else {"GlobalTaxCalculation": "NotApplicable"}
    vendor = {"VendorRef": {"value": us.vendor("Staples" if us.realm == US else "Ryman Stationery")}}
    customer = {"value": us.create("Customer", {"DisplayName": f"{stem} owner"})["Id"]}
    product, counted = item(us), stock(us)
    sale = {"CustomerRef": customer, "Line": [sold(product, 10), sold(counted, 5, Qty=1, UnitPrice=5)], **tax}
    invoice = us.create("Invoice", sale)
    bill = us.create("Bill", {**vendor, "Line": [us.line()], **tax})
    receipt = us.create("SalesReceipt", sale)
    employee = us.create("Employee", {"GivenName": stem, "FamilyName": "Worker"})
    entry = [_side(us, "Debit", "6110"), _side(us, "Credit", "1010")]
    bank = {"CheckPayment": {"BankAccountRef": us.ref("1010")}}
    paid = {"Amount": 0.01, "LinkedTxn": [{"TxnId": bill["Id"], "TxnType": "Bill"}]}
    got = {"Amount": 0.01, "LinkedTxn": [{"TxnId": invoice["Id"], "TxnType": "Invoice"}]}
    other = {"Amount": 7, "DetailType": "DepositLineDetail", "DepositLineDetail": {"AccountRef": us.ref("4950")}}
    worked = {"NameOf": "Employee", "EmployeeRef": {"value": employee["Id"]}, "Hours": 1, "TxnDate": "2026-08-01"}
    sold_by = {"Type": "Service", "IncomeAccountRef": us.ref("4100")}
    into = {"DepositToAccountRef": us.ref("1010")}
    return {
        "Account": lambda n: {"Name": f"{stem} {n}", "AccountType": "Expense"},
        "Class": lambda n: {"Name": f"{stem} {n}"},
        "Department": lambda n: {"Name": f"{stem} {n}"},
        "Vendor": lambda n: {"DisplayName": f"{stem} vendor {n}"},
        "Customer": lambda n: {"DisplayName": f"{stem} customer {n}"},
        "Employee": lambda n: {"GivenName": stem, "FamilyName": f"Nr {n}"},
        "Item": lambda n: {"Name": f"{stem} {n}", **sold_by},
        "Term": lambda n: {"Name": f"{stem} {n}", "DueDays": 30},
        "PaymentMethod": lambda n: {"Name": f"{stem} {n}"},
        "TimeActivity": lambda n: worked,
        "Purchase": lambda n: us.charge(),
        "Bill": lambda n: {**vendor, "Line": [us.line()], **tax},
        "VendorCredit": lambda n: {**vendor, "Line": [us.line()], **tax},
        "BillPayment": lambda n: {**vendor, "PayType": "Check", **bank, "TotalAmt": 0.01, "Line": [paid]},
        "JournalEntry": lambda n: {"Line": entry},
        "Transfer": lambda n: us.transfer(),
        "CreditCardPaymentTxn": lambda n: us.card_payment(),
        **{kind: lambda n: sale for kind in ("Invoice", "CreditMemo", "Estimate")},
        **{kind: lambda n: {**sale, **into} for kind in ("SalesReceipt", "RefundReceipt")},
        "Payment": lambda n: {"CustomerRef": customer, "TotalAmt": 0.01, "Line": [got]},
        "Deposit": lambda n: {"DepositToAccountRef": us.ref("1010"), "Line": [other]},
        "PurchaseOrder": lambda n: {**vendor, "Line": [us.line()], **tax},
        "CompanyCurrency": lambda n: {"Code": "CAD"},
        "ExchangeRate": lambda n: {"SourceCurrencyCode": us_currency(us), "Rate": 1, "AsOfDate": "2026-08-01"},
        "CompanyInfo": lambda n: us.query("select * from CompanyInfo")["CompanyInfo"][0],
        "Preferences": lambda n: us.query("select * from Preferences")["Preferences"][0],
        "Attachable": lambda n: {
            "Note": "x",
            "AttachableRef": [{"EntityRef": {"type": "SalesReceipt", "value": receipt["Id"]}}],
        },
    }


def us_currency(company: Company) -> str:
    return "USD" if company.realm == US else "GBP"


@pytest.fixture(params=[US, UK])
def company(own: Callable[..., Server], request: pytest.FixtureRequest) -> Company:
    """Fresh books with several currencies, which nobody else has to live in."""
    company = own().company(request.param)
    several = {"MultiCurrencyEnabled": True, "ClassTrackingPerTxnLine": True, "TrackDepartments": True}
    company.server.control(f"companies/{company.realm}/preferences", several)
    return company


def _spoilt(random: Random, entity: Entity, body: Json) -> Iterator[tuple[Path, Json]]:
    known = list(paths(entity.fields))
    for path in random.sample(known, min(PATHS_PER_ENTITY, len(known))):
        yield path, spoil(copy.deepcopy(body), path, entity.fields, copy.deepcopy(random.choice(GARBAGE)))


def test_garbage_in_any_property_is_taken_or_refused(company: Company) -> None:
    random, wire, number = Random(SEED), Wire(company), 0
    bodies = samples(company, "Garbage")
    for entity in ENTITIES:
        if entity.name not in bodies:
            continue
        for path, body in _spoilt(random, entity, bodies[entity.name](0)):
            number += 1
            fresh = {**bodies[entity.name](number), **({path[0]: body[path[0]]} if path[0] in body else {})}
            status, answer = wire.ask("POST", address(entity.name), fresh)
            assert _told(status, answer), (entity.name, path, fresh[path[0]], answer[:300])
    _still_books(company, wire)
    wire.close()


def _still_books(company: Company, wire: Wire) -> None:
    rows = company.server.control(f"companies/{company.realm}/balances", method="GET")["accounts"]
    assert sum(Decimal(row["balance"]) for row in rows) == 0
    for name in ("TrialBalance", "BalanceSheet", "GeneralLedger", "AgedPayables", "AgedReceivables"):
        status, answer = wire.ask("GET", f"reports/{name}?start_date=2000-01-01&end_date=2030-01-01")
        assert status == 200, (name, answer[:300])


#: What a value may be asked for with: of the property's own kind, and of every other.
_LITERALS = ("'a'", "''", "'2026-08-01'", "'2026-08-01T00:00:00Z'", "'-1'", "1", "1.5", "true", "'9999999999999999999'")
_ASKED = (
    *(f"{operator} {literal}" for operator in ("=", "<", ">=") for literal in _LITERALS),
    *("IN ('1', '2')", "IN ('a', 'true', '')", "LIKE '%a_b%'", "LIKE ''", "LIKE '%'"),
)


def test_every_property_that_may_be_asked_for_can_be(company: Company) -> None:
    random, wire = Random(SEED), Wire(company)
    for entity in ENTITIES:
        for name in entity.searchable:
            asked = [f"where {name} {each}" for each in random.sample(_ASKED, 6)]
            for clause in (*asked, f"orderby {name} desc", f"where Id > '0' orderby {name}"):
                statement = f"select * from {entity.address or entity.name} {clause} maxresults 5"
                status, answer = wire.ask("GET", f"query?query={quote(statement)}")
                assert _told(status, answer), (statement, answer[:300])
    wire.close()

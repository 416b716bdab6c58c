"""What all transactions share: the closing date, one currency, and how they reach the journal (§9.3, §9.6)."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from ..books.books import Books
from ..books.journal import Posting
from ..books.record import Record
from ..model.money import cents, from_units, to_units
from ..model.reading import refuse_foreign
from ..wire.json import Json
from ..wire.refusals import Refusal, business, missing
from . import currencies

#: Whose name a line on an account of this type must carry.
OWNERS = {"Accounts Receivable": "Customer", "Accounts Payable": "Vendor"}
CLOSED = (
    "The account period has closed and the account books cannot be updated through the QBO Services API. "
    "Please use the QBO website to make these changes."
)


def check_dates(books: Books, body: Json, before: Record | None) -> None:
    body.setdefault("TxnDate", books.today)
    check_open(books, body["TxnDate"])
    if before is not None:
        check_open(books, before.body["TxnDate"])


def check_open(books: Books, day: str) -> None:
    closed_until = books.preference("AccountingInfoPrefs", "BookCloseDate")
    if closed_until and day <= closed_until:
        raise Refusal("6210", CLOSED, element="TxnDate")


def account(books: Books, body: Json, name: str, kinds: tuple[str, ...]) -> Record:
    """The account a required property names, if it is of a kind that may stand there (§9.3)."""
    if name not in body:
        raise missing(name)
    found = books.resolve(body[name], "Account", field_name=name)
    if found.body["AccountType"] not in kinds:
        raise wrong_type(name)
    return found


def control_account(books: Books, body: Json, name: str, kind: str) -> Record:
    """The payable or receivable account of a document: the one it names, else the company's first of that kind."""
    if name in body:
        return account(books, body, name, (kind,))
    found = books.account_of("AccountType", kind)
    if found is None:
        raise business(f"The company has no account of the type {kind}.")
    body[name] = {"value": str(found.id)}
    return found


def wrong_type(element: str) -> Refusal:
    detail = "You need to select a different type of account for this transaction."
    return Refusal("6430", detail, element=element)


def check_currency(books: Books, body: Json, accounts: Iterable[Record], party: Record | None = None) -> None:
    """§9.6: one currency for transaction, accounts and vendor or customer; the home currency needs no rate."""
    home = books.company.currency
    currency = body.get("CurrencyRef", {}).get("value", home)
    body["CurrencyRef"] = {"value": currency}
    if not books.preference("CurrencyPrefs", "MultiCurrencyEnabled"):
        body.pop("ExchangeRate", None)
        if currency != home:
            raise refuse_foreign(currency, home)
        return
    currencies.require(books, currency, "CurrencyRef")
    fits = all(each.body["CurrencyRef"]["value"] in (currency, home) for each in accounts)
    if party is not None and party.entity != "Employee":
        fits = fits and party.body["CurrencyRef"]["value"] == currency
    if not fits:
        raise business("You can only use one foreign currency per transaction.")
    if currency != home and "ExchangeRate" not in body:
        raise Refusal("2410", "Curreny, ExchangeRate is missing.", element="ExchangeRate")
    body.setdefault("ExchangeRate", 1)


def check_owner(account: Record, name: Record | None) -> None:
    """What is owed is owed to or by somebody: a line on the account of debts carries their name."""
    kind = account.body["AccountType"]
    owner = OWNERS.get(kind)
    if owner and (name is None or name.entity != owner):
        raise business(f"When you use {kind}, you must choose a {owner.lower()} in the Name field.")


def check_line_account(books: Books, body: Json, account: Record) -> None:
    """An account in a foreign currency is moved in that alone."""
    if account.body["CurrencyRef"]["value"] not in (body["CurrencyRef"]["value"], books.company.currency):
        raise business("You can only use one foreign currency per transaction.")


def numbered(lines: Any, before: Record | None, *, first: int = 1, required: bool = True) -> list[Json]:
    """A line keeps its identity by Id; one without is new (§4.1)."""
    if not lines and required:
        raise Refusal("2250", "At least one line is needed", element="Line")
    known = {line["Id"] for line in before.body.get("Line", ()) if "Id" in line} if before else set()
    highest = max((int(number) for number in known), default=first - 1)
    rows = []
    for line in lines or ():
        number = line.get("Id")
        if number in known:
            known.discard(number)
        else:
            highest += 1
            number = str(highest)
        rows.append({**line, "Id": number})
    return rows


def total(lines: Iterable[Json]) -> Decimal | int:
    return from_units(sum(to_units(line["Amount"]) for line in lines))


def at_home(body: Json, native: int) -> int:
    """Units of the transaction's currency in the home currency, to the cent where a rate is involved."""
    rate = body.get("ExchangeRate", 1)
    return native if rate == 1 else cents(Decimal(from_units(native)) * Decimal(rate))


def posting(body: Json, account: str | int, native: int, **more: Any) -> Posting:
    return Posting(int(account), at_home(body, native), native, **more)


def against(account: str | int, postings: list[Posting], **more: Any) -> Posting:
    """What brings the others to zero."""
    debit, native = sum(each.debit for each in postings), sum(each.native for each in postings)
    return Posting(int(account), -debit, -native, **more)


def number_of(reference: Json | None) -> int | None:
    return int(reference["value"]) if reference else None


def number_taken(number: str, word: str, holder: int) -> Refusal:
    return Refusal(
        "6140",
        "Duplicate Document Number Error : You must specify a different number. This number has already been "
        f"used. DocNumber={number} is assigned to TxnType={word} with TxnId={holder}",
    )


def name_value(name: str, value: str) -> Json:
    """A fact about a transaction or a line, in the way of Java (§9.7)."""
    return {
        "name": "{http://schema.intuit.com/finance/v3}NameValue",
        "declaredType": "com.intuit.schema.finance.v3.NameValue",
        "scope": "javax.xml.bind.JAXBElement$GlobalScope",
        "value": {"Name": name, "Value": value},
        "nil": False,
        "globalScope": True,
        "typeSubstituted": False,
    }


def voided(books: Books, record: Record) -> Json:
    """§4.2: amounts become zero and the note says so."""
    body = {**record.body, "PrivateNote": "Voided", "TotalAmt": 0}
    if "Line" in body:
        body["Line"] = [{**line, "Amount": 0} for line in body["Line"]]
    return body

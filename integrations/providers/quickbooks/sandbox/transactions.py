"""What all transactions share: the closing date, one currency, and how they move balances (§9.3, §9.6)."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from .books import CURRENCIES, Books, Record
from .money import to_units
from .reading import refuse_foreign
from .refusals import Refusal, business, missing
from .wire import Json

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


def wrong_type(element: str) -> Refusal:
    detail = "You need to select a different type of account for this transaction."
    return Refusal("6430", detail, element=element)


def check_currency(books: Books, body: Json, accounts: Iterable[Record], payee: Record | None = None) -> None:
    """§9.6: one currency for transaction, accounts and vendor; the home currency needs no rate."""
    home = books.company.currency
    currency = body.get("CurrencyRef", {}).get("value", home)
    body["CurrencyRef"] = {"value": currency}
    if not books.preference("CurrencyPrefs", "MultiCurrencyEnabled"):
        body.pop("ExchangeRate", None)
        if currency != home:
            raise refuse_foreign(currency, home)
        return
    if currency not in CURRENCIES:
        raise Refusal("2500", f"Invalid Reference Id : Currencies element id {currency} not found", element="")
    fits = all(each.body["CurrencyRef"]["value"] in (currency, home) for each in accounts)
    if payee is not None and payee.entity.name == "Vendor":
        fits = fits and payee.body["CurrencyRef"]["value"] == currency
    if not fits:
        raise business("You can only use one foreign currency per transaction.")
    if currency != home and "ExchangeRate" not in body:
        raise Refusal("2410", "Curreny, ExchangeRate is missing.", element="ExchangeRate")
    body.setdefault("ExchangeRate", 1)


def at_home(body: Json, amount: Decimal | int) -> int:
    """Balances are in the home currency."""
    return int(to_units(amount) * Decimal(body.get("ExchangeRate", 1)))


def number_taken(number: str, word: str, holder: int) -> Refusal:
    return Refusal(
        "6140",
        "Duplicate Document Number Error : You must specify a different number. This number has already been "
        f"used. DocNumber={number} is assigned to TxnType={word} with TxnId={holder}",
    )

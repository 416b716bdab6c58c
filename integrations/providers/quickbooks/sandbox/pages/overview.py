"""What a company has, owes and has been told last."""

from __future__ import annotations

from collections.abc import Sequence

from ..books.books import Books
from ..books.record import Record
from ..entities import account as accounts
from ..model.money import to_units
from . import words
from .booked import written_last
from .frame import Reader, Shown
from .gathering import gather
from .listing import documents
from .markup import Html, html, joined, link
from .tables import Column, Row, empty, section, table

NEWEST = 12
BILLS = 8
MONEY = ("Bank", "Credit Card", "Accounts Receivable", "Accounts Payable")
_OPEN = "realm = ? AND entity = 'Bill' AND open > 0"


def overview(reader: Reader) -> Shown:
    books = reader.books
    newest = written_last(books, NEWEST)
    last = documents(reader, newest, "Written last", written=True) if newest else _nothing()
    every = link(f"{reader.base}/transactions", "All transactions")
    parts = [section("Written last", last, every), html('<div class="two">{}{}</div>', _money(reader), _bills(reader))]
    return Shown(books.company.name, joined(parts), _closed(books), _above(books), at=reader.base, live=True)


def _above(books: Books) -> str:
    company = books.company
    return f"Company {company.realm} · {books.plan} · amounts in {company.currency} · today {words.day(books.today)}"


def _closed(books: Books) -> Html | str:
    until = books.preference("AccountingInfoPrefs", "BookCloseDate")
    return html("<p>Books are closed up to {}.</p>", words.day(until)) if until else ""


def _nothing() -> Html:
    return empty("No transactions yet.", "What an app writes appears here by itself.")


def _money(reader: Reader) -> Html:
    """Cash, cards and what is owed, each on its own side: what a card owes is a positive number."""
    totals = reader.books.totals("balance")
    kinds = [(kind, list(_of_kind(reader.books, kind))) for kind in MONEY]
    rows = [_account(reader, each, totals) for _, found in kinds for each in found]
    columns = (Column("Account", "main"), Column("Type", "kind"), Column(reader.books.company.currency, "num key"))
    chart = link(f"{reader.base}/accounts", "Chart of accounts")
    said = "No active account is of a type that holds money or what is owed."
    listed = table(columns, rows, caption="Accounts with money") if rows else empty("No such account yet.", said)
    return section("Cash, cards and what is owed", listed, chart)


def _of_kind(books: Books, kind: str) -> Sequence[Record]:
    query = (
        "SELECT * FROM object WHERE realm = ? AND entity = 'Account' AND active"
        " AND json_extract(body, '$.AccountType') = ? ORDER BY json_extract(body, '$.AcctNum'), id LIMIT 20"
    )
    return [Record.from_row(row) for row in books.db.execute(query, (books.realm, kind))]


def _account(reader: Reader, record: Record, totals: dict[int, int]) -> Row:
    units = accounts.own_side(record) * totals.get(record.id, 0)
    return Row((reader.named(record, words.account_name(record)), record.body["AccountType"], words.amount(units)))


def _bills(reader: Reader) -> Html:
    books = reader.books
    query = f"SELECT * FROM object INDEXED BY object_open WHERE {_OPEN} ORDER BY txn_date LIMIT {BILLS + 1}"
    rows = [Record.from_row(row) for row in books.db.execute(query, (books.realm,))]
    if not rows:
        return section("Open bills", empty("No bill is open."))
    found = gather(books, (("Vendor", int(row.body["VendorRef"]["value"])) for row in rows))
    columns = (Column("Due", "date"), Column("Vendor", "main"), Column("Bill", "code"), Column("Open", "num key"))
    listed = table(
        columns,
        (_bill(reader, row, found.get(("Vendor", int(row.body["VendorRef"]["value"])))) for row in rows[:BILLS]),
        caption="Open bills, oldest first",
        foot=_total(books),
    )
    return section("Open bills", listed, link(f"{reader.base}/transactions?type=Bill", "All bills"))


def _total(books: Books) -> tuple[object, ...]:
    """What is open of them all, in each currency: pounds are never added to dollars."""
    currency = "json_extract(body, '$.CurrencyRef.value')"
    query = f"SELECT {currency}, count(*), sum(open) FROM object INDEXED BY object_open WHERE {_OPEN} GROUP BY 1"
    found = books.db.execute(query, (books.realm,)).fetchall()
    count, home = sum(each[1] for each in found), books.company.currency
    totals = (html("<div>{}{}</div>", _foreign(each[0], home), words.amount(each[2])) for each in found)
    return "", words.counted(count, "open bill"), "", joined(totals)


def _foreign(currency: str | None, home: str) -> Html | str:
    return html('<span class="chip">{}</span> ', currency) if currency and currency != home else ""


def _bill(reader: Reader, bill: Record, vendor: Record | None) -> Row:
    body = bill.body
    number = reader.named(bill, body.get("DocNumber") or f"no. {bill.id}")
    due = words.day(body.get("DueDate") or body["TxnDate"])
    foreign = _foreign(body.get("CurrencyRef", {}).get("value"), reader.books.company.currency)
    left = html("{}{}", foreign, words.amount(to_units(body.get("Balance") or 0)))
    return Row((due, reader.named(vendor), number, left))

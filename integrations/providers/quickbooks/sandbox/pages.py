"""The books as a person reads them: companies, expenses, accounts with balances."""

from __future__ import annotations

from datetime import date
from html import escape

from starlette.responses import Response

from . import accounts
from .books import Books, Company, Record, companies
from .look import NOTICE, page
from .money import from_units, to_units
from .refusals import GatewayRefusal
from .sandbox import Call, Sandbox
from .wire import Json
from .writing import reading

PER_PAGE = 200
CURRENCY_SIGNS = {"USD": "$", "GBP": "£", "EUR": "€"}


class Pages:
    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def home(self, call: Call) -> Response:
        with self._sandbox.store.reading() as db:
            rows = "".join(_company_link(each) for each in companies(db))
        body = (
            '<div class="head"><div><h1>Companies</h1><p>Choose one to read its books.</p></div></div>'
            f'<ul class="list">{rows}</ul><p class="small" style="margin-top:20px">{NOTICE}</p>'
        )
        return page("Companies", body, width="narrow")

    def company(self, call: Call) -> Response:
        number = call.query.get("page", "1")
        at = max(int(number), 1) if number.isdigit() and len(number) < 9 else 1
        try:
            with reading(self._sandbox, call.path["realm"]) as books:
                return page(books.company.name, _company(books, at), width="wide")
        except GatewayRefusal:
            body = '<div class="head"><h1>No such company</h1></div><p><a href="/">All companies</a></p>'
            return page("No such company", body, width="narrow", status=404)


def _company_link(company: Company) -> str:
    return (
        f'<li><a href="/companies/{company.realm}"><b>{escape(company.name)}</b>'
        f'<span class="small">{company.currency} · {company.realm}</span></a></li>'
    )


def _company(books: Books, at: int) -> str:
    company = books.company
    query = "SELECT count(*) AS total FROM object WHERE realm = ? AND entity = 'Purchase'"
    total = int(books.db.execute(query, (books.realm,)).fetchone()["total"])
    return (
        f'<div class="head"><div><p class="small">Company {company.realm} · amounts in {company.currency}</p>'
        f"<h1>{escape(company.name)}</h1></div>{_closed(books)}</div>"
        f'<div class="columns"><section aria-labelledby="expenses"><h2 id="expenses">Expenses'
        f' <a class="jump small" href="#accounts">To the accounts</a></h2>{_expenses(books, at, total)}</section>'
        f'<section aria-labelledby="accounts"><h2 id="accounts">Accounts</h2>{_accounts(books)}</section></div>'
    )


def _closed(books: Books) -> str:
    until = books.preference("AccountingInfoPrefs", "BookCloseDate")
    return f"<p>Books are closed up to {_day(until)}.</p>" if until else ""


def _expenses(books: Books, at: int, total: int) -> str:
    if not total:
        return (
            '<div class="empty"><b>No expenses yet.</b><p>A card charge that is posted to this company '
            "appears here within the same second.</p></div>"
        )
    rows = "".join(_expense(books, record) for record in _page(books, at))
    return (
        '<table class="expenses"><thead><tr><th>Date</th><th>Payee</th><th>Account</th><th>Number</th>'
        f'<th class="num">{books.company.currency}</th></tr></thead><tbody>{rows}</tbody></table>{_turning(at, total)}'
    )


def _page(books: Books, at: int) -> list[Record]:
    query = (
        "SELECT * FROM object WHERE realm = ? AND entity = 'Purchase' ORDER BY txn_date DESC, id DESC LIMIT ? OFFSET ?"
    )
    return [Record.from_row(row) for row in books.db.execute(query, (books.realm, PER_PAGE, (at - 1) * PER_PAGE))]


def _expense(books: Books, record: Record) -> str:
    body = record.body
    refund = bool(body.get("Credit"))
    units = to_units(body["TotalAmt"]) * (-1 if refund else 1)
    chip = ' <span class="chip">refund</span>' if refund else ""
    return (
        f'<tr id="Purchase-{record.id}"><td class="date">{_day(body["TxnDate"])}</td>'
        f'<td class="payee">{_payee(books, body)}{chip}</td>'
        f'<td class="to">{_spent_on(books, body)}</td><td class="code">{escape(body.get("DocNumber", ""))}</td>'
        f'<td class="num">{_money(units, "")}</td></tr>'
    )


def _payee(books: Books, body: Json) -> str:
    payee = body.get("EntityRef")
    record = books.find(payee["type"], int(payee["value"])) if payee else None
    return escape(record.title) if record else '<span class="off">No payee</span>'


def _spent_on(books: Books, body: Json) -> str:
    numbers = {int(line["AccountBasedExpenseLineDetail"]["AccountRef"]["value"]) for line in body["Line"]}
    if len(numbers) > 1:
        return f"Split over {len(numbers)} accounts"
    record = books.find("Account", numbers.pop())
    return escape(_account_label(record)) if record else ""


def _account_label(account: Record) -> str:
    return f"{account.body.get('AcctNum', '')} {account.body['Name']}".strip()


def _turning(at: int, total: int) -> str:
    first, last = (at - 1) * PER_PAGE + 1, min(at * PER_PAGE, total)
    newer = f'<a href="?page={at - 1}">Newer</a>' if at > 1 else ""
    older = f'<a href="?page={at + 1}">Older</a>' if last < total else ""
    return f'<div class="pages small"><span>{first} to {last} of {total}</span><span>{newer} {older}</span></div>'


def _accounts(books: Books) -> str:
    sign = CURRENCY_SIGNS.get(books.company.currency, "")
    rows, group = "", ""
    for record in sorted(books.all("Account"), key=lambda each: str(each.body.get("AcctNum", "~"))):
        if record.body["Classification"] != group:
            group = record.body["Classification"]
            rows += f'<tr class="group"><td colspan="2">{group}</td></tr>'
        rows += _account(books, record, sign)
    return f"<table><tbody>{rows}</tbody></table>"


def _account(books: Books, record: Record, sign: str) -> str:
    units = to_units(accounts.derived(books, record)["CurrentBalance"])
    style = ("" if record.active else " off") + (" sub" if record.body.get("ParentRef") else "")
    chip = "" if record.active else ' <span class="chip">inactive</span>'
    number = escape(str(record.body.get("AcctNum", "")))
    return (
        f'<tr><td class="{style.strip()}"><span class="code">{number}</span> {escape(record.body["Name"])}{chip}</td>'
        f'<td class="num">{_money(units, sign)}</td></tr>'
    )


def _money(units: int, sign: str) -> str:
    """Two decimals always, more only where the books hold more; the minus stands before the sign."""
    whole, _, rest = str(from_units(abs(units))).partition(".")
    return f"{'−' if units < 0 else ''}{sign}{int(whole):,}.{rest:0<2}"


def _day(day: str) -> str:
    when = date.fromisoformat(day)
    return f"{when.day} {when:%b %Y}"

"""The books as a person reads them: companies, expenses, accounts with balances."""

from __future__ import annotations

from datetime import date
from html import escape
from urllib.parse import urlencode

from starlette.responses import Response

from ..api.writing import reading
from ..books.books import Books, Company, companies
from ..books.record import Record
from ..entities import account as accounts
from ..entities import card_payment, transfer
from ..model.money import to_text, to_units
from ..sandbox import Call, Sandbox
from ..wire.json import Json
from ..wire.refusals import GatewayRefusal
from . import register
from .look import NOTICE, page
from .register import Found

CLASSIFICATIONS = ("Asset", "Liability", "Equity", "Revenue", "Expense")
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
        at = max(int(number), 1) if number.isdecimal() and len(number) < 9 else 1
        try:
            with reading(self._sandbox, call.path["realm"]) as books:
                found = register.sought(books, call.query.get("q", "").strip(), at)
                return page(books.company.name, _company(books, found), width="wide")
        except GatewayRefusal:
            body = '<div class="head"><h1>No such company</h1></div><p><a href="/">All companies</a></p>'
            return page("No such company", body, width="narrow", status=404)


def _company_link(company: Company) -> str:
    return (
        f'<li><a href="/companies/{company.realm}"><b>{escape(company.name)}</b>'
        f'<span class="small">{company.currency} · {company.realm}</span></a></li>'
    )


def _company(books: Books, found: Found) -> str:
    company = books.company
    return (
        f'<div class="head"><div><p class="small">Company {company.realm} · amounts in {company.currency}</p>'
        f"<h1>{escape(company.name)}</h1></div>{_closed(books)}</div>"
        f'<div class="columns"><section aria-labelledby="journal"><h2 id="journal">Transactions'
        f' <a class="jump small" href="#accounts">To the accounts</a></h2>{_search(found)}{_journal(books, found)}'
        f'</section><section aria-labelledby="accounts"><h2 id="accounts">Accounts</h2>{_accounts(books)}'
        f"</section></div>"
    )


def _closed(books: Books) -> str:
    until = books.preference("AccountingInfoPrefs", "BookCloseDate")
    return f"<p>Books are closed up to {_day(until)}.</p>" if until else ""


def _search(found: Found) -> str:
    return (
        '<form class="search" role="search"><input type="search" name="q" aria-label="Search transactions" '
        f'placeholder="Payee, number, note or amount" value="{escape(found.words)}">'
        '<button class="quiet">Search</button></form>'
    )


def _journal(books: Books, found: Found) -> str:
    if not found.records:
        return _nothing(found)
    rows = "".join(_row(books, record) for record in found.records)
    return (
        '<table class="expenses"><thead><tr><th>Date</th><th>Payee</th><th>Account</th><th>Number</th>'
        f'<th class="num">{books.company.currency}</th></tr></thead><tbody>{rows}</tbody></table>{_turning(found)}'
    )


def _nothing(found: Found) -> str:
    words = escape(found.words)
    if words:
        return f'<div class="empty"><b>Nothing found for “{words}”.</b><p><a href="?">Show all</a></p></div>'
    return (
        '<div class="empty"><b>No transactions yet.</b><p>A card charge that is posted to this company '
        "appears here within the same second.</p></div>"
    )


def _row(books: Books, record: Record) -> str:
    payee, account = _expense(books, record) if record.entity == "Purchase" else _moved(books, record)
    body = record.body
    units = to_units(body.get("TotalAmt") or body.get("Amount") or 0) * (-1 if body.get("Credit") else 1)
    return (
        f'<tr id="{record.entity}-{record.id}"><td class="date">{_day(body["TxnDate"])}</td>'
        f'<td class="payee">{payee}</td><td class="to">{account}</td>'
        f'<td class="code">{escape(body.get("DocNumber") or body.get("CheckNum", ""))}</td>'
        f'<td class="num">{_money(units, "")}</td></tr>'
    )


def _expense(books: Books, record: Record) -> tuple[str, str]:
    payee = record.body.get("EntityRef")
    holder = books.find(payee["type"], int(payee["value"])) if payee else None
    name = escape(holder.title) if holder else '<span class="off">No payee</span>'
    chip = ' <span class="chip">refund</span>' if record.body.get("Credit") else ""
    return name + chip, _spent_on(books, record.body) + _dimensions(books, record.body)


def _spent_on(books: Books, body: Json) -> str:
    numbers = {line["AccountBasedExpenseLineDetail"]["AccountRef"]["value"] for line in body["Line"]}
    return f"Split over {len(numbers)} accounts" if len(numbers) > 1 else _account_name(books, numbers.pop())


def _dimensions(books: Books, body: Json) -> str:
    classes = [line["AccountBasedExpenseLineDetail"].get("ClassRef") for line in body["Line"]]
    wanted = [("Class", each["value"]) for each in classes if each]
    if "DepartmentRef" in body:
        wanted.append(("Department", body["DepartmentRef"]["value"]))
    found = [books.find(entity, int(number)) for entity, number in dict.fromkeys(wanted)]
    names = " · ".join(escape(each.title) for each in found if each)
    return f'<div class="small">{names}</div>' if names else ""


def _moved(books: Books, record: Record) -> tuple[str, str]:
    word, move = ("Transfer", transfer.MOVE) if "FromAccountRef" in record.body else ("Card payment", card_payment.MOVE)
    source, target = (_account_name(books, record.body[side]["value"]) for side in (move.source, move.target))
    return f'<span class="chip">{word}</span>', f"{source} → {target}"


def _account_name(books: Books, number: str) -> str:
    account = books.find("Account", int(number))
    return escape(f"{account.body.get('AcctNum', '')} {account.body['Name']}".strip()) if account else ""


def _turning(found: Found) -> str:
    def turn(word: str, at: int) -> str:
        return f'<a href="?{escape(urlencode({"q": found.words, "page": at}))}">{word}</a>'

    newer = turn("Newer", found.at - 1) if found.at > 1 else ""
    older = turn("Older", found.at + 1) if found.more else ""
    total = f" of {found.total}" if found.total is not None else ""
    first = found.first
    return (
        f'<div class="pages small"><span>{first} to {first + len(found.records) - 1}{total}</span>'
        f"<span>{newer} {older}</span></div>"
    )


def _accounts(books: Books) -> str:
    sign = CURRENCY_SIGNS.get(books.company.currency, "")
    totals = books.totals("balance")
    rows, group = "", ""
    for record in sorted(books.all("Account"), key=_place):
        if record.body["Classification"] != group:
            group = record.body["Classification"]
            rows += f'<tr class="group"><td colspan="2">{group}</td></tr>'
        rows += _account(record, accounts.own_side(record) * totals.get(record.id, 0), sign)
    return f"<table><tbody>{rows}</tbody></table>"


def _place(account: Record) -> tuple[int, str]:
    """By kind, then by number; what has no number comes last."""
    return CLASSIFICATIONS.index(account.body["Classification"]), str(account.body.get("AcctNum", "~"))


def _account(record: Record, units: int, sign: str) -> str:
    style = ("" if record.active else " off") + (" sub" if record.body.get("ParentRef") else "")
    chip = "" if record.active else ' <span class="chip">inactive</span>'
    number = escape(str(record.body.get("AcctNum", "")))
    return (
        f'<tr><td class="{style.strip()}"><span class="code">{number}</span> {escape(record.body["Name"])}{chip}</td>'
        f'<td class="num">{_money(units, sign)}</td></tr>'
    )


def _money(units: int, sign: str) -> str:
    """Two decimals always, more only where the books hold more; the minus stands before the sign."""
    whole, _, rest = to_text(abs(units)).partition(".")
    return f"{'−' if units < 0 else ''}{sign}{int(whole):,}.{rest}"


def _day(day: str) -> str:
    when = date.fromisoformat(day)
    return f"{when.day} {when:%b %Y}"

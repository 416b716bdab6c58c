"""The frame of every page of a company: whose books these are, the way to the others, and what went wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from starlette.responses import Response

from ..api.writing import aside
from ..books.books import Books, Company
from ..books.record import Record
from ..sandbox import Call, Sandbox
from ..wire.refusals import GatewayRefusal
from . import look, words
from .markup import Html, html, joined, link
from .tables import empty

SANDBOX = (
    *(("/", "Companies"), ("/requests", "Requests"), ("/faults", "Faults"), ("/connections", "Connections")),
    *(("/counters", "Counters"), ("/control", "Control")),
)
_REPORTS = (
    ("/reports/TrialBalance", "Trial balance"),
    ("/reports/ProfitAndLoss", "Profit and loss"),
    ("/reports/BalanceSheet", "Balance sheet"),
)
COMPANY = (
    ("", (("", "Overview"), ("/transactions", "Transactions"), ("/accounts", "Chart of accounts"))),
    (
        "Lists",
        (("/vendors", "Vendors"), ("/customers", "Customers"), ("/items", "Products"), ("/lists", "Other lists")),
    ),
    ("Reports", (*_REPORTS, ("/reports", "All reports"))),
    ("Records", (("/attachments", "Attachments"), ("/audit", "Audit log"))),
)


class Missing(Exception):
    """What was asked for is not there; the words are for the reader."""

    def __init__(self, title: str, words: object = "") -> None:
        super().__init__(title)
        self.title = title
        self.words = words


@dataclass
class Counted:
    """How many statements a page has asked; tests hold it against the size of a company."""

    statements: int = 0

    def one_more(self, statement: str) -> None:
        self.statements += 1


@dataclass(frozen=True)
class Reader:
    """One company, opened for a page."""

    sandbox: Sandbox
    call: Call
    books: Books

    @property
    def base(self) -> str:
        return f"/companies/{self.books.realm}"

    def asked(self, name: str) -> str:
        return self.call.query.get(name, "").strip()

    def to(self, record: Record) -> str:
        return f"{self.base}/{record.entity.lower()}/{record.id}"

    def named(self, record: Record | None, said: object = None) -> Html:
        if record is None:
            return Html("")
        return link(self.to(record), said if said is not None else record.title)


@dataclass(frozen=True)
class Shown:
    """What a page of a company says."""

    title: str
    body: Html
    #: What stands beside the title: a figure, a state.
    beside: object = ""
    #: What stands above it: where one is.
    above: object = ""
    #: The entry of the rail that is lit.
    at: str = ""
    status: int = 200
    #: The page shows by itself what has come since.
    live: bool = False


Page = Callable[[Reader], Shown]


class Frame:
    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def of(self, page: Page) -> Callable[[Call], Response]:
        """A page of one company, read from a snapshot beside the stream of requests."""

        def handler(call: Call) -> Response:
            try:
                with self._opened(call) as (reader, counted):
                    shown = _attempt(page, reader)
                    body = _company(reader.books.company, shown)
                    answer = look.page(f"{shown.title} · {reader.books.company.name}", body, status=shown.status)
                answer.headers["Server-Timing"] = f'sql;desc="{counted.statements} statements"'
                return answer
            except GatewayRefusal:
                back = html("<p>{}</p>", link("/", "All companies"))
                return outside("No such company", back, at="/", status=404)

        return handler

    @contextmanager
    def _opened(self, call: Call) -> Iterator[tuple[Reader, Counted]]:
        counted = Counted()
        with aside(self._sandbox, call.path["realm"]) as books:
            books.db.set_trace_callback(counted.one_more)
            yield Reader(self._sandbox, call, books), counted
            books.db.set_trace_callback(None)


def _attempt(page: Page, reader: Reader) -> Shown:
    try:
        return page(reader)
    except Missing as missing:
        back = link(reader.base, "To the overview")
        return Shown(
            missing.title, html("{}<p>{}</p>", empty("It is not in these books.", missing.words), back), status=404
        )


def _company(company: Company, shown: Shown) -> Html:
    base = f"/companies/{company.realm}"
    groups = [
        (group, [(base + path, word, base + path == shown.at) for path, word in entries]) for group, entries in COMPANY
    ]
    whose = html(
        '<div class="whose"><b>{}</b><span class="small">{} · {}</span> <span class="small">times of {}</span></div>',
        *(company.name, company.currency, company.realm, words.place(company.zone)),
    )
    return _framed(joined([whose, _rail(groups)]), shown, joined(link(path, word) for path, word in SANDBOX))


def outside(title: str, body: Html, *, at: str, beside: object = "", status: int = 200, live: bool = False) -> Response:
    """A page about the sandbox itself."""
    shown = Shown(title, body, beside, at=at, status=status, live=live)
    groups = [("", [(path, word, path == at) for path, word in SANDBOX])]
    return look.page(title, _framed(_rail(groups), shown), status=status)


def nowhere(call: Call) -> Response:
    """What a person has mistyped; a client that strays is told so by the gateway."""
    said = html("Nothing is called “{}”. {}", call.path["page"], link("/", "All companies"))
    return outside("No such page", empty("No page is here.", said), at="", status=404)


def wrong(call: Call) -> Html:
    """Why a form was sent back."""
    trouble = call.query.get("wrong", "")
    return html('<p class="wrong" role="alert">{}</p>', trouble) if trouble else Html("")


def _rail(groups: list[tuple[str, list[tuple[str, str, bool]]]]) -> Html:
    return html('<nav class="rail" aria-label="Sections">{}</nav>', joined(_rail_group(*group) for group in groups))


def _rail_group(group: str, entries: list[tuple[str, str, bool]]) -> Html:
    head = html('<p class="small">{}</p>', group) if group else ""
    rows = joined(
        html('<li><a href="{}"{}>{}</a></li>', path, Html(' aria-current="page"') if here else "", word)
        for path, word, here in entries
    )
    return html("{}<ul>{}</ul>", head, rows)


def _framed(side: Html, shown: Shown, ways: object = "") -> Html:
    """The ways to the sandbox's own pages stand in the bar, unless the rail has them already."""
    across = html('<nav aria-label="Sandbox">{}</nav>', ways) if ways else ""
    above = html('<p class="small above">{}</p>', shown.above) if shown.above else ""
    return html(
        '<header class="bar"><a class="mark" href="/">{}QuickBooks sandbox</a>{}</header>'
        '<div class="frame"><div class="side">{}</div><main id="main"{}>{}<div class="head"><h1>{}</h1>{}</div>{}'
        '</main></div><footer class="small">{}</footer>',
        *(look.LEAF, across, side, Html(" data-live") if shown.live else "", above, shown.title, shown.beside),
        *(shown.body, look.NOTICE),
    )

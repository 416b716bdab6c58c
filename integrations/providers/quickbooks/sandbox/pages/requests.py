"""What was asked of the API and what it answered, as it happens."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import unquote

import msgspec
from starlette.responses import Response

from ..books.books import companies
from ..sandbox import Call, Sandbox
from ..traffic import hiding
from ..traffic.log import Body, Exchange
from . import words
from .frame import outside
from .markup import Html, html, joined, link
from .numbers import whole
from .tables import Column, Row, empty, facts, preformatted, section, table, tabs

PER_PAGE = 100
AT = "/requests"
_KINDS = (("", "All"), ("writes", "Writes"), ("refused", "Refused"), ("faults", "Planned faults"))
_CODE = re.compile(r'"code"\s*:\s*"(\d+)"')
_SHOWN_TYPES = ("json", "text", "xml", "html", "form-urlencoded", "javascript")


class Requests:
    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._log = sandbox.log

    def listed(self, call: Call) -> Response:
        show, q = call.query.get("show", ""), call.query.get("q", "").strip()
        again = _answered_again(self._log.newest())
        found = [each for each in self._log.newest() if _meets(each, show, q)]
        shown = found[:PER_PAGE]
        names = self._names()
        listed = (_row(each, names, again=each.number in again) for each in shown)
        rows = table(_COLUMNS, listed, caption="Requests, newest first") if shown else self._none(show, q)
        said = f"The newest {len(shown):,} of {len(found):,} kept." if len(found) > len(shown) else ""
        body = joined([_search(show, q), tabs(show, _KINDS, q=q), rows, html('<p class="note">{}</p>', said)])
        return outside("Requests", body, at=AT, beside=self._switch(), live=self._log.on)

    def one(self, call: Call) -> Response:
        exchange = self._log.find(whole(call.path["number"]) or 0)
        if exchange is None:
            gone = empty("This request is no longer kept.", f"The log holds the last {self._log.size:,}.")
            return outside("No such request", html("{}<p>{}</p>", gone, link(AT, "All requests")), at=AT, status=404)
        return outside(f"Request {exchange.number:,}", _one(exchange), at=AT, beside=_state(exchange))

    def keep(self, call: Call) -> str:
        """Goes on, stops, or forgets."""
        wish = call.form.get("wish", "")
        if wish == "clear":
            self._log.clear()
        else:
            self._log.on = wish == "on" and self._log.size > 0
        return AT

    def _names(self) -> dict[str, str]:
        with self._sandbox.store.aside() as db:
            return {each.realm: each.name for each in companies(db)}

    def _none(self, show: str, q: str) -> Html:
        if show or q:
            return empty("No request like that is kept.", link(AT, "Show all"))
        if not self._log.on:
            return empty("The log is off.", "Nothing is kept until it is switched on.")
        return empty("Nothing asked yet.", "Calls of the API and of sign-in appear here while they happen.")

    def _switch(self) -> Html:
        if not self._log.size:
            return html("<p>Off, by SANDBOX_REQUEST_LOG.</p>")
        turn = ("off", "Stop keeping") if self._log.on else ("on", "Keep again")
        buttons = joined(
            html('<button class="quiet" name="wish" value="{}">{}</button>', *each)
            for each in (turn, ("clear", "Forget all"))
        )
        return html('<form class="beside" method="post" action="{}">{}</form>', AT, buttons)


_COLUMNS = (
    *(Column("No.", "code"), Column("Time", "date"), Column("Request", "main"), Column("Company", "kind")),
    *(Column("Answer", "kind"), Column("Planned fault", "to"), Column("Bytes", "num"), Column("ms", "num key")),
)


_AGAIN = Html(' <span class="chip">answered again</span>')


def _answered_again(newest: Iterable[Exchange]) -> set[int]:
    """Writes whose requestid has come before: their answer is the first one, byte for byte (§5)."""
    first: dict[tuple[str, bytes], bytes] = {}
    found = set[int]()
    for each in reversed(list(newest)):
        if each.method != "POST" or b"requestid=" not in each.query.lower() or not 200 <= each.status < 300:
            continue
        key, answer = (each.path, each.query), each.answered.content
        if answer and first.setdefault(key, answer) is not answer and first[key] == answer:
            found.add(each.number)
    return found


def _row(each: Exchange, names: dict[str, str], *, again: bool) -> Row:
    realm, rest = _split(each)
    words_ = html('{} <span class="path">{}</span>', each.method, rest)
    cells = (
        *(each.number, words.moment(each.began), link(f"{AT}/{each.number}", words_), names.get(realm, realm)),
        *(
            joined([_state(each), _AGAIN if again else ""]),
            each.fault.replace("_", " "),
            f"{each.answered.size:,}",
            _milliseconds(each),
        ),
    )
    return Row(cells, id=f"request-{each.number}")


def _split(each: Exchange) -> tuple[str, str]:
    """Whose books were asked, and what."""
    address = _address(each)
    _, base, rest = address.partition("/v3/company/")
    realm, _, asked = rest.partition("/")
    return (realm, asked) if base else ("", address)


def _address(each: Exchange) -> str:
    query = each.query.decode("latin-1")
    return hiding.text(each.path + (f"?{unquote(query.replace('+', ' '))}" if query else ""))


def _state(each: Exchange) -> Html:
    if each.dropped:
        return html('<span class="state bad">line dropped</span>')
    if not each.status:
        return html('<span class="state">under way</span>')
    code = _CODE.search(each.answered.content[:600].decode("utf-8", "replace")) if _refused(each) else None
    style = "bad" if code or each.status >= 400 else "ok"
    return html('<span class="state {}">{}{}</span>', style, each.status, f", code {code[1]}" if code else "")


def _refused(each: Exchange) -> bool:
    """A refusal may come with status 200."""
    return each.dropped or each.status >= 400 or b'"Fault"' in each.answered.content[:300]


def _milliseconds(each: Exchange) -> str:
    return f"{each.seconds * 1000:,.1f}" if each.seconds >= 0 else ""


def _meets(each: Exchange, show: str, q: str) -> bool:
    kept = {
        "writes": each.method == "POST",
        "refused": _refused(each),
        "faults": bool(each.fault),
    }.get(show, True)
    return kept and (not q or q.lower() in _told(each).lower())


def _told(each: Exchange) -> str:
    """What a search looks through: never what is hidden."""
    body = hiding.text((each.sent.content + b"\n" + each.answered.content).decode("utf-8", "replace"))
    return f"{_address(each)}\n{_trace(each)}\n{each.fault}\n{body}"


def _trace(each: Exchange) -> str:
    return next((value.decode("latin-1") for name, value in each.headers if name.lower() == b"intuit_tid"), "")


def _search(show: str, q: str) -> Html:
    kept = html('<input type="hidden" name="show" value="{}">', show) if show else ""
    return html(
        '<form class="search" role="search"><label class="grow"><span>Find</span><input type="search" name="q" '
        'placeholder="Part of an address or body, or a trace id" value="{}"></label>{}<button>Show</button></form>',
        *(q, kept),
    )


def _one(each: Exchange) -> Html:
    told = (
        ("Asked", html("<code>{} {}</code>", each.method, _address(each))),
        *(("When", words.moment(each.began)), ("Took", f"{_milliseconds(each)} ms" if each.seconds >= 0 else "")),
        *(("Trace id", _trace(each)), ("Planned fault met", each.fault)),
        ("From", each.client[0] if each.client else ""),
    )
    sides = _side("Asked", each.asked, each.sent), _side("Answered", each.headers, each.answered)
    return joined([facts(told), html('<div class="two">{}</div>', sides)])


def _side(title: str, headers: list[tuple[bytes, bytes]], body: Body) -> Html:
    pairs = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in headers]
    rows = (Row((name, hiding.header(name, value))) for name, value in pairs)
    heads = table((Column("Header", "code"), Column("Value", "main")), rows, caption="Headers") if pairs else ""
    kind = next((value for name, value in pairs if name.lower() == "content-type"), "")
    return section(title, joined([heads, _body(kind, body, title)]))


def _body(kind: str, body: Body, title: str) -> Html:
    if not body.size:
        return html('<p class="note">No body.</p>')
    if kind and not any(word in kind for word in _SHOWN_TYPES):
        return html('<p class="note">{} of {}, not shown.</p>', words.counted(body.size, "byte"), kind)
    cut = html('<p class="note">The first {} of {} bytes.</p>', f"{len(body.content):,}", f"{body.size:,}")
    return html("{}{}", cut if body.cut else "", preformatted(readable(body), f"{title}: body"))


def readable(body: Body) -> str:
    """JSON is indented; the rest stays as it came."""
    try:
        text = msgspec.json.format(body.content, indent=2).decode()
    except (msgspec.DecodeError, UnicodeDecodeError):
        text = body.content.decode("utf-8", "replace")
    return hiding.text(text)

"""The page on which a person picks a company and connects it (§1.2)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape
from urllib.parse import urlencode, urlsplit

from starlette.responses import HTMLResponse, RedirectResponse, Response

from ..books.books import Company, companies
from ..pages.look import NOTICE, page
from ..sandbox import Call, Sandbox
from . import tokens
from .apps import App, Apps

BOOKS_SCOPES = (tokens.BOOKS_SCOPE, "com.intuit.quickbooks.payment")
SCOPES = (
    *BOOKS_SCOPES,
    *("openid", "profile", "email", "phone", "address"),
    *("app-foundations.custom-field-definitions.read", "app-foundations.custom-field-definitions"),
    *("project-management.project", "indirect-tax.tax-calculation.quickbooks"),
)
PROMISES = {
    tokens.BOOKS_SCOPE: (
        "<b>Read</b> the company’s accounts, customers, vendors, transactions, attachments and reports",
        "<b>Write</b> all of these: add, change, void and delete. There is no consent for reading alone",
    ),
    "com.intuit.quickbooks.payment": ("<b>Use</b> payments: charge cards and bank accounts of customers",),
    "openid": ("<b>Know</b> who you are",),
    "profile": ("<b>Read</b> your name",),
    "email": ("<b>Read</b> your e-mail address",),
    "phone": ("<b>Read</b> your phone number",),
    "address": ("<b>Read</b> your postal address",),
    "app-foundations.custom-field-definitions.read": ("<b>Read</b> the definitions of custom fields",),
    "app-foundations.custom-field-definitions": ("<b>Write</b> the definitions of custom fields",),
    "project-management.project": ("<b>Read</b> and <b>write</b> projects",),
    "indirect-tax.tax-calculation.quickbooks": ("<b>Ask</b> for calculations of sales tax",),
}
#: More companies than these are looked through by name.
MANY = 7
KEPT = ("client_id", "response_type", "scope", "redirect_uri", "state", "nonce")
#: The page's script hides what does not hold the words; without it the list is scrolled.
FINDER = '<input class="finder" type="search" aria-label="Find a company" placeholder="Find a company">'
COUNTRIES = {"US": "United States", "GB": "United Kingdom"}


class Unaskable(Exception):
    """The request cannot be answered by a redirect, so a person has to read about it."""


class Consent:
    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._apps = Apps(sandbox.store, sandbox.settings)

    def show(self, call: Call) -> Response:
        return self._answer(call.query, self._page)

    def decide(self, call: Call) -> Response:
        return self._answer(call.form, self._decided)

    def _answer(self, asked: Mapping[str, str], act: Callable[[Mapping[str, str], App], Response]) -> Response:
        try:
            app = self._app(asked)
        except Unaskable as trouble:
            return _unaskable(str(trouble))
        scopes = asked.get("scope", "").split()
        if not scopes or any(scope not in SCOPES for scope in scopes):
            return _back(asked, {"error": "invalid_scope"})
        return act(asked, app)

    def _app(self, asked: Mapping[str, str]) -> App:
        app = self._apps.find(asked.get("client_id", ""))
        if app is None:
            raise Unaskable(
                f"The app with client_id “{asked.get('client_id', '')}” is not known here. Start the sandbox with "
                "the same QUICKBOOKS_CLIENT_ID as the app, or register the app by POST /sandbox/apps."
            )
        if not app.may_return_to(asked.get("redirect_uri", "")):
            rule = "one of those registered" if app.redirect_uris else "https, or http on localhost"
            raise Unaskable(f"The redirect_uri “{asked.get('redirect_uri', '')}” is not accepted. It has to be {rule}.")
        if asked.get("response_type") != "code":
            raise Unaskable(f"response_type must be “code”, not “{asked.get('response_type', '')}”.")
        return app

    def _page(self, asked: Mapping[str, str], app: App) -> Response:
        with self._sandbox.store.reading() as db:
            found = companies(db)
        return page("Connect a company", _form(asked, app, found), width="narrow", may_leave=True)

    def _decided(self, asked: Mapping[str, str], app: App) -> Response:
        if asked.get("decision") != "connect":
            return _back(asked, {"error": "access_denied"})
        realm = self._chosen(asked)
        if realm is None and _needs_company(asked):
            return self._page(asked, app)
        request = tokens.Request(
            asked["client_id"], asked["redirect_uri"], asked["scope"], realm, asked.get("nonce") or None
        )
        with self._sandbox.store.writing() as db:
            code = tokens.Grants.on(db, self._sandbox).new_code(request)
        return _back(asked, {"code": code} | ({"realmId": realm} if realm else {}))

    def _chosen(self, asked: Mapping[str, str]) -> str | None:
        with self._sandbox.store.reading() as db:
            realms = [company.realm for company in companies(db)]
        realm = asked.get("realm", "")
        return realm if realm in realms and _needs_company(asked) else None


def _needs_company(asked: Mapping[str, str]) -> bool:
    return any(scope in BOOKS_SCOPES for scope in asked.get("scope", "").split())


def _back(asked: Mapping[str, str], extra: Mapping[str, str]) -> Response:
    """State is echoed unchanged; what the app put into its own address stays there."""
    state = {"state": asked["state"]} if "state" in asked else {}
    glue = "&" if urlsplit(asked["redirect_uri"]).query else "?"
    return RedirectResponse(f"{asked['redirect_uri']}{glue}{urlencode({**extra, **state})}", 302)


def _unaskable(text: str) -> HTMLResponse:
    body = (
        f'<section class="card"><h1>This app cannot be connected</h1><p>{escape(text)}</p></section>'
        f'<p class="small">{NOTICE}</p>'
    )
    return page("This app cannot be connected", body, width="narrow", status=400)


def _form(asked: Mapping[str, str], app: App, found: list[Company]) -> str:
    hidden = "".join(
        f'<input type="hidden" name="{name}" value="{escape(asked[name])}">' for name in KEPT if name in asked
    )
    promises = "".join(f"<li>{text}</li>" for scope in asked["scope"].split() for text in PROMISES[scope])
    destination = escape(urlsplit(asked["redirect_uri"]).netloc)
    return (
        '<form class="card" method="post" action="/connect/oauth2">'
        f"<h1>Connect a company to {escape(app.name)}</h1>"
        f"<p>You will return to {destination}.</p>{hidden}{_picker(found) if _needs_company(asked) else ''}"
        f'<p class="may-title">{escape(app.name)} will be allowed to</p>'
        f'<ul class="may">{promises}</ul><div class="buttons">'
        '<button class="primary" name="decision" value="connect">Connect</button>'
        '<button class="quiet" name="decision" value="cancel" formnovalidate>Cancel</button></div></form>'
        f'<p class="small">{NOTICE}</p>'
    )


def _picker(found: list[Company]) -> str:
    # With several, none is chosen beforehand: the wrong books are one careless click away.
    chosen = " checked" if len(found) == 1 else ""
    rows = "".join(
        f'<label data-name="{escape(each.name.casefold())} {each.realm}">'
        f'<input class="hidden" type="radio" name="realm" required value="{each.realm}"{chosen}>'
        f'<span class="pick"><span class="dot"></span><span><b>{escape(each.name)}</b>'
        f'<span class="small">{COUNTRIES.get(each.country, each.country)} · {each.realm}</span></span>'
        f'<span class="small">{each.currency}</span></span></label>'
        for each in found
    )
    many = len(found) > MANY
    return (
        f"<fieldset><legend>Company</legend>{FINDER if many else ''}"
        f'<div class="picks{" many" if many else ""}">{rows}</div></fieldset>'
    )

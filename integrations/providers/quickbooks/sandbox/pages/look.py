"""The shell of every page: nothing but our own style and script, which the browser may keep."""

from __future__ import annotations

import hashlib
from html import escape
from pathlib import Path
from urllib.parse import quote

from starlette.responses import HTMLResponse, Response

from ..sandbox import Call
from .markup import Html

FOLDER = Path(__file__).parent / "assets"
TYPES = {".css": "text/css", ".js": "text/javascript"}
LEAF = Html(
    '<svg xmlns="http://www.w3.org/2000/svg" width="18" height="18" viewBox="0 0 18 18" fill="none" '
    'stroke="currentColor" stroke-width="1.6" aria-hidden="true"><rect x="2" y="2.5" width="14" height="13" rx="2.5"/>'
    '<path d="M6 2.5v13M9 6.5h4M9 9.5h4"/></svg>'
)
# Within the page, since a browser that is given none asks for /favicon.ico and is told 404.
ICON = "data:image/svg+xml," + quote(LEAF.replace("currentColor", "#1a6b3c"))
NOTICE = "A local stand-in for trying things out. It is not QuickBooks, and nothing here reaches Intuit."
_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Cache-Control": "no-store",
    # Not no-referrer: a form would then be sent from the origin `null`, and could not be told from a stranger's.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


def _read(name: str) -> tuple[str, bytes]:
    content = (FOLDER / name).read_bytes()
    return f"/assets/{hashlib.sha256(content).hexdigest()[:12]}/{name}", content


_ASSETS = {name: _read(name) for name in ("style.css", "pages.js")}


def asset(call: Call) -> Response:
    """The address holds a digest of the content, so that it can be kept for ever."""
    address, content = _ASSETS.get(call.path["name"], ("", b""))
    if address != f"/assets/{call.path['digest']}/{call.path['name']}":
        return Response("Not found", 404, media_type="text/plain")
    kind = TYPES[Path(call.path["name"]).suffix]
    return Response(content, headers={"Cache-Control": "public, max-age=31536000, immutable"}, media_type=kind)


def page(title: str, body: str, *, width: str = "", status: int = 200, may_leave: bool = False) -> HTMLResponse:
    """With a width the body is all there is on the page, in a column of its own.

    A form whose answer leads to another site must be allowed to, since browsers follow its redirects with care.
    """
    if width:
        body = f'<main class="{width}" id="main"><a class="mark" href="/">{LEAF}QuickBooks sandbox</a>{body}</main>'
    policy = _POLICY if may_leave else f"{_POLICY}; form-action 'self'"
    return HTMLResponse(
        f'<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="{ICON}">'
        f'<title>{escape(title)} · QuickBooks sandbox</title><link rel="stylesheet" href="{_ASSETS["style.css"][0]}">'
        f'<script src="{_ASSETS["pages.js"][0]}" defer></script></head>'
        f'<body><a class="skip" href="#main">Skip to the content</a>{body}</body></html>',
        status,
        {**HEADERS, "Content-Security-Policy": policy},
    )

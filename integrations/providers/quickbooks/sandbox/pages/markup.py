"""Markup that escapes whatever is put into it, unless that is markup already."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from urllib.parse import urlencode


class Html(str):
    """Text that may stand in a page as it is."""

    __slots__ = ()


def html(template: str, /, *values: object, **named: object) -> Html:
    """The template is ours and literal; the values are anybody's."""
    return Html(template.format(*map(_safe, values), **{name: _safe(value) for name, value in named.items()}))


def joined(parts: Iterable[object], between: str = "") -> Html:
    return Html(between.join(_safe(part) for part in parts))


def link(address: str, words: object, style: str = "") -> Html:
    return html('<a href="{}"{}>{}</a>', address, html(' class="{}"', style) if style else "", words)


def asking(address: str = "", **values: object) -> str:
    """The address with a query; what is empty is left out."""
    query = urlencode({name: str(value) for name, value in values.items() if value not in (None, "")})
    return f"{address}?{query}" if query else address or "?"


def _safe(value: object) -> str:
    if isinstance(value, Html):
        return value
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return joined(value)
    return escape(str(value))

"""A person at a browser: signed in, and outside every organisation until the address says which one."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

from django.test import Client

from ledger.models import User
from ledger.tenancy.context import cleared


class Browser:
    def __init__(self, person: User | None = None, **defaults: Any) -> None:
        self._client = Client(**defaults)
        if person is not None:
            with cleared():
                self._client.force_login(person)

    def get(self, address: str, **more: Any) -> Any:
        with cleared():
            return self._client.get(address, **more)

    def post(self, address: str, **fields: Any) -> Any:
        with cleared():
            return self._client.post(address, fields)

    def post_as_htmx(self, address: str, **fields: Any) -> Any:
        with cleared():
            return self._client.post(address, fields, headers={"HX-Request": "true"})

    def delete(self, address: str) -> Any:
        with cleared():
            return self._client.delete(address)

    def ask(self, method: str, address: str, **fields: str) -> Any:
        if method == "DELETE":
            return self.delete(address)
        response = self.post(address, **fields) if method == "POST" else self.get(address)
        close_file(response)
        return response

    def land(self, response: Any) -> Any:
        """Follow a redirect within the product."""
        assert response.status_code == 302, response.content[:300]
        parts = urlsplit(response.headers["Location"])
        return self.get(f"{parts.path}?{parts.query}" if parts.query else parts.path)

    def partial(self, address: str) -> Any:
        """As htmx asks for a part of the page."""
        return self.get(address, headers={"HX-Request": "true"})


def close_file(response: Any) -> None:
    """That is about to be sent: nobody reads it. To close the whole answer would close the test's own connection."""
    for close in getattr(response, "_resource_closers", []):
        close()


@dataclass
class Page(HTMLParser):
    """What a page consists of: every tag with its attributes, and its text with single blanks."""

    html: str
    tags: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    inline: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self._words: list[str] = []
        self._open: list[str] = []
        self.feed(self.html)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", " ".join(self._words))

    def all(self, tag: str, **attributes: str) -> list[dict[str, str]]:
        """Attributes of every such tag that has these attributes among its own."""
        return [found for name, found in self.tags if name == tag and attributes.items() <= found.items()]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        self.tags.append((tag, attributes))
        self._open = [tag]
        if tag == "style" or (tag == "script" and "src" not in attributes):
            self.inline.append(f"<{tag}>")
        self.inline += [f"<{tag} {name}>" for name in attributes if name == "style" or name.startswith("on")]

    def handle_endtag(self, tag: str) -> None:
        self._open = []

    def handle_data(self, data: str) -> None:
        if self._open not in (["script"], ["style"]):
            self._words.append(data)


def page(response: Any) -> Page:
    return Page(response.content.decode())

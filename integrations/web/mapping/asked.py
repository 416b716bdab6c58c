"""What the address asks for: which part, which of its rows, which older versions."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from integrations import mapped
from integrations.models import Connection
from integrations.web.mapping.parts import Part

OPEN, BROKEN, SUGGESTED = "open", "broken", "suggested"
LONGEST_SEARCH = 200


@dataclass(frozen=True, slots=True)
class Asked:
    address: str
    part: Part = Part.ACCOUNTS
    words: str = ""
    show: str = ""
    group: int | None = None
    page: str = ""
    matching: bool = False
    before: int | None = None

    def url(self, **changes: Any) -> str:
        """The same place with something else about it; another filter begins at its first page."""
        asked = replace(self, **({"page": "", "before": None} | changes))
        query = {
            "part": asked.part.value,
            "match": "name" if asked.matching else "",
            "show": asked.show,
            "group": asked.group,
            "q": asked.words,
            "page": asked.page,
            "before": asked.before,
        }
        return f"{asked.address}?{urlencode({name: value for name, value in query.items() if value})}"

    @property
    def here(self) -> str:
        return self.url(page=self.page, before=self.before)


def asked_for(query: Mapping[str, str], address: str, tie: Connection) -> Asked:
    given = {name: query.get(name, "").replace("\0", "").strip() for name in ("part", "q", "show", "page")}
    show = given["show"] if given["show"] in (OPEN, BROKEN, SUGGESTED) else ""
    return Asked(
        address=address,
        part=_part(given["part"], show, tie),
        words=" ".join(given["q"].split())[:LONGEST_SEARCH],
        show=show,
        group=_number(query.get("group", "")),
        page=given["page"],
        matching=query.get("match", "") == "name",
        before=_number(query.get("before", "")),
    )


def _part(name: str, show: str, tie: Connection) -> Part:
    """Whoever looks for what is broken need not know in which part it is."""
    if name in set(Part):
        return Part(name)
    broken = mapped.broken_by_slot(tie) if show == BROKEN and not name else {}
    return next((part for part in Part if any(slot in broken for slot in part.slots)), Part.ACCOUNTS)


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None

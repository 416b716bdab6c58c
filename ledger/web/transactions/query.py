"""What the address of the list asks for: state, words, filters, order. Whatever it cannot mean is left out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import TypeVar
from urllib.parse import urlencode

from django.db.models import Q, QuerySet

from integrations import selectors as sync
from integrations.sync.marks import PREFIX as MARK_PREFIX
from integrations.words import NOT_BEGUN, TABS
from ledger.domain.documents import DocumentKind, Stage
from ledger.models import CardTransaction
from ledger.selectors.listing import Filters, Order
from ledger.selectors.search import MANY, matching
from ledger.selectors.transactions import card_transactions

PENDING = "pending"
ON_ITS_WAY = "way"
Choice = TypeVar("Choice", bound=Enum)


@dataclass(frozen=True, slots=True)
class ListQuery:
    tab: str
    words: str
    filters: Filters
    order: Order

    @classmethod
    def read(cls, given: Mapping[str, str]) -> "ListQuery":
        asked = {name: value.replace("\0", "").strip() for name, value in given.items()}
        return cls(
            tab=asked.get("state", ""),
            words=" ".join(asked.get("q", "").split())[:200],
            filters=Filters(
                entity=_number(asked.get("entity")),
                since=_day(asked.get("since")),
                until=_day(asked.get("until")),
                kind=_one_of(DocumentKind, asked.get("kind")),
                category=_number(asked.get("category")),
                department=_number(asked.get("department")),
                card=_number(asked.get("card")),
            ),
            order=_one_of(Order, asked.get("order")) or Order.NEWEST,
        )

    @property
    def narrows(self) -> bool:
        """Beyond the tab, whose rows are counted anyway."""
        return bool(self.words or self.filters)

    @property
    def is_contradictory(self) -> bool:
        since, until = self.filters.since, self.filters.until
        return since is not None and until is not None and since > until

    def rows(self) -> QuerySet[CardTransaction]:
        rows = card_transactions().filter(self.filters.condition(), _in_tab(self.tab))
        if self.words.upper().startswith(MARK_PREFIX):
            return rows.filter(document__in=sync.documents_marked(self.words.upper()))
        return matching(rows, self.words)

    def parameters(self, **others: object) -> dict[str, str]:
        """As the address says it, without what is empty or the rule."""
        filters = self.filters
        said = {
            "state": self.tab,
            "q": self.words,
            "entity": filters.entity,
            "since": filters.since,
            "until": filters.until,
            "kind": filters.kind,
            "category": filters.category,
            "department": filters.department,
            "card": filters.card,
            "order": "" if self.order is Order.NEWEST else self.order,
        } | others
        return {name: str(value) for name, value in said.items() if value not in (None, "")}

    def address(self, path: str, **others: object) -> str:
        said = self.parameters(**others)
        return f"{path}?{urlencode(said)}" if said else path


def _in_tab(tab: str) -> Q:
    if tab == PENDING:
        return Q(document__stage=Stage.PENDING)
    if tab == NOT_BEGUN.key:
        return Q(document__entity__in=sync.unconnected_entities()) & ~Q(document__stage=Stage.PENDING)
    if tab not in TABS:
        return Q()
    early = list(sync.arriving().values_list("pk", flat=True)[:MANY]) if tab == ON_ITS_WAY else []
    jobs = sync.jobs_seen_in(TABS[tab])
    standing = Q(document__in=jobs.values("document"))
    return standing | Q(document__in=early) if early else standing


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 18 else None


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def _one_of(kind: type[Choice], text: str | None) -> Choice | None:
    return next((one for one in kind if one.value == text), None) if text else None

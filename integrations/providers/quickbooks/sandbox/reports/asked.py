"""What a report was asked for: days, basis, filters, columns (the names are those of the query)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from ..books.books import Books
from ..model.reading import require_whole_id
from ..wire.refusals import Refusal
from .period import MONTHS, Calendar, Period, read_period

#: Words for summarize_column_by, as the header repeats them.
TIMES = ("Days", "Week", "Month", "Quarter", "Year")
DIMENSIONS = ("Customers", "Vendors", "Employees", "Classes", "Departments", "ProductsAndServices")
_SUMMARIES = {word.lower().rstrip("s"): word for word in ("Total", *TIMES, *DIMENSIONS)} | {"classe": "Classes"}
BASES = ("Cash", "Accrual")


@dataclass(frozen=True)
class Asked:
    query: Mapping[str, str]
    calendar: Calendar
    period: Period
    basis: str
    by: str

    def ids(self, name: str) -> tuple[int, ...]:
        """One or more Ids between commas."""
        words = [word.strip() for word in self.query.get(name, "").split(",")]
        return tuple(require_whole_id(word, name) for word in words if word)

    def words(self, *names: str) -> tuple[str, ...]:
        """Words between commas, from the first of the names that has any."""
        sent = next((self.query[name] for name in names if self.query.get(name)), "")
        return tuple(word.strip() for word in sent.split(",") if word.strip())

    def choice(self, name: str, default: str, *others: str) -> str:
        """One of some words, whichever way it is capitalised."""
        sent = self.query.get(name, "").strip()
        known = {word.lower(): word for word in (default, *others)}
        if sent and sent.lower() not in known:
            raise Refusal("2170", f"Invalid Enumeration : {sent}", element=name)
        return known.get(sent.lower(), default)

    @property
    def descending(self) -> bool:
        return self.choice("sort_order", "ascend", "descend") == "descend"


def calendar_of(books: Books) -> Calendar:
    month = books.preference("AccountingInfoPrefs", "FirstMonthOfFiscalYear")
    return Calendar(date.fromisoformat(books.today), MONTHS.index(month) + 1 if month in MONTHS else 1)


def read(books: Books, query: Mapping[str, str], default_period: str) -> Asked:
    calendar = calendar_of(books)
    period = read_period(query, calendar, default_period)
    return Asked(query, calendar, period, _basis(books, query), _summary(query))


def _basis(books: Books, query: Mapping[str, str]) -> str:
    """Without a word of the caller the company's preference decides."""
    sent = query.get("accounting_method", "").strip()
    if sent and sent.capitalize() not in BASES:
        raise Refusal("2170", f"Invalid Enumeration : {sent}", element="accounting_method")
    preferred = str(books.preference("ReportPrefs", "ReportBasis") or "Accrual")
    return (sent or preferred).capitalize()


def _summary(query: Mapping[str, str]) -> str:
    sent = query.get("summarize_column_by", "").strip()
    if not sent:
        return "Total"
    found = _SUMMARIES.get(sent.lower().rstrip("s"))
    if found is None:
        raise Refusal("2170", f"Invalid Enumeration : {sent}", element="summarize_column_by")
    return found

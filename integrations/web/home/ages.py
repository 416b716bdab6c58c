"""How long what is not in the books has been waiting, per currency."""

from collections.abc import Iterable, Sequence
from typing import Any

from integrations.conservation import OPEN, Aged, Part
from integrations.models import Term
from integrations.web.bars import shares
from integrations.words import TERMS
from ledger.domain.money import Money
from ledger.words import counted, currency_words, money_shown

WORDS = ("under 1 h", "1 to 8 h", "8 to 24 h", "1 to 3 days", "over 3 days")


def ages_shown(open_ones: Sequence[Aged], currencies: Iterable[str]) -> dict[str, Any]:
    of = {currency: [aged for aged in open_ones if aged.currency == currency] for currency in currencies}
    tables = [_table(currency, some) for currency, some in of.items() if some]
    present = {aged.term for aged in open_ones}
    return {"tables": tables, "legend": [TERMS[term] for term in OPEN if term in present]}


def _table(currency: str, open_ones: Sequence[Aged]) -> dict[str, Any]:
    bands = [{aged.term: aged.part for aged in open_ones if aged.age == age} for age in range(len(WORDS))]
    longest = max(sum(max(0, part.minor) for part in band.values()) for band in bands)
    total = _sum(aged.part for aged in open_ones)
    return {
        "currency": currency,
        "words": currency_words(currency),
        "rows": [_row(word, band, currency, longest) for word, band in zip(WORDS, bands, strict=True)],
        "count": counted(total.count, "item"),
        "total": money_shown(Money(total.minor, currency)),
    }


def _row(word: str, band: dict[Term, Part], currency: str, longest: int) -> dict[str, Any]:
    whole = _sum(band.values())
    return {
        "word": word,
        "bar": shares({TERMS[term].key: band[term].minor for term in OPEN if term in band}, longest),
        "money": money_shown(Money(whole.minor, currency)) if whole else None,
    }


def _sum(parts: Any) -> Part:
    return sum(parts, Part())

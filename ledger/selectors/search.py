"""Finding transactions by words, in ways that reach an index under row-level security.

Each way of being found is asked for by itself and gives ids; only a word that too many rows share is left to be looked
at row by row, newest first, where it costs little just because so many share it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from ledger.domain.money import currencies_with, in_range
from ledger.models import Card, CardTransaction, SearchWord, SourceDocument
from ledger.models.documents import CARD_KINDS

# What a page prints before an amount, and a person copies along.
SIGNS = "$€£¥ −-"
MANY = 500
MOST_WORDS = 6


def matching(rows: QuerySet[CardTransaction], text: str) -> QuerySet[CardTransaction]:
    """Rows whose merchant, city or memo has words that begin so, or whose holder, card, amount or own number it is."""
    if not text:
        return rows
    ways = [_by_words(_words(text)), _by_card(text), _by_number_or_amount(text)]
    ids = [pk for way in ways for pk in way.ids]
    return rows.filter(reduce(or_, (way.rest for way in ways if way.rest is not None), Q(pk__in=ids)))


@dataclass(frozen=True, slots=True)
class Way:
    """The ids that it found, or, where these were too many, the condition itself."""

    ids: Sequence[int] = ()
    rest: Q | None = None


def few_or_many(found: QuerySet[Any, Any], condition: Q) -> Way:
    """`found` gives ids of transactions, some perhaps twice."""
    ids = list(found[: MANY + 1])
    return Way(list(dict.fromkeys(ids))) if len(ids) <= MANY else Way(rest=condition)


def _words(text: str) -> list[str]:
    """As the database cuts them: runs of letters and digits. The longest first, for it is the rarest."""
    plain = "".join(letter if letter.isalnum() else " " for letter in text.lower())
    return sorted(dict.fromkeys(plain.split()), key=len, reverse=True)[:MOST_WORDS]


def _by_words(words: Sequence[str]) -> Way:
    if not words:
        return Way()
    rarest, *others = words
    found = SearchWord.objects.filter(word__begins=rarest)
    for word in others:
        found = found.filter(_has(word, OuterRef("transaction")))
    everything = reduce(lambda all_of_them, word: all_of_them & Q(_has(word, OuterRef("pk"))), words, Q())
    return few_or_many(found.values_list("transaction", flat=True), everything)


def _has(word: str, transaction: OuterRef) -> Exists:
    return Exists(SearchWord.objects.filter(transaction=transaction, word__begins=word))


def _by_card(text: str) -> Way:
    """By its holder, or its last four digits. Of cards there are so few that reading them all is nothing."""
    which = Q(holder__icontains=text) | Q(last_four=text.lstrip("·"))
    cards = list(Card.objects.filter(which).values_list("pk", flat=True)[:MANY])
    if not cards:
        return Way()
    theirs = Q(card__in=cards)
    return few_or_many(CardTransaction.objects.filter(theirs).values_list("pk", flat=True), theirs)


def _by_number_or_amount(text: str) -> Way:
    """Asked one by one: each reaches an index of its own, together they would reach none."""
    ways = [Q(external_id=text, kind__in=CARD_KINDS), *_amounts(text)]
    documents = [
        document for way in ways for document in SourceDocument.objects.filter(way).values_list("pk", flat=True)[:MANY]
    ]
    return Way(rest=Q(document__in=documents)) if documents else Way()


def _amounts(text: str) -> Iterable[Q]:
    """1,190.00 in any currency; the smallest units differ, so each exponent is tried, and a refund is found as well."""
    try:
        amount = Decimal(text.replace(",", "").lstrip(SIGNS))
    except InvalidOperation:
        return
    if not in_range(amount):
        return
    for digits in (0, 2, 3, 4):
        minor = amount.scaleb(digits)
        if minor == int(minor):
            both = [int(minor), -int(minor)]
            yield Q(amount_minor__in=both, currency__in=currencies_with(digits))

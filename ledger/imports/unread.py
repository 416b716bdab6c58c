"""Columns that are not read although they may change what was paid: fees beside the amount, another currency."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from ledger.imports.amounts import amount_in_any_writing
from ledger.imports.currencies import currency_of
from ledger.imports.guessing import plain_words
from ledger.imports.matching import Matching
from ledger.imports.our_columns import OUR_COLUMNS

# In English, German and French. VAT, a balance or a rate changes nothing of what was paid.
OF_MONEY = frozenset(
    {
        *("amount", "amounts", "charge", "charges", "debit", "credit", "refund", "refunds", "cashback", "rebate"),
        *("fee", "fees", "surcharge", "commission", "tip", "tips", "gratuity", "currency", "ccy", "adjustment"),
        *("betrag", "gebuhr", "gebuhren", "entgelt", "provision", "trinkgeld", "soll", "haben", "wahrung"),
        *("montant", "frais", "pourboire", "devise", "remise"),
    }
)
CHANGES_NOTHING = frozenset(
    {
        *("vat", "tax", "net", "balance", "limit", "budget", "rate", "number", "no", "code", "id", "type", "date"),
        *("mwst", "steuer", "netto", "saldo", "nummer", "tva", "taxe", "ht", "solde", "taux", "numero", "card"),
    }
)


def unread_money(columns: Sequence[str], rows: Iterable[Sequence[str]], matching: Matching) -> list[str]:
    """Their names, where a row says more in it than nothing, zero, or what is read beside it."""
    read = {*matching.columns.values(), *matching.tags}
    asked = [place for place, name in enumerate(columns) if place not in read and _is_of_money(name)]
    found: set[int] = set()
    for cells in rows if asked else ():
        said = {_money_in(cells[place]) for place in matching.columns.values() if place < len(cells)}
        found |= {place for place in asked if place < len(cells) and _money_in(cells[place]) not in {None, *said}}
    return [columns[place] for place in sorted(found)]


def _is_of_money(name: str) -> bool:
    words = set(plain_words(name).split())
    return name not in OUR_COLUMNS and bool(words & OF_MONEY) and not words & CHANGES_NOTHING


def _money_in(cell: str) -> Decimal | str | None:
    """An amount without its sign, or a currency; nothing where there is neither."""
    text = cell.strip()
    number = amount_in_any_writing(text)
    return abs(number) if number else currency_of(text) or None

"""Debit or credit, where a column of its own says it: a debit of the card is a charge, a credit a refund."""

from enum import StrEnum

from ledger.imports.amounts import amount_in_any_writing


class Side(StrEnum):
    DEBIT = "DR"
    CREDIT = "CR"


# English, German and French; what fits neither, such as a payment of the statement, is no purchase and no refund.
WORDS = {
    **dict.fromkeys(("d", "dr", "db", "debit", "debits", "charge", "purchase", "sale", "s", "soll"), Side.DEBIT),
    **dict.fromkeys(("belastung", "lastschrift", "kauf", "débit", "achat"), Side.DEBIT),
    **dict.fromkeys(("c", "cr", "credit", "credits", "refund", "return", "h", "haben"), Side.CREDIT),
    **dict.fromkeys(("gutschrift", "erstattung", "crédit", "avoir", "remboursement"), Side.CREDIT),
}


def side_of(text: str) -> Side | None:
    return WORDS.get(text.strip().rstrip(".").casefold())


class SideTally:
    """Whether the column says anything that the signs of the amounts beside it do not say."""

    def __init__(self) -> None:
        self._seen: set[tuple[bool, Side]] = set()

    def add(self, amount: str, text: str) -> None:
        if side := side_of(text):
            self._seen.add((_is_negative(amount), side))

    @property
    def is_told_by_signs(self) -> bool:
        signs, sides = {sign for sign, _ in self._seen}, {side for _, side in self._seen}
        return True in signs and len(self._seen) == len(signs) == len(sides)


def _is_negative(amount: str) -> bool:
    return (amount_in_any_writing(amount) or 0) < 0

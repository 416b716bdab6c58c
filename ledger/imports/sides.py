"""Debit or credit, where a column of its own says it: a debit of the card is a charge, a credit a refund."""

from enum import StrEnum

from ledger.imports.amounts import Convention, amount_in_any_writing


class Side(StrEnum):
    DEBIT = "DR"
    CREDIT = "CR"


# English, German and French; what fits neither, such as a payment of the statement, is no purchase and no refund.
NEITHER = frozenset({"payment", "payments", "autopay", "transfer", "zahlung", "ausgleich", "paiement", "virement"})
WORDS = {
    **dict.fromkeys(
        ("d", "dr", "db", "debit", "debits", "charge", "purchase", "sale", "fee", "fees", "s", "soll"), Side.DEBIT
    ),
    **dict.fromkeys(("belastung", "lastschrift", "kauf", "débit", "achat"), Side.DEBIT),
    **dict.fromkeys(("c", "cr", "credit", "credits", "refund", "return", "h", "haben"), Side.CREDIT),
    **dict.fromkeys(("gutschrift", "erstattung", "crédit", "avoir", "remboursement"), Side.CREDIT),
}


def side_of(text: str) -> Side | None:
    return WORDS.get(text.strip().rstrip(".").casefold())


def tells_a_side(text: str) -> bool:
    """Whether a column of sides would say this, also of what has none."""
    return side_of(text) is not None or _is_neither(text)


def _is_neither(text: str) -> bool:
    return text.strip().rstrip(".").casefold() in NEITHER


class SideTally:
    """Whether the column says anything that the signs of the amounts beside it do not say."""

    def __init__(self) -> None:
        self._seen: set[tuple[bool, Side]] = set()
        self._has_neither = False

    def add(self, amount: str, text: str) -> None:
        if side := side_of(text):
            self._seen.add((_is_negative(amount), side))
        self._has_neither |= _is_neither(text)

    @property
    def is_told_by_signs(self) -> bool:
        """All of it: what is neither can look like a refund."""
        return self.agrees_with_signs and not self._has_neither

    @property
    def convention(self) -> Convention | None:
        """What a minus means, where the column says it."""
        if not self.agrees_with_signs:
            return None
        return Convention.CHARGES_NEGATIVE if (True, Side.DEBIT) in self._seen else Convention.REFUNDS_NEGATIVE

    @property
    def agrees_with_signs(self) -> bool:
        signs, sides = {sign for sign, _ in self._seen}, {side for _, side in self._seen}
        return True in signs and len(self._seen) == len(signs) == len(sides)


def _is_negative(amount: str) -> bool:
    return (amount_in_any_writing(amount) or 0) < 0

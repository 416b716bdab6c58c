"""What kind of movement a row is, where a column of its own says it, and which rows are plainly no purchases."""

import re
from collections import Counter

from ledger.domain.documents import DocumentKind
from ledger.imports.amounts import Convention, amount_in_any_writing

WORD = re.compile(r"[^\W_]+")
# Of ten rows one may be a slip.
MOST = 0.9

# English, German and French. Left out is what may be two of them: a credit is a refund or a payment, an adjustment goes
# either way, and “card payment”, “Zahlung” and “paiement” are purchases with some issuers.
WORDS = {
    **dict.fromkeys(("charge", "purchase", "purchases", "sale", "sales", "card purchase"), DocumentKind.CHARGE),
    **dict.fromkeys(("card charge", "pos purchase", "kauf", "einkauf", "achat", "achats"), DocumentKind.CHARGE),
    **dict.fromkeys(("refund", "refunds", "return", "returns", "card refund", "merchant refund"), DocumentKind.REFUND),
    **dict.fromkeys(("purchase return", "erstattung", "rückerstattung", "remboursement"), DocumentKind.REFUND),
    **dict.fromkeys(("fee", "fees", "card fee", "annual fee", "late fee", "membership fee"), DocumentKind.FEE),
    **dict.fromkeys(("foreign transaction fee", "fx fee", "late payment fee", "cash advance fee"), DocumentKind.FEE),
    **dict.fromkeys(("interest", "interest charge", "finance charge", "service charge"), DocumentKind.FEE),
    **dict.fromkeys(("gebühr", "gebühren", "zinsen", "frais", "cotisation", "intérêts"), DocumentKind.FEE),
    **dict.fromkeys(("cashback", "cash back", "card cashback", "reward", "rewards"), DocumentKind.CASHBACK),
    **dict.fromkeys(("payment", "payments", "statement payment", "autopay", "repayment"), DocumentKind.PAYMENT),
    **dict.fromkeys(("payment received", "payment thank you", "credit card payment"), DocumentKind.PAYMENT),
    **dict.fromkeys(("einzahlung", "rechnungsausgleich"), DocumentKind.PAYMENT),
}

KNOWN = "charge, refund, fee, cashback or payment"
ENDS = ("received", "thank you", "received thank you", "thank")
WAYS = ("", "autopay ", "automatic ", "direct debit ", "online ", "mobile ", "internet ", "electronic ")
# As issuers write it where merchants stand. Whole texts, so that no merchant is met by a part of its name.
STATEMENT_PAYMENTS = frozenset(
    {
        *(f"{way}payment {end}" for way in WAYS for end in ENDS),
        *("autopay payment", "automatic payment", "direct debit payment", "statement payment", "credit card payment"),
        *("payment thank you mobile", "payment thank you web", "payment thank you online"),
        *("zahlung erhalten besten dank", "zahlung erhalten vielen dank"),
        "prélèvement automatique enregistré merci",
    }
)


def kind_of(text: str) -> DocumentKind | None:
    return WORDS.get(_words(text))


def is_statement_payment(merchant: str) -> bool:
    return _words(merchant) in STATEMENT_PAYMENTS


def unknown_kind(text: str) -> str:
    """The sentence that refuses the row."""
    what = f"“{text[:40]}” does not say which kind it is" if text else "Kind is empty"
    return f"{what}. Write {KNOWN}, or leave the column out."


def contradiction(text: str, kind: DocumentKind, minor: int) -> str:
    """The sentence that refuses a row whose amount goes the other way than its kind; none where they agree."""
    if minor * kind.sign >= 0:
        return ""
    does, does_not = ("adds to", "lessens") if kind.sign > 0 else ("lessens", "adds to")
    return (
        f"“{text[:40]}” {does} what the card owes, but the amount {does_not} it. "
        "Check what a minus means, or mend the row."
    )


def doubtful_refund(merchant: str) -> str:
    return (
        f"“{merchant[:60]}” reads like a payment of the card's statement, not like a refund. Add or choose a column "
        "for the kind that says payment or refund, or take the row out."
    )


class KindTally:
    """What the signs of amounts mean by the kinds that stand beside them."""

    def __init__(self) -> None:
        self._seen: Counter[tuple[bool, int]] = Counter()

    def add(self, amount: str, text: str) -> None:
        kind, number = kind_of(text), amount_in_any_writing(amount)
        if kind and number:
            self._seen[number < 0, kind.sign] += 1

    @property
    def convention(self) -> Convention | None:
        """Where all rows agree, but for one in ten."""
        if self.tells_the_way:
            return None
        usual = self._seen[False, 1] + self._seen[True, -1]
        turned = self._seen[True, 1] + self._seen[False, -1]
        if usual >= MOST * (usual + turned) > 0:
            return Convention.REFUNDS_NEGATIVE
        return Convention.CHARGES_NEGATIVE if turned >= MOST * (usual + turned) > 0 else None

    @property
    def tells_the_way(self) -> bool:
        """No amount has a minus, but not all of them go the same way."""
        return self._seen.keys() == {(False, 1), (False, -1)}


def _words(text: str) -> str:
    return " ".join(WORD.findall(text.casefold()))

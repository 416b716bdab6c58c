"""What an issuer tells while everything breaks, by a seed; and what must stand in the books for it, by our own sums."""

import random
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from decimal import Decimal

from django.db import transaction

from integrations.sync.marks import sign_of
from ledger.domain.documents import DocumentKind, Stage
from ledger.models import SourceDocument
from tests.bench import offices
from tests.bench.offices import Firm

CARD, BANK = "2110", "1010"
MERCHANTS = 12
KINDS = [DocumentKind.CHARGE] * 7 + [DocumentKind.REFUND] * 2 + [DocumentKind.PAYMENT]


@dataclass(frozen=True)
class Told:
    """What was told of one document last."""

    name: str
    kind: DocumentKind
    cents: int
    category: str
    merchant: str
    reversed: bool = False

    @property
    def stands(self) -> bool:
        return not self.reversed

    def postings(self, accounts: dict[str, str]) -> Counter[str]:
        """By account number, debits positive."""
        against = BANK if self.kind is DocumentKind.PAYMENT else accounts[self.category]
        owed = self.kind.sign * self.cents
        return Counter({CARD: -owed, against: owed})


@dataclass
class Workload:
    firm: Firm
    dice: random.Random
    known: dict[str, Told] = field(default_factory=dict)
    kinds: list[DocumentKind] = field(default_factory=lambda: KINDS)
    receipts: float = 0.0
    """Of new documents this share carries a receipt."""
    signs: dict[str, str] = field(default_factory=dict)
    """By document, of its receipt."""

    def new(self, number: int) -> None:
        """Charges, refunds and statement payments that nobody has heard of."""
        invented = [self._invented(f"x-{len(self.known) + at}") for at in range(number)]
        self._tell(invented)
        if self.receipts:
            self._hang([one.name for one in invented if self.dice.random() < self.receipts])

    def change(self, number: int) -> None:
        """Of documents that may be on their way at this moment."""
        self.correct(self._some(number))

    def correct(self, some: Iterable[Told]) -> None:
        """Another amount, and for some another category."""
        self._tell(
            replace(one, cents=self._cents(), category=self.dice.choice([one.category, self._category()]))
            for one in some
        )

    def reverse(self, number: int) -> None:
        self._tell([replace(one, reversed=True) for one in self._some(number)])

    def postings(self, but: Iterable[str] = ()) -> Counter[str]:
        """What must stand in the books, in cents by account number."""
        accounts, total = offices.mapped(), Counter[str]()
        for one in self.known.values():
            if one.stands and one.name not in set(but):
                total.update(one.postings(accounts))
        return total

    def _hang(self, names: Iterable[str]) -> None:
        with self.firm.open() as office:
            for name in names:
                receipt = office.receipt(_document(name), f"%PDF-1.7 of {name}".encode(), f"{name}.pdf")
                self.signs[name] = sign_of(receipt.sha256)

    def _some(self, number: int) -> list[Told]:
        standing = [one for one in self.known.values() if one.stands]
        return self.dice.sample(standing, min(number, len(standing)))

    def _invented(self, name: str) -> Told:
        kind = self.dice.choice(self.kinds)
        return Told(name, kind, self._cents(), self._category(), f"Merchant {self.dice.randrange(MERCHANTS)}")

    def _cents(self) -> int:
        return self.dice.randrange(1, 200_000)

    def _category(self) -> str:
        return f"Category {self.dice.randrange(offices.CATEGORIES)}"

    def _tell(self, told: Iterable[Told]) -> None:
        some = list(told)
        with self.firm.open() as office:
            office.tell(
                [
                    office.incoming(
                        one.name,
                        str(Decimal(one.cents).scaleb(-2)),
                        kind=one.kind,
                        stage=Stage.REVERSED if one.reversed else Stage.CLEARED,
                        merchant=one.merchant,
                        category="" if one.kind is DocumentKind.PAYMENT else one.category,
                    )
                    for one in some
                ]
            )
        self.known |= {one.name: one for one in some}


@transaction.atomic
def _document(name: str) -> SourceDocument:
    return SourceDocument.objects.get(external_id=name)

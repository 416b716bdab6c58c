"""A movement on a card as it comes in, and which values it may have."""

from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from ledger.domain.documents import DocumentKind, Stage
from ledger.domain.lines import NOTHING_ELSE, IncomingLine
from ledger.domain.money import Money


@dataclass(frozen=True, slots=True)
class IncomingTransaction:
    """One movement on a card as the issuer or the customer's own system tells it.

    Money is signed: a charge is positive, a refund negative. `original` is what was paid in another currency, `money`
    what was billed for it. Tags are by group.
    """

    external_id: str
    card: str
    money: Money
    merchant_name: str
    cleared_at: datetime | None = None
    kind: DocumentKind = DocumentKind.CHARGE
    stage: Stage = Stage.CLEARED
    authorised_at: datetime | None = None
    original: Money | None = None
    refund_of: str = ""
    bank_account: str = ""
    vendor: str = ""
    merchant_category_code: str = ""
    merchant_city: str = ""
    merchant_country: str = ""
    category: str = ""
    department: str = ""
    memo: str = ""
    tags: "MappingProxyType[str, str] | dict[str, str]" = field(default_factory=lambda: NOTHING_ELSE)
    custom: "MappingProxyType[str, str] | dict[str, str]" = field(default_factory=lambda: NOTHING_ELSE)
    lines: tuple[IncomingLine, ...] = ()
    approved_by: str = ""
    approved_at: datetime | None = None
    # By the names above: of what is on record already, these stay as they are.
    untold: frozenset[str] = frozenset()
    # Nobody told the time; the moment is some time of the day that was told.
    is_day_only: bool = False

    @property
    def moment(self) -> datetime:
        """When it cleared, or, as long as it has not, when it was authorised."""
        moment = self.cleared_at or self.authorised_at
        assert moment is not None, "one of both is asked for by missing_moment()"
        return moment


def missing_moment(incoming: IncomingTransaction) -> dict[str, str]:
    """The time that its stage needs, by the field's name; the moment of a reversal may be any of the two."""
    if incoming.stage is Stage.CLEARED and incoming.cleared_at is None:
        return {"cleared_at": "A cleared transaction says when it cleared."}
    if incoming.cleared_at is None and incoming.authorised_at is None:
        return {"authorised_at": "Say when it was authorised."}
    return {}

"""Taking card transactions in."""

from ledger.services.intake.recording import record_transactions
from ledger.services.intake.telling import tell_again

__all__ = ["record_transactions", "tell_again"]

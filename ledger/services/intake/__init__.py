"""Taking card transactions in."""

from ledger.services.intake.recording import Errors, Recorded, Result, record_transactions
from ledger.services.intake.telling import tell_again

__all__ = ["Errors", "Recorded", "Result", "record_transactions", "tell_again"]

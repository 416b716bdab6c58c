"""Taking card transactions in."""

from ledger.services.intake.recording import Errors, Recorded, Result, record_transactions

__all__ = ["Errors", "Recorded", "Result", "record_transactions"]

"""Taking card transactions in."""

from ledger.services.intake.recording import record_transactions

__all__ = ["record_transactions"]

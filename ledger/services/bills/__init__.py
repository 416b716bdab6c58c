"""Taking bills and their payments in."""

from ledger.services.bills.payments import record_payments
from ledger.services.bills.recording import record_bills
from ledger.services.bills.telling import bill_as_told, payment_as_told

__all__ = ["bill_as_told", "payment_as_told", "record_bills", "record_payments"]

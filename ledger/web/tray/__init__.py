"""The tray: receipts that wait for their document."""

from ledger.web.tray.doors import add_to_tray, hang_receipt, tray

__all__ = ["add_to_tray", "hang_receipt", "tray"]

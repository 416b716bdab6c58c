"""Letters with receipts: reading them, and a server of our own that takes them by SMTP. A provider's webhook is a door
of ledger/web."""

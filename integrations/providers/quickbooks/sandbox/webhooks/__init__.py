"""Notifications of changes: noted with the change, signed, sent, and sent again (§7)."""

"""What happens in the books without us: told by the platform (receiving, taking), or asked for (asking)."""

from integrations.services.incoming.asking import ask_for_changes
from integrations.services.incoming.receiving import PATIENCE, forget_old_changes, receive
from integrations.services.incoming.taking import take_changes

__all__ = ["PATIENCE", "ask_for_changes", "forget_old_changes", "receive", "take_changes"]

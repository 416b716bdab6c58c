"""Where a transaction stands on its way to the books, also while it has no job yet."""

from collections.abc import Sequence

from integrations.mapping.reasons import Reason, ReasonCode
from integrations.models import JobState
from integrations.selectors import SyncState
from integrations.words import NOT_BEGUN, PENDING_SHOWN, SHOWN, StateShown, state_shown
from ledger.domain.transactions import Stage
from ledger.models import CardTransaction

ARRIVING = SHOWN[JobState.WAITING]


def shown_state(row: CardTransaction, state: SyncState | None, connected: set[int]) -> StateShown:
    """What has no job yet is pending, waits for a connection, or is just arriving."""
    if state is not None:
        return state_shown(state)
    if row.document.stage == Stage.PENDING:
        return PENDING_SHOWN
    return ARRIVING if row.document.entity_id in connected else NOT_BEGUN


def first_reason(row: CardTransaction, state: SyncState | None, connected: set[int]) -> str:
    reasons = reasons_shown(row, state, connected)
    return reasons[0].sentence if reasons else ""


def reasons_shown(row: CardTransaction, state: SyncState | None, connected: set[int]) -> Sequence[Reason]:
    if state is not None:
        return state.reasons
    if row.document.stage == Stage.PENDING or row.document.entity_id in connected:
        return ()
    return (Reason(ReasonCode.NOT_CONNECTED, row.document.entity.name),)

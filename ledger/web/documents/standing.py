"""Where a document stands on its way to the books, also while it has no job yet."""

from collections.abc import Sequence
from dataclasses import replace

from integrations.mapping.reasons import Reason, ReasonCode
from integrations.models import JobState
from integrations.selectors import SyncState
from integrations.words import NOT_BEGUN, PENDING_SHOWN, SHOWN, StateShown, state_shown
from ledger.domain.documents import BILLS, DocumentKind, Stage
from ledger.models import SourceDocument

ARRIVING = SHOWN[JobState.WAITING]
UNFINISHED = {
    **dict.fromkeys(BILLS, replace(PENDING_SHOWN, word="Draft")),
    DocumentKind.BILL_PAYMENT: replace(PENDING_SHOWN, word="Scheduled"),
}


def shown_state(document: SourceDocument, state: SyncState | None, connected: set[int]) -> StateShown:
    """What has no job yet is pending, waits for a connection, or is just arriving."""
    if state is not None:
        return state_shown(state)
    if document.stage == Stage.PENDING:
        return UNFINISHED.get(DocumentKind(document.kind), PENDING_SHOWN)
    return ARRIVING if document.entity_id in connected else NOT_BEGUN


def first_reason(document: SourceDocument, state: SyncState | None, connected: set[int]) -> str:
    reasons = reasons_shown(document, state, connected)
    return reasons[0].sentence if reasons else ""


def reasons_shown(document: SourceDocument, state: SyncState | None, connected: set[int]) -> Sequence[Reason]:
    if state is not None:
        return state.reasons
    if document.stage == Stage.PENDING or document.entity_id in connected:
        return ()
    return (Reason(ReasonCode.NOT_CONNECTED, document.entity.name),)

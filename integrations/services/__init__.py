"""Verbs of the integration: connect, read references, save a mapping, decide, choose a side, send or code again, undo,
hear of changes."""

from integrations.mapping.slots import MappingKey
from integrations.services.choosing import keep_theirs
from integrations.services.companies import look_again
from integrations.services.connecting import (
    ConnectRefused,
    begin_connect,
    find_authorisation,
    finish_connect,
    must_agree_soon,
    use_authorisation,
)
from integrations.services.deciding import Decided, decide
from integrations.services.incoming import PATIENCE, ask_for_changes, forget_old_changes, receive, take_changes
from integrations.services.looking import NotPosted, RemovedThere, look_there
from integrations.services.mapping import Choices, StaleMapping, revert_mapping, save_mapping
from integrations.services.periods import choose_period
from integrations.services.references import read_references
from integrations.services.sending import code_again, send_again, send_receipts_again
from integrations.services.undoing import UNDONE, Fate, Judged, changed_by, judge, leave, posted_by, undo

__all__ = [
    "PATIENCE",
    "UNDONE",
    "Choices",
    "ConnectRefused",
    "Decided",
    "Fate",
    "Judged",
    "MappingKey",
    "NotPosted",
    "RemovedThere",
    "StaleMapping",
    "ask_for_changes",
    "begin_connect",
    "changed_by",
    "choose_period",
    "code_again",
    "decide",
    "find_authorisation",
    "finish_connect",
    "forget_old_changes",
    "judge",
    "keep_theirs",
    "leave",
    "look_again",
    "look_there",
    "must_agree_soon",
    "posted_by",
    "read_references",
    "receive",
    "revert_mapping",
    "save_mapping",
    "send_again",
    "send_receipts_again",
    "take_changes",
    "undo",
    "use_authorisation",
]

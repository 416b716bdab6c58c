"""Verbs of the integration: connect, read references, save a mapping, decide, send again, code again."""

from integrations.mapping.slots import MappingKey
from integrations.services.connecting import (
    ConnectRefused,
    begin_connect,
    find_authorisation,
    finish_connect,
    use_authorisation,
)
from integrations.services.deciding import Decided, decide
from integrations.services.looking import NotPosted, RemovedThere, look_there
from integrations.services.mapping import Choices, StaleMapping, revert_mapping, save_mapping
from integrations.services.references import read_references
from integrations.services.sending import code_again, send_again

__all__ = [
    "Choices",
    "ConnectRefused",
    "Decided",
    "MappingKey",
    "NotPosted",
    "RemovedThere",
    "StaleMapping",
    "begin_connect",
    "code_again",
    "decide",
    "find_authorisation",
    "finish_connect",
    "look_there",
    "read_references",
    "revert_mapping",
    "save_mapping",
    "send_again",
    "use_authorisation",
]

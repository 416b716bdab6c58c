"""Our durable mark on what we write: the second guard against a double, for when idempotency keys are forgotten."""

import base64
from uuid import UUID

PREFIX = "FX-"
MARK_BYTES = 10


# Our mark on what takes a document back.
REVERSAL = "-R"


def reversal_of(mark: str) -> str:
    return mark + REVERSAL


def is_reversal(mark: str) -> bool:
    return mark.endswith(REVERSAL)


def mark_of(public_id: UUID) -> str:
    """The same for the same document, 19 characters: QuickBooks takes a document number of 21 at most."""
    return PREFIX + base64.b32encode(public_id.bytes[-MARK_BYTES:]).decode()

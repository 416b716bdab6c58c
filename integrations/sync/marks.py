"""Our durable mark on what we write: the second guard against a double, for when idempotency keys are forgotten."""

import base64
import re
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


# Of a file, so much of its sign stands in its name.
SIGN_SHOWN = 12
LONGEST_NAME = 200
LETTERS = str.maketrans("0123456789abcdef", "abcdefghijklmnop")
LIKE_A_CARD = re.compile(r"\d(?:[ ._-]?\d){12,}")


def sign_of(sha256: str) -> str:
    """A file's hash in letters alone: platforms refuse text in which so many digits look like the number of a card."""
    return sha256.translate(LETTERS)


def name_there(file_name: str, sign: str) -> str:
    """With the beginning of the sign, by which a look-up tells it from another of the same name and size. Of what looks
    like the number of a card, the last four digits stay."""
    stem, _, ending = LIKE_A_CARD.sub(lambda found: f"…{found[0][-4:]}", file_name).rpartition(".")
    return f"{stem[:LONGEST_NAME]} (fx-{sign[:SIGN_SHOWN]}).{ending}"

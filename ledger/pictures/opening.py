"""Ask the child, and wait no longer than a person would."""

import os
import subprocess
import sys
from pathlib import Path
from typing import IO

from PIL import Image, UnidentifiedImageError

from ledger.pictures.child import MOST_PIXELS

CHILD = Path(__file__).with_name("child.py")
SECONDS = 15


class Unopened(ValueError):
    """It cannot be opened, or not with what one file may take."""


class TooLong(Unopened):
    """Not in time: perhaps the machine is busy, and it can be opened later."""


def preview(content: bytes) -> bytes:
    """The first page, or the picture, as a small JPEG. Raises Unopened."""
    return _ask("preview", content)


def as_jpeg(content: bytes) -> bytes:
    """A photo of a phone as what accounting platforms take. Raises Unopened."""
    return _ask("jpeg", content)


def text_of(content: bytes) -> str:
    """What a PDF says in letters, empty for a scan. Raises Unopened."""
    return _ask("text", content).decode()


def check_picture(content: IO[bytes]) -> None:
    """By its head alone, without unfolding it. Raises Unopened."""
    here = content.tell()
    try:
        with Image.open(content) as picture:
            pixels = picture.width * picture.height
    except Image.DecompressionBombError as bomb:
        raise Unopened("It unfolds to far more than a photo of a receipt has.") from bomb
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as trouble:
        raise Unopened("It is a picture that cannot be opened. Perhaps it was damaged on its way.") from trouble
    finally:
        content.seek(here)
    if pixels > MOST_PIXELS:
        raise Unopened("It unfolds to far more than a photo of a receipt has.")


def _ask(deed: str, content: bytes) -> bytes:
    try:
        done = subprocess.run(
            [sys.executable, "-I", str(CHILD), deed],
            input=content,
            capture_output=True,
            timeout=SECONDS,
            check=False,
            # Nothing of ours: neither addresses nor passwords.
            env={"PATH": os.defpath},
        )
    except subprocess.TimeoutExpired as late:
        raise TooLong("It takes too long to open just now.") from late
    if done.returncode:
        raise Unopened("It cannot be opened. Perhaps it was damaged on its way.")
    return done.stdout

"""Text that a spreadsheet would run instead of showing, and the apostrophe that stops it."""

import re

# Also after blanks, which some programs trim, and in full width, which some fold. Apostrophes before it count, so that
# what was neutralised twice is restored twice.
RUNS = re.compile(r"'*\s*[=+\-@＝＋－＠]|'*[\t\r\n]")
PLAIN_NUMBER = re.compile(r"[+-]?[0-9][0-9.,' ]*%?")


def neutralised(text: str) -> str:
    """Safe in a spreadsheet's cell; restored() gives the text back."""
    return f"'{text}" if _would_run(text) else text


def restored(text: str) -> str:
    """What stood there before neutralised()."""
    return text[1:] if text.startswith("'") and _would_run(text[1:]) else text


def _would_run(text: str) -> bool:
    return RUNS.match(text) is not None and PLAIN_NUMBER.fullmatch(text) is None

"""What a cell says about a card. Of a card's number no more than the last four digits may be kept."""

import re

WHOLE_NUMBER = re.compile(r"(?<![0-9])[0-9](?:[ -]?[0-9]){12,18}(?![0-9])")
# “4471”, “•••• 4471”, “XXXX-XXXX-XXXX-4471”; a spreadsheet drops the zeros in front of 0471.
LAST_FOUR_ONLY = re.compile(r"[\s*•·.…#xX_-]*([0-9]{1,4})")


def without_whole_numbers(text: str) -> str:
    """“4111 1111 1111 1111” becomes “•••• 1111”; everything else stays."""
    return WHOLE_NUMBER.sub(_masked, text)


def _masked(found: re.Match[str]) -> str:
    digits = _digits(found[0])
    return f"•••• {digits[-4:]}" if _is_a_card_number(digits) else found[0]


def _is_a_card_number(digits: str) -> bool:
    """Luhn's check, which one in ten other numbers passes as well."""
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits))]
    return sum(number - 9 * (number > 9) for number in doubled) % 10 == 0


def told_by_last_four(cell: str) -> str:
    """The four digits, where the cell holds nothing else."""
    found = LAST_FOUR_ONLY.fullmatch(cell)
    return found[1].zfill(4) if found else ""


def identity(cell: str) -> str:
    """The name that a card made from this cell gets."""
    return told_by_last_four(cell) or cell


def last_four(cell: str) -> str:
    """Of the digits in it; nothing where there are none."""
    digits = _digits(cell)
    return digits[-4:].zfill(4) if digits else ""


def _digits(text: str) -> str:
    return "".join(letter for letter in text if letter in "0123456789")

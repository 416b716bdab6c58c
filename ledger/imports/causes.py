"""Reasons by which rows are counted: the same sentence about another row's values is the same reason."""

import re

OF_THE_ROW = re.compile(r"“[^”]*”|^[0-9]{4}-[0-9]{2}-[0-9]{2}\b")


def cause_of(sentence: str) -> str:
    return OF_THE_ROW.sub("“…”", sentence)

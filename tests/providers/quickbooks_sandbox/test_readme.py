"""The README tells every switch with its words, the default first, and no other."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

from integrations.providers.quickbooks.sandbox.settings import Limits, Switches

README = Path(__file__).parents[3] / "integrations/providers/quickbooks/sandbox/README.md"
_ROW = re.compile(r"^\| `SANDBOX_(\w+)` \| ([^|]+) \|", re.MULTILINE)


def test_every_switch_stands_in_the_readme_with_its_words() -> None:
    told = {name.lower(): words.strip() for name, words in _ROW.findall(README.read_text())}
    for start_option in ("port", "host", "data", "charts"):
        told.pop(start_option, None)
    known = {each.name: ", ".join(each.metadata.get("words", ())) or str(each.default) for each in fields(Switches)}
    del known["limits"]
    known |= {f"limit_{each.name}": str(each.default) for each in fields(Limits)}
    assert told == known

"""What holds for every template, whatever is put into it."""

import re
from pathlib import Path

TEMPLATES = Path(__file__).parents[2] / "templates"
ARGUMENT = re.compile(r"\|\w+:([A-Za-z_][\w.]*)")
# Whoever fills these templates always gives them.
ALWAYS_GIVEN = {"item.icon", "platform_label"}


def test_no_filter_is_given_what_may_not_be_there() -> None:
    """Unlike the value in front of it, an argument that is missing breaks the page."""
    found = {
        (path.relative_to(TEMPLATES).as_posix(), argument)
        for path in TEMPLATES.rglob("*.html")
        for argument in ARGUMENT.findall(path.read_text())
    }
    assert {argument for _, argument in found} >= ALWAYS_GIVEN
    assert [one for one in sorted(found) if one[1] not in ALWAYS_GIVEN] == []

"""What is to be done about a receipt: a table of cases."""

import pytest

from integrations.providers.documents import Posted
from integrations.sync.hanging import Hang, Hanging, ReceiptFacts, Rest, Step, Take, next_step

HERE, THERE = Posted("Purchase", "7", "0"), Posted("Purchase", "8", "0")
AT_HERE = Hanging(HERE, Posted("Attachable", "71", "0"))
AT_THERE = Hanging(THERE, Posted("Attachable", "81", "0"))


@pytest.mark.parametrize(
    ("facts", "step"),
    [
        (ReceiptFacts(wanted=True, target=None), Rest.EARLY),
        (ReceiptFacts(wanted=True, target=HERE), Hang(HERE)),
        (ReceiptFacts(wanted=True, target=HERE, hanging=[AT_HERE]), Rest.DONE),
        # Its document was made anew: hung there first, then taken away where it hung.
        (ReceiptFacts(wanted=True, target=HERE, hanging=[AT_THERE]), Hang(HERE, "81")),
        (ReceiptFacts(wanted=True, target=HERE, hanging=[AT_THERE, AT_HERE]), Take(AT_THERE)),
        # Somebody there took the document out: its files are left alone. We did: they go.
        (ReceiptFacts(wanted=True, target=None, hanging=[AT_HERE]), Rest.EARLY),
        (ReceiptFacts(wanted=True, target=None, hanging=[AT_HERE], over=True), Take(AT_HERE)),
        (ReceiptFacts(wanted=False, target=HERE), Rest.DONE),
        (ReceiptFacts(wanted=False, target=HERE, hanging=[AT_HERE]), Take(AT_HERE)),
        (ReceiptFacts(wanted=False, target=None, hanging=[AT_HERE]), Take(AT_HERE)),
        (ReceiptFacts(wanted=False, target=HERE, hanging=[AT_HERE], superseded=True), Rest.EARLY),
        (ReceiptFacts(wanted=False, target=HERE, superseded=True), Rest.DONE),
    ],
)
def test_the_next_step_follows_from_what_stands_there(facts: ReceiptFacts, step: Step) -> None:
    assert next_step(facts) == step

"""What is to be done about a receipt, from values alone: hang it there, take it away, or wait. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from integrations.providers.documents import Posted


@dataclass(frozen=True, slots=True)
class Hanging:
    """A file of ours in the books, and the object at which it hangs."""

    target: Posted
    there: Posted


@dataclass(frozen=True, slots=True)
class ReceiptFacts:
    """`target`: its document as it stands in the books. `over`: the document was reversed, for good.

    `superseded`: it was replaced by one that does not hang there yet.
    """

    wanted: bool
    target: Posted | None
    hanging: Sequence[Hanging] = ()
    over: bool = False
    superseded: bool = False


@dataclass(frozen=True, slots=True)
class Hang:
    """`elsewhere`: the file that hangs where its document stood before."""

    target: Posted
    elsewhere: str = ""


@dataclass(frozen=True, slots=True)
class Take:
    hanging: Hanging


class Rest(Enum):
    EARLY = "early"
    DONE = "done"


Step = Hang | Take | Rest


def next_step(facts: ReceiptFacts) -> Step:
    """One step; after it, the next is worked out anew. What is new hangs there before what is old is taken away."""
    if not facts.wanted:
        if facts.hanging and facts.superseded:
            return Rest.EARLY
        return Take(facts.hanging[0]) if facts.hanging else Rest.DONE
    if facts.target is None:
        # What a person took out of the books may have taken its files along; only what we took out is cleared up.
        return Take(facts.hanging[0]) if facts.over and facts.hanging else Rest.EARLY
    if not any(_same(one.target, facts.target) for one in facts.hanging):
        return Hang(facts.target, facts.hanging[0].there.external_id if facts.hanging else "")
    elsewhere = [one for one in facts.hanging if not _same(one.target, facts.target)]
    return Take(elsewhere[0]) if elsewhere else Rest.DONE


def _same(one: Posted, other: Posted) -> bool:
    return (one.kind, one.external_id) == (other.kind, other.external_id)

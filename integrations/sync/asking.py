"""A question about many things at once, which the platform may refuse for the sake of one of them. Pure."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from integrations.providers.errors import Refused

Thing = TypeVar("Thing")
Key = TypeVar("Key")
Told = TypeVar("Told")
Answer = TypeVar("Answer")

ALL_REFUSED = 10


def ask(
    question: Callable[[Sequence[Thing]], dict[Key, Told]], things: Sequence[Thing]
) -> tuple[dict[Key, Told], dict[Thing, str]]:
    """What was answered; and why not, in the platform's words, by the thing that it refuses to speak about."""
    found: dict[Key, Told] = {}
    refused: dict[Thing, str] = {}
    for some, answer in by_halves(question, things):
        if isinstance(answer, Refused):
            refused |= dict.fromkeys(some, str(answer))
        else:
            found |= answer
    return found, refused


def by_halves(
    question: Callable[[Sequence[Thing]], Answer], things: Sequence[Thing]
) -> Iterator[tuple[Sequence[Thing], Answer | Refused]]:
    """Each part of the things with its answer. What is refused is asked by halves, down to the one that is refused; but
    where so many are and nothing is answered, it is not for the sake of one."""
    yield from _by_halves(question, things, Refusals())


@dataclass
class Refusals:
    alone: int = 0
    """Of things that were asked about by themselves, as long as nothing is answered."""
    answered: bool = False

    @property
    def are_about_all(self) -> bool:
        return self.alone >= ALL_REFUSED and not self.answered


def _by_halves(
    question: Callable[[Sequence[Thing]], Answer], things: Sequence[Thing], met: Refusals
) -> Iterator[tuple[Sequence[Thing], Answer | Refused]]:
    try:
        answer = question(things)
    except Refused as refusal:
        met.alone += len(things) == 1
        half = len(things) // 2
        if not half or met.are_about_all:
            yield things, refusal
        else:
            yield from _by_halves(question, things[:half], met)
            yield from _by_halves(question, things[half:], met)
    else:
        met.answered = True
        yield things, answer

"""A question about many things at once, which the platform may refuse for the sake of one of them. Pure."""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from integrations.providers.errors import Refused

Thing = TypeVar("Thing")
Key = TypeVar("Key")
Told = TypeVar("Told")
Answer = TypeVar("Answer")


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
    """Each part of the things with its answer. What is refused is asked by halves, down to the one that is refused."""
    try:
        yield things, question(things)
    except Refused as refusal:
        if len(things) == 1:
            yield things, refusal
            return
        half = len(things) // 2
        yield from by_halves(question, things[:half])
        yield from by_halves(question, things[half:])

"""A question about many is refused for the sake of few: these are found, and the others get their answer."""

from collections.abc import Sequence

import pytest

from integrations.providers.documents import Posted
from integrations.providers.errors import Refused, Temporary
from integrations.sync.asking import ask


def there(number: int) -> Posted:
    return Posted("Purchase", str(number), "0")


@pytest.mark.parametrize(
    ("bad", "questions"), [(set(), 1), ({0}, 7), ({7}, 7), ({3, 4}, 11), (set(range(8)), 15)], ids=str
)
def test_only_what_is_refused_is_left_without_an_answer(bad: set[int], questions: int) -> None:
    asked: list[Sequence[int]] = []

    def question(numbers: Sequence[int]) -> dict[str, Posted]:
        asked.append(numbers)
        if refused := bad & set(numbers):
            raise Refused(f"Not {min(refused)}")
        return {str(number): there(number) for number in numbers}

    found, refused = ask(question, range(8))
    assert found == {str(number): there(number) for number in range(8) if number not in bad}
    assert refused == {number: f"Not {number}" for number in bad}
    assert len(asked) == questions


def test_what_refuses_ten_and_answers_none_is_asked_about_the_rest_together() -> None:
    asked: list[Sequence[int]] = []

    def question(numbers: Sequence[int]) -> dict[str, Posted]:
        asked.append(numbers)
        raise Refused("No right")

    found, refused = ask(question, range(1024))
    assert (found, refused) == ({}, dict.fromkeys(range(1024), "No right"))
    assert len(asked) < 40


def test_a_platform_that_does_not_answer_is_asked_no_more() -> None:
    def question(numbers: Sequence[int]) -> dict[str, Posted]:
        raise Temporary("Not now")

    with pytest.raises(Temporary):
        ask(question, range(8))

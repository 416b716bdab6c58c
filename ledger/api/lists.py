"""Taking one or up to 1,000, and answering for each: the same for everything that is sent to us."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from drf_spectacular.utils import OpenApiResponse
from rest_framework import serializers, status
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from ledger.api.errors import TooMany, by_field
from ledger.api.schema import LARGEST_LIST
from ledger.services.results import Errors, Result

Shown = dict[str, Any]


class Outcome(Protocol):
    @property
    def result(self) -> Result: ...
    @property
    def errors(self) -> Errors: ...


class ResultSerializer(serializers.Serializer[Any]):
    """What became of one of them."""

    result = serializers.ChoiceField(choices=[result.value for result in Result])
    errors = serializers.DictField(  # type: ignore[assignment]  # the word that callers know
        child=serializers.ListField(child=serializers.CharField()), help_text="Where it was refused: why, by field."
    )


class CountsSerializer(serializers.Serializer[Any]):
    created = serializers.IntegerField()
    existing = serializers.IntegerField()
    changed = serializers.IntegerField()
    refused = serializers.IntegerField()


def answers(of: type[serializers.Serializer[Any]]) -> dict[int, OpenApiResponse]:
    """For the contract: the answers to a list."""
    return {
        200: OpenApiResponse(of, "None is new: each was there before, or has changed."),
        201: OpenApiResponse(of, "At least one is new, and none was refused."),
        207: OpenApiResponse(of, "A list of which some were refused, each with its errors; the others were taken."),
    }


def take(
    data: Any,
    form: type[serializers.Serializer[Any]],
    record: Callable[[list[Any]], Sequence[Outcome]],
    shown: Callable[[Outcome | None, Any], Shown],
) -> Response:
    """Check the shape of each, record those that have it, and answer for all, in the order in which they came."""
    items, one = _items(data)
    forms = [form(data=item) for item in items]
    recorded = iter(record([form.validated_data for form in forms if form.is_valid()]))
    results = [_result(form, None if form.errors else next(recorded), shown) for form in forms]
    if one and results[0]["result"] == Result.REFUSED:
        raise ValidationError(results[0]["errors"])
    return _answer(results)


def _items(data: Any) -> tuple[list[Any], bool]:
    if isinstance(data, dict):
        return [data], True
    if not isinstance(data, list) or not data:
        raise ValidationError({"": ["Send one as an object, or several as a list."]})
    if len(data) > LARGEST_LIST:
        raise TooMany({"": [f"At most {LARGEST_LIST} at once."]})
    return data, False


def _result(
    form: serializers.Serializer[Any], outcome: Outcome | None, shown: Callable[[Outcome | None, Any], Shown]
) -> Shown:
    named = shown(outcome, form.initial_data)
    if outcome is None:
        return {**named, "result": Result.REFUSED, "errors": by_field(form.errors)}
    return {**named, "result": outcome.result, "errors": outcome.errors}


def _answer(results: list[Shown]) -> Response:
    counts = {result: sum(1 for shown in results if shown["result"] == result) for result in Result}
    code: int = status.HTTP_201_CREATED if counts[Result.CREATED] else status.HTTP_200_OK
    if counts[Result.REFUSED]:
        code = status.HTTP_207_MULTI_STATUS
    return Response({**{str(name): count for name, count in counts.items()}, "results": results}, status=code)

"""Every error of the API in one shape: {"error": {"code", "message", "fields"}}."""

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, JsonResponse
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import exception_handler

NON_FIELD_ERRORS = "non_field_errors"


class TooBig(exceptions.APIException):
    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_code = "too_big"
    default_detail = "The body is larger than 5 MB. Send fewer at once."


class TooMany(exceptions.ValidationError):
    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_code = "too_many"


class NotUtf8(exceptions.UnsupportedMediaType):
    default_detail = "JSON is sent in UTF-8; leave the charset out."

    def __init__(self) -> None:
        super().__init__("", detail=self.default_detail)


def answer(error: Exception, context: dict[str, Any]) -> Response | None:
    named = _named(error)
    response = exception_handler(named, context)
    if response is None:
        return None
    response.data = {"error": _described(named, response.data)}
    return response


def not_found(request: HttpRequest) -> JsonResponse:
    """For addresses below /api/ that lead nowhere."""
    described = _described(exceptions.NotFound(), {"detail": exceptions.NotFound.default_detail})
    return JsonResponse({"error": described}, status=404)


def by_field(detail: dict[Any, Any]) -> dict[str, list[str]]:
    """Sentences by the outermost field; where that holds others, each sentence begins with the way to its own."""
    return {str(name): list(_sentences(inner)) for name, inner in detail.items()}


def _sentences(detail: Any, way: str = "") -> Iterator[str]:
    if isinstance(detail, dict):
        for name, inner in detail.items():
            yield from _sentences(inner, way + _step(name))
    elif isinstance(detail, list):
        for inner in detail:
            yield from _sentences(inner, way)
    else:
        yield f"{way}{detail}"


def _step(name: str | int) -> str:
    if isinstance(name, int):
        return f"Line {name + 1}: "
    return "" if name == NON_FIELD_ERRORS else f"{name}: "


def _named(error: Exception) -> Exception:
    """What Django and the JSON parser raise in their own words."""
    if isinstance(error, RequestDataTooBig):
        return TooBig()
    if isinstance(error, RecursionError):
        return exceptions.ParseError("The JSON is nested too deeply.")
    return exceptions.NotFound() if isinstance(error, Http404) else error


def _described(error: Exception, data: Any) -> dict[str, Any]:
    code = error.default_code if isinstance(error, exceptions.APIException) else "error"
    if isinstance(error, exceptions.ValidationError):
        return {"code": code, "message": "Some values cannot be accepted.", "fields": by_field(data)}
    return {"code": code, "message": str(data.get("detail", "")), "fields": {}}

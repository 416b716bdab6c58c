"""Every error of the API in one shape: {"error": {"code", "message", "fields"}}."""

from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, JsonResponse
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import exception_handler


class TooBig(exceptions.APIException):
    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_code = "too_big"
    default_detail = "The body is larger than 5 MB. Send fewer charges at once."


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
        return {"code": code, "message": "Some values cannot be accepted.", "fields": data}
    return {"code": code, "message": str(data.get("detail", "")), "fields": {}}

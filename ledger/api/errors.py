"""Every error of the API in one shape: {"error": {"code", "message", "fields"}}."""

from typing import Any

from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler


def answer(error: Exception, context: dict[str, Any]) -> Response | None:
    response = exception_handler(error, context)
    if response is None:
        return None
    response.data = {"error": _described(error, response.data)}
    return response


def _described(error: Exception, data: Any) -> dict[str, Any]:
    if isinstance(error, exceptions.ValidationError):
        return {"code": "invalid", "message": "Some values cannot be accepted.", "fields": data}
    code = error.default_code if isinstance(error, exceptions.APIException) else "not_found"
    return {"code": code, "message": str(data.get("detail", "")), "fields": {}}

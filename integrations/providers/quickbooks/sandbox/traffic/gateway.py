"""Answers from in front of the books: throttles and pages of a gateway (§2.2, §8.1)."""

from __future__ import annotations

from http import HTTPStatus

from starlette.responses import Response

from ..wire.json import dumps
from ..wire.refusals import MESSAGES, GatewayRefusal
from ..wire.xml import fault_document

#: Shapes in which a throttle has been seen.
SHAPES = ("json", "xml", "lower")
DETAIL = "The request limit was reached.  Try again later"


def too_many(shape: str, retry_after: int, status: int = 429) -> Response:
    """As XML it has been seen although JSON was asked for; Retry-After is not documented (§8.1)."""
    return shaped(shape, "3001", MESSAGES["3001"], DETAIL, "SERVICE", status, _later(retry_after))


def shaped(
    shape: str, code: str, message: str, detail: str, kind: str, status: int, headers: dict[str, str] | None = None
) -> Response:
    """One fault in one of the three shapes a client may meet."""
    if shape == "xml":
        return Response(fault_document(code, message, detail, kind), status, headers, "application/xml")
    if shape == "lower":
        error = {"message": message, "detail": detail, "code": code, "element": None}
        body = dumps(GatewayRefusal.around({"error": [error], "type": kind}))
    else:
        body = dumps({"Fault": {"Error": [{"Message": message, "Detail": detail, "code": code}], "type": kind}})
    return Response(body, status, headers, "application/json")


def page(status: int, retry_after: int = 0) -> Response:
    """What a proxy says by itself: HTML, whatever was asked for."""
    title = f"{status} {_phrase(status)}"
    html = f"<html><head><title>{title}</title></head><body><center><h1>{title}</h1></center></body></html>"
    return Response(html, status, _later(retry_after), "text/html")


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "from the gateway"


def _later(seconds: int) -> dict[str, str] | None:
    return {"Retry-After": str(seconds)} if seconds else None

"""The XML in which QuickBooks answers who does not ask for JSON (§2), and some of its throttles (§8.1)."""

from __future__ import annotations

from typing import Any
from xml.sax.saxutils import escape, quoteattr

from .json import Json

NAMESPACE = "http://schema.intuit.com/finance/v3"
_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
#: Attributes of an object; all else are elements.
_ATTRIBUTES = ("domain", "sparse", "status")
_MARKS = {
    "Fault": ("type",),
    "Error": ("code", "element"),
    "QueryResponse": ("startPosition", "maxResults", "totalCount"),
    "BatchItemResponse": ("bId",),
    "ColData": ("value", "id", "href"),
    "Row": ("type", "group"),
}


def fault_document(code: str, message: str, detail: str, kind: str) -> str:
    fault = {"Fault": {"Error": [{"Message": message, "Detail": detail, "code": code}], "type": kind}}
    return document(fault)


def document(answer: Json) -> str:
    """The whole of a JSON answer as an IntuitResponse; a report is its own root."""
    if "Columns" in answer:
        inside = "".join(_element(name, value) for name, value in answer.items())
        return f'{_DECLARATION}<Report xmlns="{NAMESPACE}">{inside}</Report>'
    content = {name: value for name, value in answer.items() if name != "time"}
    time = f" time={quoteattr(str(answer['time']))}" if "time" in answer else ""
    inside = "".join(_element(name, value) for name, value in content.items())
    return f'{_DECLARATION}<IntuitResponse xmlns="{NAMESPACE}"{time}>{inside}</IntuitResponse>'


def _element(name: str, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return "".join(_element(name, each) for each in value)
    if isinstance(value, dict):
        return _object(name, value)
    return f"<{name}>{escape(_text(value))}</{name}>"


def _object(name: str, value: Json) -> str:
    if name.endswith("Ref") and "value" in value:
        return _reference(name, value)
    marks = _marks(name)
    attributes = "".join(f" {key}={quoteattr(_text(value[key]))}" for key in marks if value.get(key) is not None)
    inside = "".join(_element(key, each) for key, each in value.items() if key not in marks)
    return f"<{name}{attributes}>{inside}</{name}>"


def _marks(name: str) -> tuple[str, ...]:
    return _MARKS.get(name, _ATTRIBUTES)


def _reference(name: str, value: Json) -> str:
    """A reference holds its value as text and tells the rest beside it."""
    attributes = "".join(f" {key}={quoteattr(str(value[key]))}" for key in ("name", "type") if key in value)
    return f"<{name}{attributes}>{escape(str(value['value']))}</{name}>"


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)

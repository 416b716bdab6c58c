"""Reads the XML that some clients send (§2) as if it had come as JSON: the same names, every value as text."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from .json import Json

#: Of these JSON has a list even where there is one.
_LISTS = frozenset(
    ("BatchItemRequest", "Line", "LinkedTxn", "TaxLine", "CustomField", "AttachableRef", "NameValue", "TaxRateDetail")
)
#: Text that JSON holds in an object, as it does with references.
_VALUES = frozenset(("CustomerMemo",))
_DEEPEST = 40


class BadXml(ValueError):
    """What is not readable, or could be made to grow."""


def is_xml(content_type: str) -> bool:
    return content_type.startswith(("application/xml", "text/xml"))


def read(body: bytes) -> Json:
    """The content of the root, whose own name the address tells already."""
    # A document type can define entities that unfold without end; no client of this contract sends one.
    if b"<!DOCTYPE" in body or b"<!ENTITY" in body:
        raise BadXml("A document type is not accepted")
    try:
        root = ElementTree.fromstring(body)  # noqa: S314 - entities are refused above
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise BadXml(str(error)) from error
    content = _content(root, 0)
    return content if isinstance(content, dict) else {}


def _content(element: Element, depth: int) -> Any:
    if depth > _DEEPEST:
        raise BadXml("Nested too deeply")
    name, attributes = _local(element.tag), _attributes(element)
    if len(element):
        return {**attributes, **_children(element, depth)}
    text = element.text or ""
    if name.endswith("Ref") or name in _VALUES:
        return {**attributes, "value": text} if text else None
    return attributes if attributes and not text.strip() else text


def _children(element: Element, depth: int) -> Json:
    found: Json = {}
    for child in element:
        name, content = _local(child.tag), _content(child, depth + 1)
        if name in found and not isinstance(found[name], list):
            found[name] = [found[name], content]
        elif name in found:
            found[name].append(content)
        else:
            found[name] = [content] if name in _LISTS else content
    return found


def _attributes(element: Element) -> Json:
    """Those of the schema; of others, such as xsi:type, the name has a namespace."""
    return {name: value for name, value in element.attrib.items() if not name.startswith("{")}


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]

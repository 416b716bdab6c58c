"""Bodies of uploads as different clients write them."""

from __future__ import annotations

import base64
import json
import textwrap
from typing import Any

import requests

from .client import Company, Json

PDF = b"%PDF-1.4\r\n1 0 obj\n--not a boundary\r\n\x00\xff%%EOF\r\n"


def send(us: Company, body: bytes, content_type: str, **params: str) -> requests.Response:
    return us.call("POST", "upload", data=body, headers={"Content-Type": content_type}, params=params)


def part(name: str, content: bytes, kind: str, filename: str = "") -> tuple[str, tuple[Any, ...]]:
    return name, (filename or None, content, kind)


def upload(us: Company, *files: tuple[Json, str, bytes], **params: str) -> list[Json]:
    """As requests writes it: metadata and content of each, in pairs."""
    parts = []
    for number, (metadata, filename, content) in enumerate(files, 1):
        parts.append(part(f"file_metadata_{number:02}", json.dumps(metadata).encode(), "application/json"))
        parts.append(part(f"file_content_{number:02}", content, "application/pdf", filename))
    url = f"{us.server.url}/v3/company/{us.realm}/upload"
    headers = {"Authorization": f"Bearer {us.access}", "Accept": "application/json"}
    answer = requests.post(url, files=parts, headers=headers, params=params, timeout=60)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["AttachableResponse"])


def opened(address: str) -> requests.Response:
    return requests.get(address, timeout=60)


def fyle(metadata: str, filename: str, kind: str, content: bytes, *, empty_line: bool = True) -> tuple[bytes, str]:
    """As qbo-sdk-py writes it: bare line feeds, an empty first line, base64, a semicolon too many.

    Its earlier versions left out the empty line between the head of the metadata and the metadata.
    """
    boundary = "YOjcLaTlykb6OxfYJx4O07j1MweeMFem"
    template = textwrap.dedent(
        """
        --%s
        Content-Disposition: form-data; name="file_metadata_01";
        Content-Type: application/json
        %s%s
        --%s
        Content-Disposition: form-data; name="file_content_01"; filename="%s"
        Content-Type: %s
        Content-Transfer-Encoding: base64

        %s

        --%s--
        """
    )
    text = base64.b64encode(content).decode()
    gap = "\n" if empty_line else ""
    body = template % (boundary, gap, metadata, boundary, filename, kind, text, boundary)
    return body.encode(), f"multipart/form-data; boundary={boundary}"


def raw(*lines: bytes, end: bytes = b"\r\n") -> bytes:
    return end.join(lines)

"""What may be attached: the types on the list, by the end of the name or by what the sender calls it (§9.11)."""

from __future__ import annotations

from ..wire.refusals import Refusal

#: Any other is refused; HEIC and WEBP are not among them.
TYPES = {
    "ai": "application/postscript",
    "csv": "text/csv",
    "doc": "application/msword",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "eps": "application/postscript",
    "gif": "image/gif",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "pdf": "application/pdf",
    "png": "image/png",
    "rtf": "application/rtf",
    "tif": "image/tiff",
    "txt": "text/plain",
    "xls": "application/vnd.ms-excel",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "xml": "text/xml",
}
_ENDINGS = {
    **{kind: ending for ending, kind in TYPES.items()},
    "image/jpg": "jpg",
    "text/rtf": "rtf",
    "application/xml": "xml",
    "application/vnd.ms-word": "doc",
}
IMAGES = ("image/gif", "image/jpeg", "image/jpg", "image/png", "image/tiff")


def settle(name: str, kind: str) -> tuple[str, str]:
    """Name and type as they are kept: each is made from the other where it was not sent."""
    ending = name.rpartition(".")[2].lower() if "." in name else _ENDINGS.get(_plain(kind), "")
    if ending not in TYPES:
        raise Refusal("6041", f"The file type of {name or kind or 'the file'} is not supported", element="FileName")
    return name or f"attachment.{ending}", kind or TYPES[ending]


def is_image(kind: str) -> bool:
    return _plain(kind) in IMAGES


def _plain(kind: str) -> str:
    return kind.partition(";")[0].strip().lower()

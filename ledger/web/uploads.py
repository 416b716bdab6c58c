"""Receipts that a form brings, several at once."""

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile

from ledger.domain.receipts import LARGEST
from ledger.web.bodies import announced, drain
from ledger.web.doors import PageRequest

MOST_AT_ONCE = 10
# What the form needs around the files.
AROUND = 1024 * 1024
TOO_LARGE = f"At most {MOST_AT_ONCE} files at once, each of at most {LARGEST // 1024 // 1024} MB. Nothing was added."


def is_too_large(request: PageRequest) -> bool:
    """By what is announced, before any of it is read; the person is told."""
    if announced(request) <= MOST_AT_ONCE * LARGEST + AROUND:
        return False
    drain(request)
    messages.error(request, TOO_LARGE)
    return True


def files_in(request: PageRequest) -> list[UploadedFile]:
    """None of them, and the person is told, where they are too many or there is none."""
    files = request.FILES.getlist("files")
    if not files:
        messages.warning(request, "Choose a file first.")
    if len(files) > MOST_AT_ONCE:
        messages.error(request, TOO_LARGE)
        return []
    return files

"""Bringing files of rows in: take the file, look at it, choose its columns, read it slice by slice."""

from ledger.services.imports.choosing import forget_unused, gaps, keep_choice, start, stop, stop_interrupted
from ledger.services.imports.files import TooLarge, begin_import, earlier_of_the_same, formats_in
from ledger.services.imports.preview import Preview, preview, trial
from ledger.services.imports.running import Session, imports_with_work, run_for, unused_uploads

__all__ = [
    "Preview",
    "Session",
    "TooLarge",
    "begin_import",
    "earlier_of_the_same",
    "forget_unused",
    "formats_in",
    "gaps",
    "imports_with_work",
    "keep_choice",
    "preview",
    "run_for",
    "start",
    "stop",
    "stop_interrupted",
    "trial",
    "unused_uploads",
]

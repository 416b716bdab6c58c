"""The pages of imports: the list, a new file, its columns, and what became of it."""

from ledger.web.imports.choosing import choose_columns
from ledger.web.imports.listing import import_list
from ledger.web.imports.page import discard_import, import_page, refused_file, stop_import
from ledger.web.imports.upload import new_import

__all__ = [
    "choose_columns",
    "discard_import",
    "import_list",
    "import_page",
    "new_import",
    "refused_file",
    "stop_import",
]

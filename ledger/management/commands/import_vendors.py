"""Import a CSV file of vendors, of any size. Running it again adds nothing."""

from django.core.management.base import CommandParser

from ledger.imports.fields import VENDOR_FIELDS
from ledger.management.importing import ImportCommand, add_common_arguments
from ledger.models import ImportKind


class Command(ImportCommand):
    help = __doc__
    kind = ImportKind.VENDORS
    fields = VENDOR_FIELDS

    def add_arguments(self, parser: CommandParser) -> None:
        add_common_arguments(parser, self.fields)

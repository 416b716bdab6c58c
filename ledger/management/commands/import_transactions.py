"""Import a CSV file of card transactions, of any size. Running it again adds nothing."""

from typing import Any

from django.core.management.base import CommandError, CommandParser

from ledger.imports.amounts import Convention, DecimalMark
from ledger.imports.dates import DateOrder
from ledger.imports.fields import TRANSACTION_FIELDS
from ledger.management.importing import ImportCommand, add_common_arguments
from ledger.models import Entity, ImportKind


class Command(ImportCommand):
    help = __doc__
    kind = ImportKind.TRANSACTIONS
    fields = TRANSACTION_FIELDS

    def add_arguments(self, parser: CommandParser) -> None:
        add_common_arguments(parser, self.fields)
        parser.add_argument("--entity", required=True, help="whose cards they are, such as “Larkfield Ltd”")
        parser.add_argument("--card", help="of rows that do not say theirs: its id or its last four digits")
        parser.add_argument("--currency", help="of rows that do not say theirs; else the entity's")
        parser.add_argument("--tag", action="append", metavar="COLUMN", help="a column of tags; --tag= for none")
        parser.add_argument("--dates", choices=list(DateOrder), help="how 03/04/2026 is read")
        parser.add_argument("--decimals", choices=list(DecimalMark), help="what parts the cents")
        parser.add_argument("--sign", choices=list(Convention), help="what a minus means")
        parser.add_argument(
            "--make-missing", action="store_true", help="make cards, categories, departments and tags that are missing"
        )

    def _entity(self, options: dict[str, Any]) -> Entity:
        entity = Entity.objects.filter(name=options["entity"]).first()
        if entity is None:
            names = ", ".join(Entity.objects.order_by("name").values_list("name", flat=True))
            raise CommandError(f"There is no entity “{options['entity']}”. There are: {names}.")
        return entity

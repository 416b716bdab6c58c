"""Make a key to an organisation's API and print it, once."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from ledger.models import Organisation, Scope
from ledger.services.api_keys import make_token
from ledger.tenancy.context import acting_for


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("organisation", help="its short name in addresses, such as larkfield")
        parser.add_argument("name", help="what the key is for")
        parser.add_argument("--scope", action="append", choices=Scope.values, help="all scopes if none is named")

    def handle(self, *args: Any, **options: Any) -> None:
        organisation = Organisation.objects.filter(slug=options["organisation"]).first()
        if organisation is None:
            raise CommandError(f"There is no organisation “{options['organisation']}”.")
        scopes = [Scope(scope) for scope in options["scope"] or Scope.values]
        with acting_for(organisation.pk), transaction.atomic():
            self.stdout.write(make_token(name=options["name"], scopes=scopes, made_by=None))

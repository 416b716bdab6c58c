"""Count every row anew: does what came from Flex stand somewhere, to the cent? Exits with 1 where it does not."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from integrations import conservation
from integrations.conservation import Line, Part, Proof
from integrations.models import Term
from ledger.domain.months import Month
from ledger.models import Entity, Organisation
from ledger.tenancy.context import acting_for

COLUMNS = {
    "From Flex": None,
    "In the books": Term.BOOKS,
    "On its way": Term.WAY,
    "Held": Term.HELD,
    "Needs a person": Term.PERSON,
    "Excluded": Term.EXCLUDED,
    "Not begun": Term.NOT_BEGUN,
}
ROW = "{:7}  {:24.24}  {:3}" + "  {:>16}" * (len(COLUMNS) + 1)


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("organisation", nargs="?", help="its slug; all of them without")

    def handle(self, *args: Any, organisation: str | None = None, **options: Any) -> None:
        organisations = Organisation.objects.order_by("slug")
        if organisation:
            organisations = organisations.filter(slug=organisation)
            if not organisations.exists():
                raise CommandError(f"There is no organisation “{organisation}”.")
        verdicts = [self._proved(one) for one in organisations]
        if not all(verdicts):
            sys.exit(1)

    def _proved(self, organisation: Organisation) -> bool:
        with acting_for(organisation.pk):
            self.stdout.write(f"{organisation.name}\n{ROW.format('Month', 'Entity', '', *COLUMNS, 'Difference')}")
            with transaction.atomic():
                self._table()
            proof = conservation.prove_and_remember()
        self._verdict(proof)
        return not proof.differences

    def _table(self) -> None:
        names = dict(Entity.objects.values_list("pk", "name"))
        for month, cells in sorted(conservation.of_all_months().items()):
            lines = conservation.by_entity(cells)
            for (entity, currency), line in sorted(lines.items(), key=lambda item: (names[item[0][0]], item[0][1])):
                self.stdout.write(self._row(month, names[entity], currency, line))

    def _row(self, month: Month, entity: str, currency: str, line: Line) -> str:
        parts: list[Part] = [line.source if term is None else line.of(term) for term in COLUMNS.values()]
        figures = [f"{line.money(part).amount:,}" for part in [*parts, line.difference]]
        return ROW.format(month.key, entity, currency, *figures)

    def _verdict(self, proof: Proof) -> None:
        if not proof.differences:
            self.stdout.write(f"Ties out to the cent: {proof.documents:,} documents, each counted once.\n\n")
            return
        for difference in proof.differences:
            self.stdout.write(str(difference))
        self.stdout.write(f"Does not tie out: {len(proof.differences)} differences.\n\n")

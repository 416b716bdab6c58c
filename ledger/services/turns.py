"""One after the other, where that costs little and spares every race."""

from ledger.models import Organisation
from ledger.tenancy.context import required_tenant


def one_after_the_other() -> None:
    """No two requests of one organisation at once, until the end of the transaction: what is read stays true until it
    is written."""
    Organisation.objects.select_for_update(no_key=True).get(pk=required_tenant())

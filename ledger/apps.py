from django.apps import AppConfig
from django.db.models.signals import pre_migrate

from ledger.tenancy.privileges import grant_default_privileges


class LedgerConfig(AppConfig):
    name = "ledger"

    def ready(self) -> None:
        pre_migrate.connect(grant_default_privileges, sender=self, dispatch_uid="default privileges")

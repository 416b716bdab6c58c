"""Encrypt every credential with the first of FLEXSYNC_ENCRYPTION_KEYS, organisation by organisation."""

from typing import Any

from django.core.management.base import BaseCommand

from integrations.tokens import rotate_encryption
from ledger.models import Organisation
from ledger.tenancy.context import acting_for


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        total = 0
        for organisation in Organisation.objects.all():
            with acting_for(organisation.pk):
                total += rotate_encryption()
        self.stdout.write(f"{total} credentials are encrypted with the first key.")

"""The platform of one company, with its token and within its pace: for a drain, or for a few calls beside one."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction
from django.utils import timezone

from integrations import tokens
from integrations.cost import add_calls
from integrations.models import Connection, Credential
from integrations.pace import PacedGate
from integrations.providers.base import Provider
from integrations.providers.calls import CountingGate, Limits
from integrations.providers.registry import platform


def gate_of(connection: Connection) -> CountingGate:
    company = connection.company
    limits = platform(company.provider).limits
    return CountingGate() if limits == Limits() else PacedGate(f"{company.provider}:{company.external_id}", limits)


def provider_of(connection: Connection, gate: CountingGate, known: Credential | None = None) -> Provider:
    """`known` is the credential of its company, where that is at hand."""
    company = connection.company
    keeper = tokens.TokenKeeper(company.credential_id, known)
    return platform(company.provider).provider(company.external_id, company.country, keeper, gate)


@contextmanager
def visit(connection: Connection) -> Iterator[Provider]:
    """The company's platform for a few calls outside a drain. They keep its pace, and are counted."""
    gate = gate_of(connection)
    try:
        yield provider_of(connection, gate)
    finally:
        with transaction.atomic():
            add_calls(connection.company_id, gate, timezone.now().date())

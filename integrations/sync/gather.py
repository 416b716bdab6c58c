"""One reading pass for a whole claim. What comes out are values; nothing after it asks the database."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from integrations.mapping.rules import Account, ChargeFacts, Mapping, Vendor
from integrations.models import AccountMapping, Connection, ExternalLink, MappingSlot, Reference, ReferenceKind, SyncJob
from integrations.sync.marks import mark_of
from integrations.sync.plan import Link
from integrations.sync.queue import current_version
from ledger.domain.money import Money
from ledger.models import CardTransaction
from ledger.selectors.transactions import by_document


@dataclass(frozen=True, slots=True)
class Gathered:
    """By document id."""

    facts: dict[int, ChargeFacts]
    links: dict[int, Link]
    mapping: Mapping


@transaction.atomic
def gather(connection: Connection, jobs: Sequence[SyncJob]) -> Gathered:
    documents = [job.document_id for job in jobs]
    rows = by_document(documents)
    links = ExternalLink.objects.filter(connection=connection, document__in=documents)
    facts = {document: facts_of(row) for document, row in rows.items()}
    return Gathered(
        facts=facts,
        links={link.document_id: Link(link.revision, link.fingerprint) for link in links},
        mapping=mapping_of(connection, [fact.merchant for fact in facts.values()]),
    )


def facts_of(row: CardTransaction) -> ChargeFacts:
    document = row.document
    return ChargeFacts(
        document_id=document.pk,
        revision=document.revision,
        mark=mark_of(document.public_id),
        dated=document.dated,
        money=Money(document.amount_minor, document.currency),
        merchant=row.merchant_name,
        category=row.category.name if row.category else "",
        holder=row.card.holder,
        last_four=row.card.last_four,
        memo=row.memo,
    )


def mapping_of(connection: Connection, merchants: Sequence[str]) -> Mapping:
    """The configuration in force, with the vendors that these merchants may be."""
    current = AccountMapping.objects.filter(
        entity_id=connection.entity_id, until__isnull=True, account__company_id=connection.company_id
    ).select_related("account", "category")
    slots: dict[str, Account] = {}
    categories: dict[str, Account] = {}
    for row in current:
        if row.category is not None:
            categories[row.category.name] = _account(row.account)
        else:
            slots[row.slot] = _account(row.account)
    return Mapping(
        version=current_version(connection.entity_id),
        home_currency=connection.company.currency,
        card_account=slots.get(MappingSlot.CARD_ACCOUNT),
        default=slots.get(MappingSlot.DEFAULT),
        categories=categories,
        vendors=_vendors(connection, merchants),
    )


def _account(reference: Reference) -> Account:
    return Account(reference.external_id, str(reference), reference.active)


def _vendors(connection: Connection, merchants: Sequence[str]) -> dict[str, Vendor]:
    rows = Reference.objects.filter(
        company_id=connection.company_id,
        kind=ReferenceKind.VENDOR,
        active=True,
        name_key__in={merchant.casefold() for merchant in merchants},
    )
    return {row.name_key: Vendor(row.external_id, row.name) for row in rows}

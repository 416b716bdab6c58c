"""Ask a company what was changed there: a metered call in the normal case, so hourly and not more often.

Messages of the platform may be late, lost or never come at all; this finds whatever they did not tell.
"""

import logging
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from integrations.models import Company, Connection, ConnectionState, ExternalLink
from integrations.providers.base import Provider
from integrations.providers.documents import Kind, Posted, Sighting, Stop, Topic
from integrations.providers.errors import AccessLost, ProviderError, Stopped
from integrations.services.incoming import links, references
from integrations.services.incoming.looks import look
from integrations.services.incoming.settings import heed_settings
from integrations.services.references import read_references
from integrations.sync import resting
from integrations.sync.asking import ask
from integrations.visits import visit

logger = logging.getLogger(__name__)

# Clocks differ, and what is being written at this moment may bear an earlier time.
OVERLAP = timedelta(minutes=5)
# Whoever asks and dies leaves it to the next one after this.
TAKEN = timedelta(minutes=10)
# So that those that once began together do not stay together.
SPREAD = 0.1
AT_ONCE = 1000
# Also where nothing can be written for now, since an answer says that we are let in again.
ASKED = [ConnectionState.LIVE, ConnectionState.DENIED]


def ask_for_changes(company_id: int) -> bool:
    """Ask, if it is time, and settle what is told. Returns whether it did. Called outside a transaction."""
    tie = _take(company_id)
    if tie is None:
        return False
    try:
        with visit(tie) as provider:
            read_to = _ask(tie, provider)
    except ProviderError as trouble:
        if isinstance(trouble, AccessLost):
            _lose(tie, str(trouble))
        if isinstance(trouble, Stopped) and trouble.stop is Stop.DENIED:
            _find_denied(tie, str(trouble))
        # It stays taken for a while, and is asked again then, from where it was read to.
        logger.info("%s does not tell what changed there: %s", tie.company.name, trouble)
        return False
    _remember(tie.company, read_to)
    with transaction.atomic():
        resting.found_let_in(tie.pk)
    return True


@transaction.atomic
def _take(company_id: int) -> Connection | None:
    now = timezone.now()
    asked = Connection.objects.filter(company=company_id, state__in=ASKED).select_related("company")
    tie = asked.first()
    due = Company.objects.filter(pk=company_id, changes_due_at__lte=now)
    if tie is None or not due.update(changes_due_at=now + TAKEN):
        return None
    return tie


@transaction.atomic
def _lose(tie: Connection, problem: str) -> None:
    """The grant is dead, of whatever it opened: a person must connect again, who may have done so meanwhile."""
    same_grant = Connection.objects.filter(company__credential=tie.company.credential_id)
    same_grant.update(state=ConnectionState.ACCESS_LOST, problem=problem[:500])


@transaction.atomic
def _find_denied(tie: Connection, words: str) -> None:
    """A person is told, though nothing waits to be written. What comes is tried."""
    mine = Connection.objects.filter(pk=tie.pk, company__credential=tie.company.credential_id)
    mine.filter(state=ConnectionState.LIVE).update(
        state=ConnectionState.DENIED, problem=resting.problem(Stop.DENIED, tie, words)[:500]
    )


@transaction.atomic
def _remember(company: Company, read_to: datetime) -> None:
    hour = timedelta(seconds=settings.CHANGES_SECONDS) * (1 - SPREAD * (company.pk % 11) / 10)
    Company.objects.filter(pk=company.pk).update(changes_read_to=read_to, changes_due_at=timezone.now() + hour)


def _ask(tie: Connection, provider: Provider) -> datetime:
    begun = timezone.now()
    since = tie.company.changes_read_to
    if since is None or since < begun - provider.capabilities.remembers_changes:
        _read_all(tie, provider, provider.capabilities.kinds)
        return begun
    told = provider.changes([kind.name for kind in provider.capabilities.kinds], since - OVERLAP)
    if told.seen is not None:
        _settle(tie, provider, told.seen)
    else:
        _ask_less(tie, provider, provider.capabilities.kinds, since - OVERLAP)
    # Without a time the same is asked again from where it was.
    return told.read_to or since


def _ask_less(tie: Connection, provider: Provider, kinds: Sequence[Kind], since: datetime) -> None:
    """They were too many for one answer: the first kind by itself, since it is mostly the one with the crowd, then the
    rest. Of a single kind that is still too many all that is ours is looked at."""
    for some in (kinds[:1], kinds[1:]):
        told = provider.changes([kind.name for kind in some], since)
        if told.seen is not None:
            _settle(tie, provider, told.seen)
        elif len(some) == 1:
            _read_all(tie, provider, some)
        else:
            _ask_less(tie, provider, some, since)


def _read_all(tie: Connection, provider: Provider, kinds: Sequence[Kind]) -> None:
    """As if nothing had ever been told: the lists whole, and the versions of what is ours there."""
    if any(kind.topic is not Topic.DOCUMENT for kind in kinds):
        read_references(tie.pk)
    for kind in kinds:
        if kind.topic is Topic.DOCUMENT:
            for some in _sets(_links(tie.company, kind.name)):
                _compare(tie, provider, some)


@transaction.atomic
def _links(company: Company, kind: str) -> list[ExternalLink]:
    return links.all_links(company, kind)


def _sets(rows: Sequence[ExternalLink]) -> Iterator[Sequence[ExternalLink]]:
    for begin in range(0, len(rows), AT_ONCE):
        yield rows[begin : begin + AT_ONCE]


def _compare(tie: Connection, provider: Provider, some: Sequence[ExternalLink]) -> None:
    """What the platform refuses to speak about is passed over, and is not gone."""
    targets = [Posted(link.external_kind, link.external_id, link.external_version) for link in some]
    there, untold = ask(provider.versions, targets)
    for target, words in untold.items():
        logger.warning("%s cannot be looked at: %s", target.thing, words)
    hidden = {target.thing for target in untold}
    things = {links.thing_of(link): link for link in some}
    gone = tuple(thing for thing in things if thing not in there and thing not in hidden)
    other = [
        thing for thing, link in things.items() if thing in there and there[thing].version != link.external_version
    ]
    seen = look(provider, other)
    _settle(tie, provider, Sighting((), seen.documents, (*seen.gone, *gone)))


def _settle(tie: Connection, provider: Provider, seen: Sighting) -> None:
    kinds = {kind.name: kind for kind in provider.capabilities.kinds}
    with transaction.atomic():
        references.settle_references(tie.company, kinds, seen.references, seen.gone, {})
        links.settle_links(tie.company, provider, seen.documents, seen.gone)
    heed_settings(tie, seen.settings_at)

"""A change of ours meets a change of theirs: look at what stands there, and put both together or ask a person."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace

from django.db import transaction

from integrations.mapping.reasons import Reason, ReasonCode
from integrations.models import Clash, Decision, SyncAttempt, SyncJob
from integrations.providers.base import Provider
from integrations.providers.documents import STANDS, Action, Found, Merge, Posted, Side, Write
from integrations.providers.errors import Refused
from integrations.sync import differences
from integrations.sync.attempts import item_of
from integrations.sync.gather import Gathered
from integrations.sync.merging import NOTE, Merged, Overlap, differing, in_words, merge, same, without_signature
from integrations.sync.plan import Blocked, Nothing, Plan, Send
from integrations.sync.shift import Shift, resting_on_trouble

Plans = list[tuple[SyncJob, Plan]]


@dataclass(frozen=True, slots=True)
class Looked:
    """By document: what stands there, why the platform would not say, and what is not there any more."""

    found: dict[int, Found] = field(default_factory=dict)
    unreadable: dict[int, Reason] = field(default_factory=dict)
    gone: list[int] = field(default_factory=list)


def look(shift: Shift, targets: Mapping[int, Posted]) -> Looked:
    """One call each, since a query may show it as it was before."""
    looked = Looked()
    for document, target in targets.items():
        with resting_on_trouble(shift):
            found = _examined(shift.provider, target)
        if found is None:
            looked.gone.append(document)
        elif isinstance(found, Refused):
            looked.unreadable[document] = Reason(ReasonCode.REJECTED, str(found))
        else:
            looked.found[document] = found
    return looked


def met(shift: Shift, gathered: Gathered, plans: Plans) -> Plans:
    """The plans as they become where somebody changed what they are about."""
    if not any(job.document_id in gathered.found for job, _ in plans):
        return plans
    written = last_written([job for job, _ in plans if job.document_id in gathered.found])
    clashes: list[Clash] = []
    after = [(job, _writable(shift.provider, gathered, written, job, step, clashes)) for job, step in plans]
    if clashes:
        differences.remember_clashes(shift.lane, clashes)
    return after


def _examined(provider: Provider, target: Posted) -> Found | Refused | None:
    try:
        return provider.examine([target]).get(target.thing)
    except Refused as refusal:
        return refusal


@transaction.atomic
def last_written(jobs: Sequence[SyncJob]) -> dict[int, SyncAttempt]:
    """By job, what we last wrote to the books."""
    attempts = SyncAttempt.objects.filter(
        job__in=[job.pk for job in jobs],
        action__in=[Action.CREATE, Action.UPDATE],
        outcome__in=STANDS,
    )
    return {attempt.job_id: attempt for attempt in attempts.order_by("id")}


def _writable(
    provider: Provider,
    gathered: Gathered,
    written: Mapping[int, SyncAttempt],
    job: SyncJob,
    step: Plan,
    clashes: list[Clash],
) -> Plan:
    """What builds upon an object that cannot be read waits for a person; the others are written beside it."""
    try:
        after = _met(provider, gathered, written, job, step, clashes)
        if isinstance(after, Send) and job.document_id in gathered.found:
            provider.pack([after.write], 1)
    except Refused as refusal:
        return Blocked((Reason(ReasonCode.REJECTED, str(refusal)),))
    return after


def _met(
    provider: Provider,
    gathered: Gathered,
    written: Mapping[int, SyncAttempt],
    job: SyncJob,
    step: Plan,
    clashes: list[Clash],
) -> Plan:
    found = gathered.found.get(job.document_id)
    if found is None or not isinstance(step, Send) or job.decision == Decision.OURS:
        return step
    mark = gathered.facts[job.document_id].mark
    theirs = without_signature(found.side, mark)
    base = _base(provider, gathered, written, job, mark)
    if job.decision == Decision.UNDO:
        # A payment of a bill makes a version of it, and changes nothing of ours: that needs no document beside it.
        untouched = base is not None and same(base, theirs) and step.write.action is Action.REVERSE
        return Send(Write(Action.REMOVE, mark, target=found.posted), None) if untouched else step
    if step.write.action is Action.REMOVE:
        changed = differing(base or Side({}), theirs)
        return Blocked((Reason(ReasonCode.CHANGED_THERE, in_words(changed)),)) if changed else step
    ours = without_signature(_ours(provider, step), mark)
    result = merge(base, ours, theirs) if base else _unlike(ours, theirs)
    if isinstance(result, Overlap):
        sides = (base or ours, ours, theirs)
        clashes.append(differences.clash(job, step, sides, found, result.fields))
        return Blocked((Reason(ReasonCode.CHANGED_THERE, in_words(result.fields)),))
    return (
        _merged(step, result, ours, theirs, found)
        if result
        else replace(step, write=replace(step.write, target=found.posted))
    )


def _base(
    provider: Provider, gathered: Gathered, written: Mapping[int, SyncAttempt], job: SyncJob, mark: str
) -> Side | None:
    """What we last wrote, or agreed upon; it is always on record. But where the books made something else of it,
    nothing tells theirs from what they made."""
    if not gathered.links[job.document_id].fingerprint:
        return None
    agreed = gathered.compromises.get(job.document_id)
    if agreed is None and job.pk in written:
        return without_signature(provider.side_of(item_of(written[job.pk])), mark)
    return agreed


def _unlike(ours: Side, theirs: Side) -> Overlap | None:
    """None where somebody mended it there: then ours may as well be written over it."""
    return Overlap(tuple(fields)) if (fields := differing(ours, theirs)) else None


def _ours(provider: Provider, step: Send) -> Side:
    [envelope] = provider.pack([step.write], 1)
    return provider.side_of(envelope.items[0])


def _merged(step: Send, result: Merged, ours: Side, theirs: Side, found: Found) -> Plan:
    if not result.changes:
        return Nothing()
    assert step.write.document is not None
    signature = step.write.document.note.rpartition(" ")[2]
    note = (ours if NOTE in result.take else theirs).fields.get(NOTE, "")
    merged = Merge(found.raw, result.take, result.lines, f"{note} {signature}".strip())
    return replace(
        step,
        write=replace(step.write, merge=merged, target=found.posted),
        merged={"ours": asdict(ours), "kept": list(result.kept)},
    )

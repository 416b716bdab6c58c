"""Record a list in one transaction: what is new, what is known, what changed; a few statements whatever its length."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from ledger import events
from ledger.domain.documents import DocumentKind, Stage, impossible_amount, impossible_day, posting_day
from ledger.domain.lines import impossible_lines
from ledger.domain.transactions import IncomingTransaction, missing_moment
from ledger.events import Happening
from ledger.models import CardTransaction, EventKind, SourceDocument
from ledger.models.documents import CARD_KINDS
from ledger.services.approvals import Told, ask
from ledger.services.intake.changes import Change, apply_changes, change_of, forbidden_change
from ledger.services.intake.refunds import await_each_other, follow_charges, tie_refunds
from ledger.services.intake.rows import new_document, transaction_values
from ledger.services.names import Names, read_names, unknown_names
from ledger.services.parts import PARTS, write_parts
from ledger.services.results import Errors, Recorded, Result

# Of one external id in one list. Each repetition costs the statements of a whole list.
MOST_REPETITIONS = 5
REPEATED = "If ids repeat here, they are none: choose no column for the id."
# What the trail says of a refund whose charge came after it.
TIED = "the charge it refunds came in"
FOLLOWED = "the category of the charge it refunds"


@transaction.atomic
def record_transactions(
    *, incoming: Sequence[IncomingTransaction], actor: str, unless_since: datetime | None = None
) -> list[Recorded]:
    """Record what is new and what changed, recognise what is known, refuse what cannot be; one result for each.

    Each message tells the whole transaction: what it leaves out is empty from then on. One that says the same as the
    record is EXISTING, and so is one that a later stage has overtaken. A change is the next revision of the same
    document. The same external id may stand in the list several times; they are taken in order. With `unless_since`,
    what was recorded or changed since then is changed no more, so that no list overwrites what it has told itself.
    """
    names = read_names(incoming)
    refused = {place: errors for place, one in enumerate(incoming) if (errors := _errors(one, names))}
    recorded = {place: _refusal(incoming[place], errors) for place, errors in refused.items()}
    good = {place: one for place, one in enumerate(incoming) if place not in refused}
    await_each_other(list(good.values()))
    for turn in filter(None, _turns(good)):
        recorded |= _record_once(turn, names, actor, unless_since)
    for place in good.keys() - recorded.keys():
        sentence = f"It stands in this list more than {MOST_REPETITIONS} times."
        recorded[place] = _refusal(good[place], {"external_id": [sentence]})
    return [recorded[place] for place in range(len(incoming))]


def _turns(good: Mapping[int, IncomingTransaction]) -> list[dict[int, IncomingTransaction]]:
    """In each turn every external id stands once at most; a list without repetitions is one turn."""
    turns: list[dict[int, IncomingTransaction]] = [{} for _ in range(MOST_REPETITIONS)]
    seen: Counter[str] = Counter()
    for place, one in good.items():
        if seen[one.external_id] < MOST_REPETITIONS:
            turns[seen[one.external_id]][place] = one
        seen[one.external_id] += 1
    return turns


def _record_once(
    turn: Mapping[int, IncomingTransaction], names: Names, actor: str, unless_since: datetime | None
) -> dict[int, Recorded]:
    known = _lock_known(one.external_id for one in turn.values())
    fresh = {one.external_id: one for one in turn.values() if one.external_id not in known}
    created = _insert(fresh, names) if fresh else {}
    # Whoever recorded one of them at this very moment was first; ours was skipped.
    known |= _lock_known(fresh.keys() - created.keys())
    new = {external_id: Recorded(external_id, Result.CREATED, row.document) for external_id, row in created.items()}
    judged = {place: new.get(one.external_id) or _judged(one, known, names) for place, one in turn.items()}
    judged = {place: _unless_fresh(one, unless_since) for place, one in judged.items()}
    changes = [one for one in judged.values() if isinstance(one, Change)]
    if changes:
        apply_changes(changes, names)
    happened = [Happening(row.document, EventKind.RECORDED) for row in created.values()]
    happened += map(_happening, changes)
    tied = tie_refunds([*fresh.values(), *(change.incoming for change in changes)])
    happened += (Happening(one, EventKind.CHANGED, TIED) for one in tied)
    followed = follow_charges([change.row.pk for change in changes if change.recategorised])
    happened += (Happening(one, EventKind.CHANGED, FOLLOWED) for one in followed)
    ask([*(_told(row) for row in created.values()), *(_told(one.row, now=one.is_approved_now) for one in changes)])
    events.append(happened, actor)
    return {place: _changed(one) if isinstance(one, Change) else one for place, one in judged.items()}


def _judged(one: IncomingTransaction, known: Mapping[str, CardTransaction], names: Names) -> Recorded | Change:
    row = known[one.external_id]
    if errors := forbidden_change(row, one, names):
        return Recorded(one.external_id, Result.REFUSED, row.document, errors)
    return change_of(row, one, names) or Recorded(one.external_id, Result.EXISTING, row.document)


def _unless_fresh(judged: Recorded | Change, since: datetime | None) -> Recorded | Change:
    if since is None or isinstance(judged, Recorded) or judged.row.document.updated_at < since:
        return judged
    name = judged.incoming.external_id
    sentence = f"“{name}” was recorded with other values since this began, probably by an earlier row. {REPEATED}"
    return Recorded(name, Result.REFUSED, judged.row.document, {"external_id": [sentence]})


def _changed(change: Change) -> Recorded:
    return Recorded(change.incoming.external_id, Result.CHANGED, change.row.document)


def _told(row: CardTransaction, *, now: bool = True) -> Told:
    return Told(row.document, row.merchant_name, row.approved_by if now else "", row.approved_at)


def _happening(change: Change) -> Happening:
    reversed_now = change.incoming.stage is Stage.REVERSED
    return Happening(change.row.document, EventKind.REVERSED if reversed_now else EventKind.CHANGED, change.detail)


def _refusal(one: IncomingTransaction, errors: Errors) -> Recorded:
    return Recorded(one.external_id, Result.REFUSED, errors=errors)


def _errors(one: IncomingTransaction, names: Names) -> Errors:
    errors: Errors = {}
    for name, sentence in [*unknown_names(one, names), *_impossible(one, names)]:
        if sentence:
            errors.setdefault(name, []).append(sentence)
    return errors


def _impossible(one: IncomingTransaction, names: Names) -> Iterable[tuple[str, str]]:
    yield "amount", impossible_amount(one.kind, one.money)
    yield "lines", impossible_lines(one.money, one.lines)
    if one.lines and one.kind is DocumentKind.PAYMENT:
        yield "lines", "A statement payment is not split."
    if one.bank_account and one.kind is not DocumentKind.PAYMENT:
        yield "bank_account", "Only a statement payment names a bank account."
    if one.refund_of and one.kind is not DocumentKind.REFUND:
        yield "refund_of", "Only a refund names the charge that it refunds."
    yield from missing_moment(one).items()
    if one.card in names.cards and (one.cleared_at or one.authorised_at):
        day = posting_day(one.moment, names.cards[one.card].entity.time_zone)
        yield "cleared_at" if one.cleared_at else "authorised_at", impossible_day(day, timezone.now().date())


def _lock_known(external_ids: Iterable[str]) -> dict[str, CardTransaction]:
    """By external id, in one order for everybody, until the end of the transaction."""
    wanted = list(external_ids)
    if not wanted:
        return {}
    rows = (
        # All kinds there are, named: so says the unique index of external ids too, which is not used otherwise.
        CardTransaction.objects.filter(document__external_id__in=wanted, document__kind__in=CARD_KINDS)
        .select_related("document", "card", "vendor", "category", "department", "bank_account")
        .prefetch_related(*PARTS)
        .select_for_update(of=("document",), no_key=True)
        .order_by("document_id")
    )
    return {row.document.external_id: row for row in rows}


def _insert(fresh: Mapping[str, IncomingTransaction], names: Names) -> dict[str, CardTransaction]:
    """Write what is not there yet; the unique external id decides, also between two requests at the same moment.

    In one order for everybody: two lists that meet in opposite orders would wait for each other.
    """
    documents = [new_document(one, names) for _, one in sorted(fresh.items())]
    SourceDocument.objects.bulk_create(documents, ignore_conflicts=True)
    # A skipped row gives no id back, so ours are known by the public ids that we made.
    written = SourceDocument.objects.filter(public_id__in=[document.public_id for document in documents])
    rows = [
        CardTransaction(document=document, **transaction_values(fresh[document.external_id], names))
        for document in written
    ]
    CardTransaction.objects.bulk_create(rows)
    inserted = {row.document.external_id: row for row in rows}
    told = ((row.document, fresh[name]) for name, row in inserted.items())
    if split := [(document, one) for document, one in told if one.lines or one.tags]:
        write_parts(split, names)
    return inserted

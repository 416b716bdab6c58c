"""QuickBooks' answers read into outcomes. Pure, and defensive: status first, then the fault in either spelling.

Codes and what they ask for: Intuit's table of error codes; messages are localised, so the code decides.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import simplejson

from integrations.providers.documents import Action, Envelope, Item, Outcome, OutcomeKind, Posted, Remedy, Stop
from integrations.providers.quickbooks import amounts, values

PURCHASE = "Purchase"
NOT_THERE = 610
STALE = 5010
DUPLICATE_NUMBER = 6140
THROTTLED = 3001
SYSTEM_FAILURE = 10000
# Of the codes about what was sent.
LOWEST = 500
# We are not (any more) let into this company; 401 and 403 as gateways write their status into a fault.
DENIED = {100, 110, 120, 401, 403, 3100, 3200, 3202}
# Of the company, not of our access: on the move, locked or under maintenance.
COMPANY_BUSY = {130, 140, 150}
# Whatever would be written or changed is dated there.
PERIOD_CLOSED = {6200, 6210}
# The company takes nothing, whatever it is: we are turned away, its subscription has ended, all that we know is void.
STOPPED = {**dict.fromkeys(DENIED, Stop.DENIED), 6190: Stop.READ_ONLY, 10200: Stop.RESET}
# The first write under this key may still be at work.
DUPLICATE_REQUEST = 600

# Only we can mend these: the payload is wrong, whatever the customer does in the books.
OUR_FAULT = (
    {500, 1040, 1050, 2600, 5000, 6010, 6060, 6070, 6080, 6090, 6170, 6440, 6530}
    | set(range(2000, 2300)) - {2030, 2040, 2200, 2210}
    | set(range(2300, 2500))
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back over HTTP: `json` is None where the body is none, `trace` is what Intuit's support asks for."""

    status: int
    json: dict[str, Any] | None
    text: str
    retry_after: timedelta
    trace: str = ""


UNREADABLE = Outcome(OutcomeKind.UNKNOWN, code="unreadable", answer="The answer does not say what became of it.")


def outcomes(envelope: Envelope, answer: Answer) -> dict[str, Outcome]:
    """One outcome per item. What the answer does not speak about is unknown."""
    whole = _of_the_whole_call(answer)
    if whole is not None:
        return {item.key: whole for item in envelope.items}
    assert answer.json is not None
    spoken = _spoken(answer.json)
    fault = _fault(answer.json)
    # Beside a fault of the whole some items may still speak for themselves.
    if not envelope.batched or (fault is not None and not spoken):
        return {one.key: of_item(one, answer.json, answer.retry_after) for one in envelope.items}
    told = {one.key: of_item(one, spoken.get(one.key, {}), answer.retry_after) for one in envelope.items}
    return told | dict.fromkeys(_mixed_up(envelope.items, spoken, told), UNREADABLE)


def _spoken(body: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """By the names of items. What is said twice, and not the same, says nothing."""
    parts: dict[str, dict[str, Any]] = {}
    for part in _dicts(body.get("BatchItemResponse")):
        key = str(part.get("bId"))
        parts[key] = {} if parts.get(key, part) != part else part
    return parts


def _mixed_up(items: Sequence[Item], spoken: Mapping[str, Any], told: Mapping[str, Outcome]) -> Iterator[str]:
    """Those whose answer bears the mark of another one, and those that are told to be the same object."""
    marks = {one.mark for one in items}
    things = Counter(outcome.posted.thing for outcome in told.values() if outcome.posted)
    for one in items:
        if (there := told[one.key].posted) is None:
            continue
        shown = spoken[one.key].get(one.kind or PURCHASE) or {}
        words = {values.text(shown.get("DocNumber")), *values.text(shown.get("PrivateNote")).split()} - {""}
        borne = marks & {word.partition("/")[0] for word in words}
        if things[there.thing] > 1 or (borne and one.mark not in borne):
            yield one.key


def currency(item: Item, answer: Answer) -> str:
    """In which currency the platform keeps the object that it answered a single write with."""
    told = (answer.json or {}).get(item.kind or PURCHASE)
    reference = told.get("CurrencyRef") if isinstance(told, dict) else None
    return str(reference.get("value", "")) if isinstance(reference, dict) else ""


def denies_access(body: dict[str, Any] | None) -> bool:
    """Whether a fault, in either spelling, says that we are not let into this company."""
    return _code(_fault(body or {}) or {}) in DENIED


def of_item(item: Item, part: dict[str, Any], rest: timedelta) -> Outcome:
    fault, answered = _fault(part), part.get(item.kind or PURCHASE)
    there = answered if isinstance(answered, dict) and values.is_id(answered.get("Id")) else None
    if fault is not None and there is None:
        return _of_fault(fault, rest, item)
    if fault is None and there is not None:
        if item.action is Action.REMOVE and values.text(there.get("status")).lower() == "deleted":
            return Outcome(OutcomeKind.POSTED, posted=posted(item.kind, str(there["Id"]), "", gone=True))
        if item.action is not Action.REMOVE and values.is_id(there.get("SyncToken")):
            return Outcome(OutcomeKind.POSTED, posted=_written(item, there))
    return UNREADABLE


def _of_the_whole_call(answer: Answer) -> Outcome | None:
    """An answer that means the same for everything in the envelope, or None where the items speak for themselves."""
    if _is_turned_away(answer.status, answer.json):
        return _throttled(answer)
    if answer.status >= 500 or answer.json is None:
        return Outcome(OutcomeKind.UNKNOWN, code=str(answer.status), answer=answer.text[:300])
    fault = _fault(answer.json)
    if fault is None and not 200 <= answer.status < 300:
        return Outcome(OutcomeKind.UNKNOWN, code=str(answer.status), answer=answer.text[:300])
    return None


def _is_turned_away(status: int, body: dict[str, Any] | None) -> bool:
    """A gateway's refusal says no more than 403: nothing was done, and the grant may be well."""
    return status == 429 or (status == 403 and (body is None or _fault(body) is None))


def asks_for_rest(status: int, body: dict[str, Any] | None) -> bool:
    """Whether we are to stay away, by an answer to whatever call, or to an item of it."""
    parts = [body or {}, *_dicts((body or {}).get("BatchItemResponse"))]
    told = any(_code(fault) == THROTTLED for part in parts if (fault := _fault(part)) is not None)
    return told or _is_turned_away(status, body)


def id_in(item: Item) -> str:
    """Of the object that an update or a removal means."""
    return str(simplejson.loads(item.body)["Id"])


def posted(
    kind: str, external_id: str, version: str, *, gone: bool = False, changed_at: datetime | None = None
) -> Posted:
    return Posted(kind or PURCHASE, external_id, version, gone, changed_at=changed_at)


def _written(item: Item, answered: dict[str, Any]) -> Posted:
    moment = when(answered.get("MetaData"))
    there = posted(item.kind, str(answered["Id"]), str(answered["SyncToken"]), changed_at=moment)
    return replace(there, amiss=amounts.amiss(item, answered))


def when(metadata: Any) -> datetime | None:
    """When an object was last changed, by Intuit's clock; None where that is not told."""
    told = metadata.get("LastUpdatedTime") if isinstance(metadata, dict) else getattr(metadata, "LastUpdatedTime", None)
    return values.moment(told)


def _of_fault(fault: dict[str, Any], rest: timedelta, item: Item) -> Outcome:
    code, words = _code(fault), _words(fault)
    if code == NOT_THERE and item.action is Action.REMOVE:
        return Outcome(OutcomeKind.ALREADY_THERE, posted=posted(item.kind, id_in(item), "", gone=True), code=str(code))
    if code == THROTTLED or code in COMPANY_BUSY:
        return Outcome(OutcomeKind.THROTTLED, code=str(code), answer=words, retry_after=rest)
    if code in STOPPED:
        return Outcome(OutcomeKind.THROTTLED, code=str(code), answer=words, stop=STOPPED[code])
    if code in (STALE, DUPLICATE_NUMBER):
        return Outcome(OutcomeKind.CONFLICT, code=str(code), answer=words)
    # Below theirs no code says what became of it: a status that somebody on the way wrote there.
    if code >= SYSTEM_FAILURE or code < LOWEST or code == DUPLICATE_REQUEST:
        return Outcome(OutcomeKind.UNKNOWN, code=str(code), answer=words)
    return Outcome(OutcomeKind.REJECTED, code=str(code), answer=words, remedy=_remedy(code))


def _remedy(code: int) -> Remedy:
    if code in PERIOD_CLOSED:
        return Remedy.CLOSED
    return Remedy.OURS if code in OUR_FAULT else Remedy.BOOKS


def _throttled(answer: Answer) -> Outcome:
    return Outcome(
        OutcomeKind.THROTTLED, code=str(answer.status), answer=answer.text[:300], retry_after=answer.retry_after
    )


def _fault(part: dict[str, Any]) -> dict[str, Any] | None:
    """What is there but cannot be read is a fault without a code."""
    fault = part.get("Fault") or part.get("fault")
    if not fault:
        return None
    return fault if isinstance(fault, dict) else {}


def _first_error(fault: dict[str, Any]) -> dict[str, Any]:
    errors = fault.get("Error") or fault.get("error")
    return next(iter(_dicts([errors] if isinstance(errors, dict) else errors)), {})


def _dicts(value: Any) -> list[dict[str, Any]]:
    """What of a list can be read."""
    return [part for part in value if isinstance(part, dict)] if isinstance(value, list) else []


def _code(fault: dict[str, Any]) -> int:
    """ "3001" and "003001" are the same code."""
    found = re.fullmatch(r"\s*(\d{1,9})(\.0*)?\s*", str(_first_error(fault).get("code", "")))
    return int(found[1]) if found else 0


def _words(fault: dict[str, Any]) -> str:
    error = _first_error(fault)
    message = error.get("Message") or error.get("message") or ""
    detail = error.get("Detail") or error.get("detail") or ""
    return f"{message}. {detail}".strip(". ")[:1000]

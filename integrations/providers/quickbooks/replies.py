"""QuickBooks' answers read into outcomes. Pure, and defensive: status first, then the fault in either spelling.

Codes and what they ask for: Intuit's table of error codes; messages are localised, so the code decides.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import simplejson

from integrations.providers.documents import Action, Envelope, Item, Outcome, OutcomeKind, Posted, Remedy, Stop

PURCHASE = "Purchase"
NOT_THERE = 610
STALE = 5010
DUPLICATE_NUMBER = 6140
THROTTLED = 3001
SYSTEM_FAILURE = 10000
# Below 500, and these: the application is not (any more) let into this company.
ACCESS_LOST = {3100, 3200, 3202}
# Of the company, not of our access: on the move, locked or under maintenance.
COMPANY_BUSY = {130, 140, 150}
# Whatever would be written or changed is dated there.
PERIOD_CLOSED = {6200, 6210}
# The company takes nothing, whatever it is: its subscription has ended; or all that we know of it is void.
STOPPED = {6190: Stop.READ_ONLY, 10200: Stop.RESET}
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


def outcomes(envelope: Envelope, answer: Answer) -> dict[str, Outcome]:
    """One outcome per item. What the answer does not speak about is unknown."""
    whole = _of_the_whole_call(answer)
    if whole is not None:
        return {item.key: whole for item in envelope.items}
    assert answer.json is not None
    fault = _fault(answer.json)
    if fault is not None:
        return {one.key: _of_fault(fault, answer.retry_after, one) for one in envelope.items}
    if not envelope.batched:
        return {one.key: of_item(one, answer.json, answer.retry_after) for one in envelope.items}
    spoken = {str(part.get("bId")): part for part in _dicts(answer.json.get("BatchItemResponse"))}
    return {one.key: of_item(one, spoken.get(one.key, {}), answer.retry_after) for one in envelope.items}


def currency(item: Item, answer: Answer) -> str:
    """In which currency the platform keeps the object that it answered a single write with."""
    told = (answer.json or {}).get(item.kind or PURCHASE)
    reference = told.get("CurrencyRef") if isinstance(told, dict) else None
    return str(reference.get("value", "")) if isinstance(reference, dict) else ""


def denies_access(body: dict[str, Any] | None) -> bool:
    """Whether a fault, in either spelling, says that we are not let into this company."""
    return _is_denial(_code(_fault(body or {}) or {}))


def _is_denial(code: int) -> bool:
    return code in ACCESS_LOST or (0 < code < 500 and code not in COMPANY_BUSY)


def of_item(item: Item, part: dict[str, Any], rest: timedelta) -> Outcome:
    fault = _fault(part)
    if fault is not None:
        return _of_fault(fault, rest, item)
    answered = part.get(item.kind or PURCHASE)
    if isinstance(answered, dict) and _is_id(answered.get("Id")):
        if item.action is Action.REMOVE and answered.get("status") == "Deleted":
            return Outcome(OutcomeKind.POSTED, posted=posted(item.kind, answered["Id"], "", gone=True))
        if item.action is not Action.REMOVE and _is_id(answered.get("SyncToken")):
            return Outcome(OutcomeKind.POSTED, posted=_written(item, answered))
    return Outcome(OutcomeKind.UNKNOWN, code="unreadable", answer="The answer does not mention this document.")


def _of_the_whole_call(answer: Answer) -> Outcome | None:
    """An answer that means the same for everything in the envelope, or None where the items speak for themselves."""
    if answer.status == 429:
        return _throttled(answer)
    if answer.status == 403 and (answer.json is None or _fault(answer.json) is None):
        return _throttled(answer)  # A gateway's refusal: nothing was done, and the grant may be well.
    if answer.status >= 500 or answer.json is None:
        return Outcome(OutcomeKind.UNKNOWN, code=str(answer.status), answer=answer.text[:300])
    fault = _fault(answer.json)
    if fault is None and answer.status != 200:
        return Outcome(OutcomeKind.UNKNOWN, code=str(answer.status), answer=answer.text[:300])
    return None


def id_in(item: Item) -> str:
    """Of the object that an update or a removal means."""
    return str(simplejson.loads(item.body)["Id"])


def _is_id(value: Any) -> bool:
    """Ids and sync tokens are short texts."""
    return isinstance(value, str) and 0 < len(value) <= 40


def posted(
    kind: str, external_id: str, version: str, *, gone: bool = False, changed_at: datetime | None = None
) -> Posted:
    return Posted(kind or PURCHASE, external_id, version, gone, changed_at=changed_at)


def _written(item: Item, answered: dict[str, Any]) -> Posted:
    moment = when(answered.get("MetaData"))
    return posted(item.kind, answered["Id"], answered["SyncToken"], changed_at=moment)


def when(metadata: Any) -> datetime | None:
    """When an object was last changed, by Intuit's clock; None where that is not told."""
    told = metadata.get("LastUpdatedTime") if isinstance(metadata, dict) else getattr(metadata, "LastUpdatedTime", None)
    try:
        moment = datetime.fromisoformat(told) if isinstance(told, str) else None
    except ValueError:
        return None
    return moment if moment and moment.tzinfo else None


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
    if code >= SYSTEM_FAILURE or code in (0, DUPLICATE_REQUEST):
        return Outcome(OutcomeKind.UNKNOWN, code=str(code), answer=words)
    if _is_denial(code):
        return Outcome(OutcomeKind.ACCESS_LOST, code=str(code), answer=words)
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
    fault = part.get("Fault") or part.get("fault")
    return fault if isinstance(fault, dict) else None


def _first_error(fault: dict[str, Any]) -> dict[str, Any]:
    errors = fault.get("Error") or fault.get("error")
    return next(iter(_dicts([errors] if isinstance(errors, dict) else errors)), {})


def _dicts(value: Any) -> list[dict[str, Any]]:
    """What of a list can be read."""
    return [part for part in value if isinstance(part, dict)] if isinstance(value, list) else []


def _code(fault: dict[str, Any]) -> int:
    """ "3001" and "003001" are the same code."""
    found = re.search(r"\d+", str(_first_error(fault).get("code", "")))
    return int(found.group()) if found else 0


def _words(fault: dict[str, Any]) -> str:
    error = _first_error(fault)
    message = error.get("Message") or error.get("message") or ""
    detail = error.get("Detail") or error.get("detail") or ""
    return f"{message}. {detail}".strip(". ")[:1000]

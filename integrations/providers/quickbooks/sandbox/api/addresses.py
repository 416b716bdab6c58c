"""The addresses under /v3/company/{realm} (§2)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from starlette.responses import Response

from ..books.books import Books
from ..entities import recurring
from ..model.entity import Entity
from ..registry import BY_ADDRESS, BY_NAME
from ..reports import addresses as reports
from ..sandbox import Call, answer
from ..traffic.faults import Target
from ..traffic.mischief import meet
from ..wire import xml_requests
from ..wire.json import Json, loads
from ..wire.refusals import Refusal, unsupported
from ..wire.xml_requests import BadXml
from . import capture, documents, forms, invoice_links, rates, search, tax_service
from .batch import Batch, read_items, target_of
from .documents import Wish
from .gate import Gate
from .requestids import LONGEST, Key, Remembered, check_length
from .writing import Seal, aside, once, reading, timed, writing


def _bill_void(now: str) -> tuple[Json, int]:
    """Recorded: 200 with a fault inside (§2.2)."""
    return {**Refusal("10000", "An unexpected error occurred.").fault(), "time": now}, 200


def _journal_void(now: str) -> tuple[Json, int]:
    """Recorded: 200, and nothing happens (§2.2)."""
    return {"BatchItemResponse": [], "time": now}, 200


VOID_ODDITIES = {"Bill": _bill_void, "JournalEntry": _journal_void}


class Api(Gate):
    def company_info(self, call: Call) -> Response:
        return self._guarded(call, lambda: self._single(call, BY_NAME["CompanyInfo"]))

    def preferences(self, call: Call) -> Response:
        return self._guarded(call, lambda: self._single(call, BY_NAME["Preferences"]))

    def read(self, call: Call) -> Response:
        return self._guarded(call, lambda: self._read(call))

    def exchange_rate(self, call: Call) -> Response:
        act = partial(rates.read, asked=call.query)
        return self._guarded(call, lambda: self._shown(call, "ExchangeRate", "read", act))

    def query(self, call: Call) -> Response:
        return self._guarded(call, lambda: self._query(call))

    def changes(self, call: Call) -> Response:
        return self._guarded(
            call, lambda: self._shown(call, "cdc", "cdc", lambda books: capture.run(books, call.query))
        )

    def report(self, call: Call) -> Response:
        return self._guarded(call, lambda: self._report(call))

    def write(self, call: Call) -> Response:
        return self._guarded(call, lambda: self._write(call))

    def pdf(self, call: Call) -> Response:
        return self._guarded(call, lambda: self._printed(call))

    def send(self, call: Call) -> Response:
        return self._guarded(call, lambda: self._emailed(call))

    def tax_code(self, call: Call) -> Response:
        return self._guarded(call, lambda: self._tax_code(call))

    def batch(self, call: Call) -> Response:
        return self._guarded(call, lambda: self._batched(call))

    def _single(self, call: Call, entity: Entity) -> Response:
        return self._shown(call, entity.name, "read", lambda books: _one(entity, documents.read_single(books, entity)))

    def _read(self, call: Call) -> Response:
        entity = _entity(call)
        number = call.path["id"]
        return self._shown(call, entity.name, "read", lambda books: _one(entity, documents.read(books, entity, number)))

    def _query(self, call: Call) -> Response:
        statement = _statement(call)
        return self._shown(call, "query", "query", lambda books: search.run(books, statement))

    def _shown(self, call: Call, entity: str, operation: str, act: Callable[[Books], Json]) -> Response:
        realm = call.path["realm"]

        def shown() -> Response:
            with reading(self._sandbox, realm) as books:
                return answer(timed(books, _included(call, books, act(books))))

        return meet(self._sandbox, Target(realm, entity, operation), shown)

    def _report(self, call: Call) -> Response:
        realm, name = call.path["realm"], call.path["name"]

        def told() -> Response:
            with aside(self._sandbox, realm) as books:
                return answer(reports.answer(books, call))

        return meet(self._sandbox, Target(realm, name, "report"), told)

    def _write(self, call: Call) -> Response:
        entity, realm = _entity(call), call.path["realm"]
        wish = _wish(call, entity)
        if wish.operation == "void" and wish.entity.name in VOID_ODDITIES:
            return answer(*VOID_ODDITIES[wish.entity.name](self._now(realm)))
        target = target_of(realm, wish)

        def act(books: Books) -> Json:
            return _included(call, books, _one(entity, documents.carry_out(books, wish)))

        return self._written(call, target, act)

    def _written(self, call: Call, target: Target, act: Callable[[Books], Json], seal: Seal = timed) -> Response:
        key = _key(call)

        def written() -> Response:
            with writing(self._sandbox, target.realm) as books:
                return _sent(once(books, key, call.body, act, seal))

        return meet(self._sandbox, target, written)

    def _printed(self, call: Call) -> Response:
        entity, realm = _entity(call), call.path["realm"]

        def printed() -> Response:
            with reading(self._sandbox, realm) as books:
                return Response(forms.printed(books, entity, call.path["id"]), media_type="application/pdf")

        return meet(self._sandbox, Target(realm, entity.name, "read"), printed)

    def _emailed(self, call: Call) -> Response:
        entity, number, to = _entity(call), call.path["id"], call.query.get("sendTo", "")
        target = Target(call.path["realm"], entity.name, "update", number)
        return self._written(call, target, lambda books: _one(entity, forms.send(books, entity, number, to)))

    def _tax_code(self, call: Call) -> Response:
        """Its answer comes without an envelope."""
        payload = _sent_by(call)
        target = Target(call.path["realm"], "TaxCode", "create")
        return self._written(call, target, lambda books: tax_service.create(books, payload), lambda _, result: result)

    def _now(self, realm: str) -> str:
        with reading(self._sandbox, realm) as books:
            return books.envelope_time

    def _batched(self, call: Call) -> Response:
        realm = call.path["realm"]
        request_id = call.query.get("requestid", "")
        items = read_items(_sent_by(call), request_id)
        batch = Batch(self._sandbox, realm, request_id, call.body, iter(items))
        return meet(self._sandbox, Target(realm, "batch", "batch"), batch.run)


def _one(entity: Entity, shown: Json) -> Json:
    return {entity.name: shown}


def _included(call: Call, books: Books, result: Json) -> Json:
    return invoice_links.added(books, result) if invoice_links.asked(call.query.get("include", "")) else result


def _sent(outcome: Remembered) -> Response:
    return Response(outcome.body, outcome.status, media_type="application/json")


def _entity(call: Call) -> Entity:
    entity = BY_ADDRESS.get(call.path["entity"])
    if entity is None:
        raise unsupported(call.path["entity"])
    return entity


def _key(call: Call) -> Key | None:
    request_id = call.query.get("requestid", "")
    check_length(request_id, LONGEST)
    return Key(call.path["realm"], "single", request_id) if request_id else None


def _wish(call: Call, entity: Entity) -> Wish:
    payload = _sent_by(call)
    if not isinstance(payload, dict):
        raise Refusal("2120", "The body must be an object", element="")
    payload = recurring.unfolded(payload) if entity.folded else payload
    include = call.query.get("include", "").lower().split(",")
    operation = _operation(entity, call.query.get("operation", "").lower(), include, payload)
    return Wish(entity, operation, payload, duplicate_numbers="allowduplicatedocnum" in include)


def _operation(entity: Entity, asked: str, include: list[str], payload: Json) -> str:
    """§4.2: an invoice is voided by the word operation, a payment by an update that includes it."""
    if "void" in include and asked in ("", "update"):
        return "void"
    if asked == "void" and "void" in entity.operations and not entity.void_by_operation:
        raise unsupported("void")
    return asked or ("update" if payload.get("Id") not in (None, "", 0) else "create")


def parse(body: bytes) -> object:
    try:
        # A mark of byte order is taken: some systems put it before any file.
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refusal("500", "MalformedByteSequenceException: Invalid UTF-8 in the request", element="") from error
    try:
        parsed: object = loads(text)
    except (ValueError, RecursionError) as error:
        raise Refusal("2010", "Property Name:The request is not readable JSON", element="") from error
    return parsed


def _sent_by(call: Call) -> object:
    """The body, as JSON or as XML that means the same."""
    kind = call.headers.get("content-type", "")
    if xml_requests.is_xml(kind):
        try:
            return xml_requests.read(call.body)
        except BadXml as error:
            raise Refusal("2010", f"Property Name:The request is not readable XML: {error}", element="") from error
    if not kind.lower().startswith("application/json"):
        raise Refusal("1050", f"Content-Type {kind or '(none)'} is not supported", element="")
    return parse(call.body)


def _statement(call: Call) -> str:
    if call.method == "GET":
        return call.query.get("query", "")
    sent = call.headers.get("content-type", "")
    if not sent.lower().startswith(("application/text", "text/plain")):
        raise Refusal("1050", f"Content-Type {sent or '(none)'} is not supported for a query", element="")
    try:
        return call.body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refusal("500", "MalformedByteSequenceException: Invalid UTF-8 in the request", element="") from error

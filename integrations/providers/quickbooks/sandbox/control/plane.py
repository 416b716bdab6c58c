"""The control plane over the books of one company."""

from __future__ import annotations

from starlette.responses import Response

from ..api.documents import render
from ..api.writing import aside, reading, writing
from ..books.books import companies
from ..companies import all as seed
from ..registry import ENTITIES
from ..sandbox import Call, Sandbox, answer
from ..signin.identity import PERSON_NAME
from ..wire.json import Json, dumps
from . import chart, preferences, reconcile
from .asking import BadRequest, asked, body_of

#: Who writes in the audit log.
NAME = "Control plane"
#: What a statement is given by.
STATEMENT = ("account", "statement_date", "ending_balance", "transactions", "state")


class Control:
    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def companies(self, call: Call) -> Response:
        if call.method == "POST":
            self._found(asked(call, "realms", "like"))
        with self._sandbox.store.reading() as db:
            rows = [
                {"realm": each.realm, "name": each.name, "country": each.country, "currency": each.currency}
                for each in companies(db)
            ]
        return answer({"companies": rows})

    def _found(self, wanted: Json) -> None:
        realms = wanted.get("realms")
        if not isinstance(realms, list) or len(set(map(str, realms))) < len(realms):
            raise BadRequest("realms must be a list of different numbers, each as text.")
        store = self._sandbox.store
        with store.writing():
            seed.found(store, self._sandbox.settings.switches, realms, str(wanted.get("like")))

    def objects(self, call: Call) -> Response:
        wanted = call.path["entity"].lower()
        entity = next((each for each in ENTITIES if wanted in (each.name.lower(), each.address)), None)
        if entity is None:
            raise BadRequest(f"No such entity: {call.path['entity']}")
        after, limit = _whole(call, "after", 0), _whole(call, "limit", -1)
        with aside(self._sandbox, call.path["realm"]) as books:
            # Each is text before the next is read: a large company would not fit otherwise.
            found = [dumps(render(books, record)) for record in books.all(entity.name, after=after, limit=limit)]
        body = f'{{"entity":"{entity.name}","count":{len(found)},"objects":[{",".join(found)}]}}'
        return Response(body, media_type="application/json")

    def preferences(self, call: Call) -> Response:
        wanted = body_of(call)
        with writing(self._sandbox, call.path["realm"], NAME) as books:
            shown = render(books, preferences.write(books, wanted))
        return answer({"Preferences": shown})

    def accounts(self, call: Call) -> Response:
        wanted = asked(call, "accounts")
        with writing(self._sandbox, call.path["realm"], NAME) as books:
            return answer(chart.add(books, wanted.get("accounts")))

    def balances(self, call: Call) -> Response:
        with reading(self._sandbox, call.path["realm"]) as books:
            return answer({"realm": books.realm, **chart.balances(books)})

    def reconcile(self, call: Call) -> Response:
        wanted = asked(call, *STATEMENT)
        if call.method == "GET":
            with reading(self._sandbox, call.path["realm"]) as books:
                account = reconcile.account_of(books, call.query.get("account"))
                return answer({"realm": books.realm, **reconcile.shown(books, account)})
        with writing(self._sandbox, call.path["realm"], PERSON_NAME) as books:
            return answer({"realm": books.realm, **reconcile.reconcile(books, wanted)})


def _whole(call: Call, name: str, default: int) -> int:
    text = call.query.get(name, "")
    if text and not text.isdecimal():
        raise BadRequest(f"{name} must be a whole number.")
    return int(text) if text else default

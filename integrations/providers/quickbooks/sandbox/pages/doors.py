"""Addresses in the manner of the real one: /app/expense?txnId=42 opens the document, whosever it is."""

from __future__ import annotations

from starlette.responses import RedirectResponse, Response

from ..books.books import companies
from ..registry import BY_ADDRESS
from ..sandbox import Call, Sandbox
from . import words
from .frame import outside
from .markup import html, joined, link
from .numbers import whole
from .tables import empty

#: The words of the real addresses, where they are not the name of the entity.
ENTITIES = {
    **dict.fromkeys(("expense", "check", "creditcardcredit"), "Purchase"),
    "journal": "JournalEntry",
    "recvpayment": "Payment",
    "creditcardpayment": "CreditCardPaymentTxn",
}


class Doors:
    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def open(self, call: Call) -> Response:
        word, number = call.path["page"].lower(), call.query.get("txnId", "")
        known = BY_ADDRESS.get(word)
        entity = ENTITIES.get(word) or (known.name if known else "")
        found = self._holders(entity, number) if entity and whole(number) is not None else []
        if len(found) == 1:
            return RedirectResponse(_address(found[0][0], entity, number), 302)
        title = f"{words.type_word(entity)} {number}" if entity else "No such page"
        if not found:
            return outside(title, empty("No company has it.", link("/", "All companies")), at="/", status=404)
        rows = joined(html("<li>{}</li>", link(_address(realm, entity, number), name)) for realm, name in found)
        return outside(title, html("<p>Several companies have one of this number:</p><ul>{}</ul>", rows), at="/")

    def _holders(self, entity: str, number: str) -> list[tuple[str, str]]:
        with self._sandbox.store.aside() as db:
            names = {each.realm: each.name for each in companies(db)}
            marks = ", ".join("?" * len(names))
            query = f"SELECT realm FROM object WHERE realm IN ({marks}) AND entity = ? AND id = ? ORDER BY realm"
            return [(row["realm"], names[row["realm"]]) for row in db.execute(query, (*names, entity, int(number)))]


def _address(realm: str, entity: str, number: str) -> str:
    return f"/companies/{realm}/{entity.lower()}/{number}"

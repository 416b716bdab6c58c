"""What is planned to go wrong, and a form to plan more."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from starlette.responses import Response

from ..books.books import companies
from ..control.trouble import plan_for
from ..registry import ENTITIES
from ..sandbox import Call, Sandbox
from ..traffic.faults import KINDS, OPERATIONS, PLACES, BadPlan, Trouble
from ..traffic.gateway import SHAPES
from ..traffic.scenarios import SCENARIOS
from . import words
from .frame import outside, wrong
from .markup import Html, asking, html, joined
from .tables import Column, Row, empty, section, table

AT = "/faults"


_ANY = {"": "What suits the kind, mostly any write", "*": "Any request"}


class Faults:
    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def page(self, call: Call) -> Response:
        planned = self._sandbox.plan.listed()
        listed = (
            _table(planned) if planned else empty("Nothing is planned.", "Every request is answered as it should be.")
        )
        parts = [
            wrong(call),
            section("Planned", listed, _clear() if planned else ""),
            section("Plan one", self._form()),
            section("Scenarios", _scenarios()),
            section("Met", _met(self._sandbox.plan.history())),
        ]
        body = joined(parts)
        return outside("Faults", body, at=AT)

    def plan(self, call: Call) -> str:
        """The fields of a form are text; a plan has numbers too."""
        form = {name: value for name, value in call.form.items() if value != ""}
        try:
            known = {each.name: each for each in fields(Trouble) if each.init}
            plan = {name: _typed(name, str(known[name].type), value) for name, value in form.items() if name in known}
            plan_for(self._sandbox, Trouble.read(plan))
        except BadPlan as trouble:
            return asking(AT, wrong=str(trouble))
        return AT

    def play(self, call: Call) -> str:
        scenario = SCENARIOS.get(call.form.get("scenario", ""))
        if scenario is None:
            return asking(AT, wrong="There is no such scenario.")
        plan_for(self._sandbox, *scenario.troubles())
        return AT

    def clear(self, call: Call) -> str:
        self._sandbox.plan.clear()
        return AT

    def _form(self) -> Html:
        with self._sandbox.store.reading() as db:
            realms = [("*", "Any"), *((each.realm, each.name) for each in companies(db))]
        choices = {
            "kind": [(kind, f"{kind.replace('_', ' ')}: {sentence}") for kind, sentence in KINDS.items()],
            "realm": realms,
            "entity": [("*", "Any"), *((each, each) for each in (*PLACES[1:], *(entity.name for entity in ENTITIES)))],
            "operation": [(each, _ANY.get(each, each)) for each in ("", *OPERATIONS)],
            "body": [(each, each) for each in SHAPES],
        }
        rows = joined(_field(each.name, str(each.type), each.default, choices) for each in fields(Trouble) if each.init)
        return html(
            '<form class="plan" method="post" action="{}">{}<button class="primary">Plan it</button></form>', AT, rows
        )


def _typed(name: str, kind: str, text: str) -> Any:
    try:
        if kind.startswith("int"):
            return int(text)
        return float(text) if kind == "float" else text == "on" if kind == "bool" else text
    except ValueError as error:
        number = "a whole number" if kind.startswith("int") else "a number"
        raise BadPlan(f"{words.spaced(name.replace('_', ' '))} must be {number}, not “{text}”.") from error


def _field(name: str, kind: str, default: Any, choices: dict[str, list[tuple[str, str]]]) -> Html:
    label = words.spaced(name.replace("_", " ")).capitalize()
    if name in choices:
        options = joined(html('<option value="{}">{}</option>', *each) for each in choices[name])
        return html('<label><span>{}</span><select name="{}">{}</select></label>', label, name, options)
    if kind == "bool":
        return html('<label class="tick"><input type="checkbox" name="{}"><span>{}</span></label>', name, label)
    number = Html(' inputmode="decimal"') if kind.startswith(("int", "float")) else ""
    return html('<label><span>{}</span><input name="{}" placeholder="{}"{}></label>', label, name, default, number)


def _scenarios() -> Html:
    """Troubles that come together in life."""
    columns = (Column("Scenario", "main"), Column("What happens", "memo"), Column("", "key"))
    play = '<form method="post" action="{}/play"><button class="small" name="scenario" value="{}">Play</button></form>'
    rows = (Row((each.name, each.sentence, html(play, AT, each.name))) for each in SCENARIOS.values())
    return table(columns, rows, caption="Scenarios")


def _met(history: list[dict[str, Any]]) -> Html:
    if not history:
        return empty("No request has met one.")
    columns = (Column("Kind", "main"), Column("Company", "code"), Column("Of", "kind"), Column("Operation", "kind"))
    rows = (
        Row((each["kind"].replace("_", " "), each["realm"], each["entity"], each["operation"]))
        for each in history[::-1]
    )
    return table(columns, rows, caption="Met by requests, newest first")


def _clear() -> Html:
    return html('<form method="post" action="{}/clear"><button class="quiet">Clear all</button></form>', AT)


def _table(planned: list[dict[str, Any]]) -> Html:
    columns = (
        *(Column("Kind", "main"), Column("Company", "code"), Column("Of", "kind"), Column("Operation", "kind")),
        *(Column("Besides", "memo"), Column("Passes", "num"), Column("Left", "num key")),
    )
    return table(columns, map(_row, planned), caption="Planned faults")


def _row(plan: dict[str, Any]) -> Row:
    usual = {each.name: each.default for each in fields(Trouble)}
    shown = ("kind", "realm", "entity", "operation", "skip", "times")
    besides = ", ".join(
        f"{name} {value}" for name, value in plan.items() if name not in shown and value != usual.get(name)
    )
    any_ = {"*": "any", "": "what suits it"}
    told = (any_.get(plan[name], plan[name]) for name in ("realm", "entity", "operation"))
    left = "every time" if plan["times"] is None else plan["times"]
    return Row((plan["kind"].replace("_", " "), *told, besides, plan["skip"], left))

"""The addresses of the pages."""

from __future__ import annotations

from functools import partial

from starlette.routing import Route

from ..control.keeping import Keeping
from ..sandbox import Handler, Sandbox, at_once, in_thread
from . import attachments, audit, chart, document, lists, look, overview, parties, reports, transactions
from .connections import Connections
from .counters import Counters
from .doors import Doors
from .faults import Faults
from .frame import Frame, nowhere
from .guard import own_form
from .home import Home
from .requests import Requests
from .steering import Steering

OF_A_COMPANY = {
    "": overview.overview,
    "/transactions": transactions.transactions,
    "/accounts": chart.chart,
    "/vendors": parties.vendors,
    "/customers": parties.customers,
    "/employees": parties.employees,
    "/items": lists.items,
    "/lists": lists.lists,
    "/lists/{entity}": lists.one_list,
    "/reports": reports.every,
    "/reports/{name}": reports.report,
    "/attachments": attachments.attachments,
    "/audit": audit.log,
    # Last, since it takes whatever the others have not.
    "/{entity}/{id}": document.document,
}


def routes(sandbox: Sandbox) -> list[Route]:
    return [*_read(sandbox), *_done(sandbox)]


def _read(sandbox: Sandbox) -> list[Route]:
    frame, requests = Frame(sandbox), Requests(sandbox)
    return [
        _page("/", Home(sandbox).page),
        *(_page("/companies/{realm}" + path, frame.of(page)) for path, page in OF_A_COMPANY.items()),
        _page("/companies/{realm}/attachable/{id}/open", partial(attachments.opened, sandbox)),
        _page("/app/{page}", Doors(sandbox).open),
        _page("/requests", requests.listed),
        _page("/requests/{number}", requests.one),
        _page("/faults", Faults(sandbox).page),
        Route("/counters", at_once(Counters(sandbox).page), methods=["GET"]),
        _page("/connections", Connections(sandbox).page),
        _page("/control", Steering(sandbox, Keeping(sandbox)).page),
        _page("/{page}", nowhere),
        Route("/assets/{digest}/{name}", at_once(look.asset), methods=["GET"]),
    ]


def _done(sandbox: Sandbox) -> list[Route]:
    faults, steering = Faults(sandbox), Steering(sandbox, Keeping(sandbox))
    beside = {"/connections": Connections(sandbox).act}
    # These belong to the thread of the requests: what they change must not change under one.
    among = {
        "/requests": Requests(sandbox).keep,
        "/faults": faults.plan,
        "/faults/play": faults.play,
        "/faults/clear": faults.clear,
        "/control/clock": steering.clock,
        "/control/snapshots": steering.snapshots,
        "/control/reset": steering.reset,
    }
    return [
        *(Route(path, own_form(act, in_thread), methods=["POST"]) for path, act in beside.items()),
        *(Route(path, own_form(act, at_once), methods=["POST"]) for path, act in among.items()),
    ]


def _page(path: str, handler: Handler) -> Route:
    return Route(path, in_thread(handler), methods=["GET"])

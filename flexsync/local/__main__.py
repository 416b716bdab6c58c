"""python -m flexsync.local run | servers -- COMMAND | exec -- COMMAND"""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from flexsync.local import environment
from flexsync.local.children import Service
from flexsync.local.console import Console
from flexsync.local.environment import Environment, Parts
from flexsync.local.errors import LocalError
from flexsync.local.listening import listen_to_sandbox
from flexsync.local.ports import asked_for, require_free
from flexsync.local.servers import prepare_foreign_database, supervised
from flexsync.local.stack import Stack, greeting, web_asked, web_host
from flexsync.local.state import CHECKOUT, State
from flexsync.local.supervisor import OUR_NAME, StopRequested, Supervisor

FAILED, INTERRUPTED = 1, 130


def main(arguments: Sequence[str]) -> int:
    options = _parser().parse_args(arguments)
    try:
        status: int = options.verb(options)
        return status
    except LocalError as error:
        print(error, file=sys.stderr)
        return FAILED
    except (StopRequested, KeyboardInterrupt):
        return INTERRUPTED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m flexsync.local", description="FlexSync on one machine.")
    verbs = parser.add_subparsers(required=True, metavar="VERB")
    verbs.add_parser("run", help="start everything, and stop it with Ctrl-C").set_defaults(verb=_run)
    for name, verb, text in (
        ("servers", _servers, "run COMMAND beside a PostgreSQL and a Redis of its own, as tests want it"),
        ("exec", _exec, "run COMMAND with the environment of the stack that is running"),
    ):
        subparser = verbs.add_parser(name, help=text, usage=f"python -m flexsync.local {name} -- COMMAND …")
        if verb is _servers:
            subparser.add_argument("--durable", action="store_true", help="with fsync, as in production")
        subparser.add_argument("command", nargs=argparse.REMAINDER)
        subparser.set_defaults(verb=verb)
    return parser


# --- run ------------------------------------------------------------------------------------------------------------


def _run(_options: argparse.Namespace) -> int:
    given, console = dict(os.environ), Console()
    parts = Parts.of(given)
    state = State.of(given)
    with supervised(state, console) as (supervisor, servers):
        _require_ports(given, parts)
        prepare_foreign_database(given, console)
        console.line(OUR_NAME, "starting")
        addresses = servers.start(supervisor, parts, durable=True)
        ours = environment.for_stack(given, servers.secrets, addresses, state)
        environment.remember(state, given, ours)
        _start(supervisor, Stack(CHECKOUT, state, environment.whole(given, ours)), parts)
        console.plain(greeting(state, ours))
        supervisor.run_until_stopped()
        console.line(OUR_NAME, "stopping")
    console.line(OUR_NAME, "stopped")
    return 0


def _require_ports(given: Environment, parts: Parts) -> None:
    web = asked_for(given, "FLEXSYNC_PORT", environment.WEB_PORT)
    require_free("FLEXSYNC_PORT", web, web_host(given))
    if parts.sandbox:
        sandbox = asked_for(given, "SANDBOX_PORT", environment.SANDBOX_PORT)
        if sandbox == web:
            raise LocalError(f"FLEXSYNC_PORT and SANDBOX_PORT are both {web}. Set one of them to another port.")
        require_free("SANDBOX_PORT", sandbox)


def _start(supervisor: Supervisor, stack: Stack, parts: Parts) -> None:
    supervisor.run_once(stack.migrate())
    supervisor.run_once(stack.seed())
    # They load side by side, and are stopped in the reverse order of these calls.
    if parts.sandbox:
        supervisor.launch(stack.sandbox())
    supervisor.launch(*stack.workers())
    supervisor.launch(stack.beat())
    supervisor.launch(stack.web())
    supervisor.wait_until_ready()
    if parts.sandbox:
        listen_to_sandbox(stack.env, web_asked(stack.env))


# --- servers and exec -----------------------------------------------------------------------------------------------


def _servers(options: argparse.Namespace) -> int:
    command = _command(options.command)
    given, console = dict(os.environ), Console(sys.stderr)
    parts = Parts.of(given)
    # A folder of its own within the usual one: tests never meet the demo's data.
    state = State.open(State.of(given).folder / "servers")
    with supervised(state, console) as (supervisor, servers):
        prepare_foreign_database(given, console)
        addresses = servers.start(supervisor, parts, durable=options.durable)
        ours = environment.for_servers(given, servers.secrets, addresses)
        return supervisor.run_in_front(_in_front(command, environment.whole(given, ours)))


def _in_front(command: list[str], env: Environment) -> Service:
    return Service(command[0], tuple(command), env, cwd=Path.cwd(), in_front=True, restart=False)


def _exec(options: argparse.Namespace) -> int:
    command = _command(options.command)
    state = State.of(os.environ)
    if not state.is_running():
        raise LocalError("FlexSync is not running. Start it first: python -m flexsync.local run")
    env = environment.whole(os.environ, environment.recall(state))
    try:
        os.execvpe(command[0], command, env)
    except OSError as error:
        raise LocalError(f"{command[0]} cannot be run: {error.strerror}") from error


def _command(words: list[str]) -> list[str]:
    command = words[1:] if words[:1] == ["--"] else words
    if not command:
        raise LocalError("Say what to run, after two dashes: python -m flexsync.local servers -- pytest")
    # `manage.py shell` as well as `python manage.py shell`.
    return [sys.executable, *command] if command[0].endswith(".py") else command


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

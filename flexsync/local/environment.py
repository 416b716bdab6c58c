"""Which parts of the stack are ours to start, and the environment every child gets. What is set already wins."""

import os
import shlex
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from flexsync.local import ports
from flexsync.local.errors import LocalError
from flexsync.local.state import Secrets, State

WEB_PORT, SANDBOX_PORT = 8000, 8100
# The books of the demo's British entity get the accounts of its real charges.
CHARTS = Path(__file__).parents[2] / "ledger" / "demo" / "charts"
DEVELOPMENT, TESTS = "flexsync.settings.dev", "flexsync.settings.test"
INTUIT = "intuit.com"
ANY_KEYS = {"QUICKBOOKS_CLIENT_ID": "sandbox-client", "QUICKBOOKS_CLIENT_SECRET": "sandbox-secret"}
DISCOVERY_PATH = "/.well-known/openid_sandbox_configuration/"
# A later `exec` must meet the settings that the running stack was given, ours or not.
KEPT_PREFIXES = ("FLEXSYNC_", "QUICKBOOKS_", "SANDBOX_", "AWS_", "DJANGO_", "EMAIL_")
KEPT_NAMES = ("ALLOWED_HOSTS", "DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "LOG_LEVEL")
# These belong to one command, not to the stack.
NEVER_KEPT = ("FLEXSYNC_DATABASE_ROLE", "FLEXSYNC_STATE")

Environment = dict[str, str]


@dataclass(frozen=True)
class Parts:
    """What we start ourselves."""

    postgres: bool
    redis: bool
    sandbox: bool

    @classmethod
    def of(cls, given: Mapping[str, str]) -> "Parts":
        if given.get("DATABASE_OWNER_URL") and not given.get("DATABASE_URL"):
            raise LocalError("DATABASE_OWNER_URL is set, so DATABASE_URL must be set too: both name the same database.")
        return cls(
            postgres=not given.get("DATABASE_URL"),
            redis=not given.get("REDIS_URL"),
            sandbox=not (given.get("QUICKBOOKS_DISCOVERY_URL") or given.get("QUICKBOOKS_API_URL")),
        )


@dataclass(frozen=True)
class Addresses:
    """Where our own servers answer; empty for those that are not ours."""

    database: str = ""
    database_owner: str = ""
    redis: str = ""


def for_servers(given: Mapping[str, str], secrets: Secrets, addresses: Addresses) -> Environment:
    """For a command that needs nothing but the databases: the tests."""
    computed = _databases(secrets, addresses) | {"DJANGO_SETTINGS_MODULE": TESTS}
    # Importing this package imports FlexSync's Celery application, which chooses the development settings.
    chosen = {**given, "DJANGO_SETTINGS_MODULE": given.get("DJANGO_SETTINGS_MODULE", "").replace(DEVELOPMENT, "")}
    return given_wins(computed, chosen)


def for_stack(given: Mapping[str, str], secrets: Secrets, addresses: Addresses, state: State) -> Environment:
    web = ports.asked_for(given, "FLEXSYNC_PORT", WEB_PORT)
    computed = _databases(secrets, addresses) | {
        "DJANGO_SETTINGS_MODULE": DEVELOPMENT,
        "FLEXSYNC_PORT": str(web),
        "FLEXSYNC_PUBLIC_URL": f"http://localhost:{web}",
        "FLEXSYNC_DEMO_NOTE": str(state.demo_note),
        "FLEXSYNC_STORAGE_FOLDER": str(state.folder / "files"),
    }
    if Parts.of(given).sandbox:
        computed |= _sandbox(ports.asked_for(given, "SANDBOX_PORT", SANDBOX_PORT), state)
    else:
        computed |= _keys_of_another(given)
    return given_wins(computed, given)


def _databases(secrets: Secrets, addresses: Addresses) -> Environment:
    return {
        "DATABASE_URL": addresses.database,
        "DATABASE_OWNER_URL": addresses.database_owner,
        "REDIS_URL": addresses.redis,
        "SECRET_KEY": secrets.django,
        "FLEXSYNC_ENCRYPTION_KEYS": secrets.encryption_key,
    }


def _sandbox(port: int, state: State) -> Environment:
    address = f"http://localhost:{port}"
    return {
        "SANDBOX_PORT": str(port),
        "SANDBOX_DATA": str(state.folder / "sandbox"),
        "SANDBOX_CHARTS": str(CHARTS),
        **ANY_KEYS,
        "QUICKBOOKS_WEBHOOK_VERIFIER": "sandbox-verifier",
        "QUICKBOOKS_DISCOVERY_URL": address + DISCOVERY_PATH,
        "QUICKBOOKS_API_URL": address,
        # The sandbox answers at once and without TLS; Intuit does neither.
        "QUICKBOOKS_SETTLING_SECONDS": "5",
        "QUICKBOOKS_TIMEOUT_SECONDS": "15",
    }


def _keys_of_another(given: Mapping[str, str]) -> Environment:
    """A stand-in takes any; Intuit, whose sign-in is meant where none is named, takes yours only."""
    missing = [name for name in ANY_KEYS if not given.get(name)]
    host = urlsplit(given.get("QUICKBOOKS_DISCOVERY_URL", "")).hostname or INTUIT
    if missing and host.endswith(INTUIT):
        needed = " and ".join(missing)
        raise LocalError(f"Set {needed} for Intuit's QuickBooks, or QUICKBOOKS_DISCOVERY_URL of another stand-in.")
    return ANY_KEYS


def given_wins(computed: Mapping[str, str], given: Mapping[str, str]) -> Environment:
    """An empty value counts as not given, as compose files write it; one that came out empty is left out."""
    result = {name: given.get(name) or value for name, value in computed.items()}
    return {name: value for name, value in result.items() if value}


# --- what a process gets --------------------------------------------------------------------------------------------


def whole(given: Mapping[str, str], ours: Mapping[str, str]) -> Environment:
    environment = {name: value for name, value in given.items() if not _misleads_libpq(name, ours)}
    # So that `python` is the interpreter we run under, whether or not somebody activated its environment.
    path = os.pathsep.join([str(Path(sys.executable).parent), given.get("PATH", os.defpath)])
    return environment | dict(ours) | {"PATH": path, "PYTHONUNBUFFERED": "1"} | _without_proxy(given)


def _misleads_libpq(name: str, ours: Mapping[str, str]) -> bool:
    """PGHOSTADDR, PGSSLMODE and their like are meant for another server than the one we started."""
    return name.startswith("PG") and f"@{ports.LOOPBACK}:" in ours.get("DATABASE_URL", "")


def _without_proxy(given: Mapping[str, str]) -> Environment:
    """The way to the sandbox must not lead through a company's proxy."""
    known = given.get("no_proxy") or given.get("NO_PROXY") or ""
    hosts = ",".join(filter(None, [known, "localhost", ports.LOOPBACK]))
    return {"no_proxy": hosts, "NO_PROXY": hosts}


def for_server_programs() -> Environment:
    """Nothing of ours: a PGDATA or LD_LIBRARY_PATH out there is not meant for them."""
    return {"PATH": os.defpath, "LC_ALL": "C"}


# --- remembered for `exec` ------------------------------------------------------------------------------------------


def remember(state: State, given: Mapping[str, str], ours: Mapping[str, str]) -> None:
    kept = {name: value for name, value in given.items() if _is_kept(name)} | dict(ours)
    # A shell can read it as well.
    text = "".join(f"{name}={shlex.quote(value)}\n" for name, value in sorted(kept.items()))
    state.write_private(state.environment_file, text)


def _is_kept(name: str) -> bool:
    return (name.startswith(KEPT_PREFIXES) or name in KEPT_NAMES) and name not in NEVER_KEPT


def recall(state: State) -> Environment:
    try:
        words = shlex.split(state.environment_file.read_text())
    except FileNotFoundError as error:
        raise LocalError(f"No stack has run on {state.folder} yet.") from error
    return dict(word.split("=", 1) for word in words)

from pathlib import Path

import pytest

from flexsync.local import environment
from flexsync.local.environment import Addresses, Parts
from flexsync.local.errors import LocalError
from flexsync.local.state import Secrets, State

OURS = Addresses(database="postgres://app", database_owner="postgres://owner", redis="redis://ours")


@pytest.fixture
def state(tmp_path: Path) -> State:
    return State.open(tmp_path / "state")


@pytest.mark.parametrize(
    ("given", "parts"),
    [
        ({}, Parts(postgres=True, redis=True, sandbox=True)),
        (
            {"DATABASE_URL": "postgres://theirs"},
            Parts(postgres=False, redis=True, sandbox=True),
        ),
        (
            {"REDIS_URL": "redis://theirs"},
            Parts(postgres=True, redis=False, sandbox=True),
        ),
        (
            {"QUICKBOOKS_API_URL": "https://theirs"},
            Parts(postgres=True, redis=True, sandbox=False),
        ),
        (
            {"QUICKBOOKS_DISCOVERY_URL": "https://theirs"},
            Parts(postgres=True, redis=True, sandbox=False),
        ),
        (
            {"QUICKBOOKS_CLIENT_ID": "theirs"},
            Parts(postgres=True, redis=True, sandbox=True),
        ),
        (
            {"DATABASE_URL": "", "REDIS_URL": ""},
            Parts(postgres=True, redis=True, sandbox=True),
        ),
    ],
)
def test_what_is_given_is_not_started(given: dict[str, str], parts: Parts) -> None:
    assert Parts.of(given) == parts


def test_an_owner_without_a_database_is_refused() -> None:
    with pytest.raises(LocalError, match="DATABASE_URL must be set too"):
        Parts.of({"DATABASE_OWNER_URL": "postgres://theirs"})


@pytest.mark.parametrize(
    ("name", "computed"),
    [
        ("DATABASE_URL", "postgres://app"),
        ("DATABASE_OWNER_URL", "postgres://owner"),
        ("REDIS_URL", "redis://ours"),
        ("DJANGO_SETTINGS_MODULE", "flexsync.settings.dev"),
        ("SECRET_KEY", "s"),
        ("FLEXSYNC_ENCRYPTION_KEYS", "k"),
        ("FLEXSYNC_PORT", "8000"),
        ("FLEXSYNC_PUBLIC_URL", "http://localhost:8000"),
        ("SANDBOX_PORT", "8100"),
        ("QUICKBOOKS_CLIENT_ID", "sandbox-client"),
        ("QUICKBOOKS_CLIENT_SECRET", "sandbox-secret"),
        ("QUICKBOOKS_WEBHOOK_VERIFIER", "sandbox-verifier"),
        (
            "QUICKBOOKS_DISCOVERY_URL",
            "http://localhost:8100/.well-known/openid_sandbox_configuration/",
        ),
        ("QUICKBOOKS_API_URL", "http://localhost:8100"),
        ("QUICKBOOKS_SETTLING_SECONDS", "5"),
        ("QUICKBOOKS_TIMEOUT_SECONDS", "15"),
    ],
)
def test_each_has_a_value_unless_it_is_given(state: State, name: str, computed: str) -> None:
    secrets = Secrets(django="s", encryption_key="k")
    assert environment.for_stack({}, secrets, OURS, state)[name] == computed
    assert environment.for_stack({name: ""}, secrets, OURS, state)[name] == computed
    theirs = "9000" if name.endswith("_PORT") else "theirs"
    given = {**dict.fromkeys(environment.ANY_KEYS, "mine"), name: theirs, "DATABASE_URL": "theirs"}
    assert environment.whole(given, environment.for_stack(given, secrets, OURS, state))[name] == theirs


def test_the_ports_show_in_the_addresses(state: State) -> None:
    ours = environment.for_stack({"FLEXSYNC_PORT": "8001", "SANDBOX_PORT": "8101"}, Secrets(), OURS, state)
    assert ours["FLEXSYNC_PUBLIC_URL"] == "http://localhost:8001"
    assert ours["QUICKBOOKS_API_URL"] == "http://localhost:8101"


def test_a_database_of_theirs_gets_no_owner_of_ours(state: State) -> None:
    addresses = Addresses(redis="redis://ours")
    ours = environment.for_stack({"DATABASE_URL": "postgres://theirs"}, Secrets(), addresses, state)
    assert ours["DATABASE_URL"] == "postgres://theirs"
    assert "DATABASE_OWNER_URL" not in ours


@pytest.mark.parametrize("given", [{}, {"QUICKBOOKS_CLIENT_ID": "mine", "QUICKBOOKS_CLIENT_SECRET": "secret"}])
def test_another_stand_in_gets_keys_and_nothing_else_of_the_sandbox(given: dict[str, str], state: State) -> None:
    theirs = {"QUICKBOOKS_DISCOVERY_URL": "http://theirs:9000/", "QUICKBOOKS_API_URL": "http://theirs:9000", **given}
    ours = environment.whole(theirs, environment.for_stack(theirs, Secrets(), OURS, state))
    found = {name: value for name, value in ours.items() if name.startswith(("QUICKBOOKS_", "SANDBOX_", "OAUTHLIB_"))}
    assert found == theirs | (given or environment.ANY_KEYS)


@pytest.mark.parametrize(
    "given",
    [
        {"QUICKBOOKS_API_URL": "https://sandbox-quickbooks.api.intuit.com"},
        {"QUICKBOOKS_DISCOVERY_URL": "https://developer.intuit.com/.well-known/openid_sandbox_configuration/"},
    ],
)
def test_intuit_is_not_asked_without_keys(given: dict[str, str], state: State) -> None:
    with pytest.raises(LocalError, match="QUICKBOOKS_CLIENT_ID and QUICKBOOKS_CLIENT_SECRET"):
        environment.for_stack(given, Secrets(), OURS, state)


@pytest.mark.parametrize(
    ("given", "module"),
    [
        ({}, "flexsync.settings.test"),
        ({"DJANGO_SETTINGS_MODULE": "flexsync.settings.dev"}, "flexsync.settings.test"),
        ({"DJANGO_SETTINGS_MODULE": "theirs"}, "theirs"),
    ],
)
def test_a_command_beside_the_servers_gets_the_test_settings(given: dict[str, str], module: str) -> None:
    assert environment.for_servers(given, Secrets(), OURS)["DJANGO_SETTINGS_MODULE"] == module


def test_libpq_is_not_misled_about_our_own_server() -> None:
    given = {"PGSSLMODE": "require", "PATH": "/bin"}
    assert "PGSSLMODE" not in environment.whole(given, {"DATABASE_URL": "postgres://a:b@127.0.0.1:1/flexsync"})
    assert "PGSSLMODE" in environment.whole(given, {"DATABASE_URL": "postgres://a:b@db.example.com/flexsync"})


def test_the_way_to_the_sandbox_leads_through_no_proxy() -> None:
    assert environment.whole({"NO_PROXY": "intranet"}, {})["no_proxy"] == "intranet,localhost,127.0.0.1"


def test_what_is_remembered_comes_back_whatever_it_holds(state: State) -> None:
    given = {"AWS_REGION": "eu", "HOME": "/home", "FLEXSYNC_DATABASE_ROLE": "owner"}
    environment.remember(state, given, {"SECRET_KEY": 'it\'s $HOME "and"\nmore # \\'})
    assert environment.recall(state) == {
        "AWS_REGION": "eu",
        "SECRET_KEY": 'it\'s $HOME "and"\nmore # \\',
    }
    assert state.environment_file.stat().st_mode & 0o777 == 0o600


def test_secrets_are_made_once(state: State) -> None:
    first = state.secrets()
    assert state.secrets() == first
    assert Secrets() != first

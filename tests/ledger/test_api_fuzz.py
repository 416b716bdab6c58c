"""The API against its own contract: calls that nobody thought of, and none may go without an answer that is in it.

A few for each call run with the other tests, the same ones each time; `make fuzz` runs many more.
"""

import os
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, assume, settings
from schemathesis import Case
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import negative_data_rejection

from flexsync.wsgi import application
from tests.cast import Cast
from tests.ledger.caller import API, Issuer, charge, holder_of

EXAMPLES = int(os.environ.get("FLEXSYNC_FUZZ_EXAMPLES", "20"))
SETTINGS: dict[str, Any] = {
    # The same ones each time, unless many are asked for.
    **({} if "FLEXSYNC_FUZZ_EXAMPLES" in os.environ else {"seed": 1}),
    "generation": {
        "mode": "all",
        "max-examples": EXAMPLES,
        "deterministic": "FLEXSYNC_FUZZ_EXAMPLES" not in os.environ,
        "database": "none",
    },
    "phases": {"coverage": {"generate-duplicate-query-parameters": True}},
    "checks": {
        # Names must be ones that there are, which a contract cannot say.
        "positive_data_acceptance": {"enabled": False},
        # 207 refuses within a list, one by one; 413 a list that is too long.
        "negative_data_rejection": {
            "expected-statuses": ["207", "400", "401", "403", "404", "405", "406", "413", "415"]
        },
    },
}
CONTRACT = schemathesis.openapi.from_wsgi(
    "/api/schema/?format=json", application, config=SchemathesisConfig.from_dict(SETTINGS)
)


# Names that there are. What fits the contract but names nothing would get no further than that.
KNOWN = {
    "card": "card-4471",
    "entity": "Larkfield Inc.",
    "group": "Project",
    "category": "Software",
    "department": "Product",
    "vendor": "Figma",
    "bank_account": "bank-1",
    "currency": "USD",
    "cleared_at": "2026-03-02T10:40:58-05:00",
    "authorised_at": "2026-03-01T10:40:58-05:00",
    "tags": {"Project": "Apollo"},
}


@pytest.fixture
def larkfield(transactional_db: None, cast: Cast) -> Issuer:
    """With an entry of each noun and a transaction of each kind."""
    issuer = holder_of(cast.larkfield)
    for noun, entry in {
        "tag-groups": {"name": "Project"},
        "tags": {"group": "Project", "name": "Apollo"},
        "vendors": {"name": "Figma", "external_id": "V-1"},
        "bank-accounts": {"external_id": "bank-1", "entity": "Larkfield Inc.", "name": "Operating account"},
    }.items():
        assert issuer.post(entry, at=f"{API}/{noun}").status_code == 201
    lines = [{"amount": "12.30", "category": "Software", "tags": {"Project": "Apollo"}}]
    told = [charge("c-1", lines=lines, tags={"Project": "Apollo"}, custom_fields={"Trip": "Boston"})]
    told += [charge("r-1", kind="refund", refund_of="c-1"), charge("p-1", kind="payment", bank_account="bank-1")]
    assert issuer.post(told).status_code == 201
    return issuer


def named(body: Any) -> Any:
    """The body with names that there are, in the same places."""
    if isinstance(body, list):
        return [named(one) for one in body]
    if not isinstance(body, dict):
        return body
    return {name: KNOWN.get(name, named(value)) if value else value for name, value in body.items()}


def leaves_nothing(value: Any) -> bool:
    """A parameter whose value is nothing, or a list of nothing, is not sent: it violates no contract then."""
    if isinstance(value, list | tuple | set | dict):
        return all(leaves_nothing(one) for one in value)
    return value is None


@CONTRACT.parametrize()
@settings(deadline=None, suppress_health_check=list(HealthCheck))
def test_whatever_is_sent_the_answer_is_one_of_the_contract(larkfield: Issuer, case: Case) -> None:
    assert case.meta is not None
    assume(not any(leaves_nothing(value) for value in (case.query or {}).values()))
    if case.meta.generation.mode.is_positive:
        case.body = named(case.body)
        known = {"public_id": larkfield.read("c-1")["id"], "external_id": "c-1"}
        case.path_parameters = {name: known[name] for name in case.path_parameters}
    # In a form, whatever breaks the contract of a file is a file all the same.
    unknowable = [negative_data_rejection] if case.media_type == "multipart/form-data" else []
    case.call_and_validate(headers={"Authorization": larkfield.authorization}, excluded_checks=unknowable)

"""The contract, as it is published."""

import re
from collections.abc import Callable, Iterator
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from drf_spectacular.validation import validate_schema

from ledger.api.urls import urlpatterns
from tests.ledger.caller import API, DOOR, JSON, Issuer, charge


def published() -> dict[str, Any]:
    answer: dict[str, Any] = Client().get("/api/schema/", headers={"Accept": JSON}).json()
    return answer


def test_the_contract_is_valid_openapi_and_was_written_without_a_warning() -> None:
    call_command("spectacular", "--validate", "--fail-on-warn", "--format", "openapi-json", stdout=StringIO())
    validate_schema(published())


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in published()["paths"].items():
        yield from ((path, method, operation) for method, operation in methods.items())


def test_every_call_is_published_under_the_method_and_address_that_it_has() -> None:
    addresses = {re.sub(r"<\w+:(\w+)>", r"{\1}", f"{API}/{pattern.pattern}") for pattern in urlpatterns}
    assert {path for path, _, _ in operations()} == addresses
    assert {method for _, method, _ in operations()} == {"get", "post", "delete"}


def test_every_call_says_what_it_does_and_asks_for_a_key() -> None:
    for path, method, operation in operations():
        assert operation["description"], (path, method)
        assert operation["security"] == [{"apiKey": []}]
    assert len({operation["operationId"] for _, _, operation in operations()}) == len(list(operations()))


def test_whatever_takes_a_body_says_that_it_may_be_sent_again() -> None:
    for path, method, operation in operations():
        assert ("Idempotent" in operation["description"]) == (method == "post"), path


def test_every_call_names_the_errors_that_can_happen_and_no_others() -> None:
    always = {"401", "403", "406", "415"}
    for path, method, operation in operations():
        errors = {status for status in operation["responses"] if status[0] == "4"}
        if method == "post":
            assert errors == always | {"400", "413"} | ({"404"} if "{" in path else set()), path
        else:
            asked = any(parameter["in"] == "query" for parameter in operation.get("parameters", []))
            assert errors == always | ({"400"} if asked else set()) | ({"404"} if "{" in path else set()), path


def test_every_error_has_the_one_shape() -> None:
    for _, _, operation in operations():
        for status, response in operation["responses"].items():
            if status == "204":
                assert "content" not in response
                continue
            [(content_type, content)] = response["content"].items()
            assert content_type == JSON
            assert (content["schema"] == {"$ref": "#/components/schemas/ErrorAnswer"}) == (status[0] in "45")


def test_whatever_takes_one_takes_a_list_of_up_to_a_thousand() -> None:
    schemas = published()["components"]["schemas"]
    for path, method, operation in operations():
        if method == "post":
            assert operation["requestBody"]["required"]
            if JSON not in operation["requestBody"]["content"]:
                assert list(operation["requestBody"]["content"]) == ["multipart/form-data"], path
                continue
            body = operation["requestBody"]["content"][JSON]["schema"]
            one, many = schemas[body["$ref"].rsplit("/", 1)[1]]["oneOf"]
            assert (many["items"], many["minItems"], many["maxItems"]) == (one, 1, 1000), path
            assert schemas[one["$ref"].rsplit("/", 1)[1]]["additionalProperties"] is False


ANSWERS: list[tuple[str, int, Callable[[Issuer], Any]]] = [
    ("post", 201, lambda issuer: issuer.post(charge())),
    ("post", 200, lambda issuer: (issuer.post(charge()), issuer.post(charge()))[1]),
    ("post", 207, lambda issuer: issuer.post([charge(amount="0")])),
    ("post", 400, lambda issuer: issuer.post({})),
    ("post", 401, lambda issuer: Issuer("").post(charge())),
    ("post", 413, lambda issuer: issuer.post([{}] * 1001)),
    ("post", 415, lambda issuer: issuer.post("x", "text/plain")),
    ("get", 200, lambda issuer: issuer.ask()),
    ("get", 400, lambda issuer: issuer.ask(kind="bill")),
    ("get", 401, lambda issuer: Issuer("").ask()),
]


@pytest.mark.parametrize(
    ("method", "status", "ask"), ANSWERS, ids=[f"{method}-{status}" for method, status, _ in ANSWERS]
)
def test_the_contract_names_every_answer(
    issuer: Issuer, method: str, status: int, ask: Callable[[Issuer], Any]
) -> None:
    assert ask(issuer).status_code == status
    assert str(status) in published()["paths"][DOOR][method]["responses"]


def test_the_pages_of_the_contract_ask_no_foreign_host_for_anything() -> None:
    response = Client().get("/api/docs/")
    assert response.status_code == 200
    assert not re.findall(r"""(?:https?:)?//[a-z0-9.-]+\.[a-z]{2,}""", response.content.decode())

"""Messages in French: words change, codes and the ids inside them do not."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from .client import Company, Json, Server, fresh


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("french"), SANDBOX_LANGUAGE="fr")
    yield server
    server.kill()


@pytest.fixture
def us(running: Server) -> Company:
    return running.company()


def test_a_name_that_is_taken(us: Company) -> None:
    made = us.create("Vendor", {"DisplayName": fresh("V")})
    fault = us.fault(us.post("vendor", {"DisplayName": made["DisplayName"]}))
    assert (fault["code"], fault["Message"]) == ("6240", "Nom en double")
    assert fault["Detail"] == f"Ce nom existe déjà. : Id={made['Id']}"


def test_a_number_that_is_taken(us: Company) -> None:
    made = us.create("Purchase", us.charge(DocNumber=fresh("D")))
    fault = us.fault(us.post("purchase", us.charge(DocNumber=made["DocNumber"])))
    assert (fault["code"], fault["Message"]) == ("6140", "Numéro de document en double")
    found = re.search(r"TxnType=(.+?) with TxnId=(\d+)", fault["Detail"])
    assert found is not None
    assert (found[1], found[2]) == ("Dépense", made["Id"])


def test_an_object_somebody_else_has_changed(us: Company) -> None:
    made = us.create("Transfer", us.transfer())
    fault = us.fault(us.post("transfer", {**made, "SyncToken": "7"}))
    assert fault["code"] == "5010"
    assert "Vous et Robin Ledger travailliez" in fault["Detail"]


def test_a_missing_parameter_keeps_its_element(us: Company) -> None:
    fault = us.fault(us.post("purchase", us.charge(PaymentType=None)))
    assert (fault["code"], fault["element"]) == ("2020", "PaymentType")
    assert fault["Detail"] == "Le paramètre requis PaymentType est manquant dans la demande"


def test_an_object_that_is_gone(us: Company) -> None:
    fault = us.fault(us.call("GET", "purchase/999999"))
    assert (fault["code"], fault["Message"]) == ("610", "Objet introuvable")
    assert fault["Detail"].startswith("Objet introuvable : ")


def test_a_rule_of_business(us: Company) -> None:
    made = us.create("Purchase", us.charge())
    fault = us.fault(us.post("purchase", {**us.charge(PaymentType="Cash", AccountRef=us.ref("1010")),
                                          "Id": made["Id"], "SyncToken": "0"}))  # fmt: skip
    assert fault["code"] == "6000"
    assert fault["Detail"].startswith("Erreur de validation d'entreprise : ")


def test_items_of_a_batch_speak_it_too(us: Company) -> None:
    item: Json = {"bId": "1", "operation": "create", "Purchase": us.charge(PaymentType=None)}
    rows = us.batch([item]).json()["BatchItemResponse"]
    assert rows[0]["Fault"]["Error"][0]["Message"].startswith("Paramètre requis manquant")

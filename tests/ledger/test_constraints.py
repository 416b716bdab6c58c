"""What the database itself never lets be false about transactions, whoever writes."""

from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from ledger.domain.documents import DocumentKind
from ledger.models import (
    ApiToken,
    CardTransaction,
    Category,
    Department,
    DocumentLine,
    SourceDocument,
    Tag,
    TagGroup,
    TagUse,
)
from ledger.tenancy.context import acting_for
from tests.cast import Cast, Tenant
from tests.ledger.caller import Issuer, charge

SHRINKING = (DocumentKind.REFUND, DocumentKind.CASHBACK, DocumentKind.PAYMENT)


def document(tenant: Tenant, **values: Any) -> SourceDocument:
    told = {"kind": DocumentKind.CHARGE, "external_id": "d-1", "amount_minor": 1230, "currency": "USD"}
    return SourceDocument.objects.create(entity=tenant.entity, dated="2026-03-02", **{**told, **values})


def movement(tenant: Tenant, **values: Any) -> CardTransaction:
    told = {"document": document(tenant), "card": tenant.card, "cleared_at": "2026-03-02T12:00:00Z"}
    return CardTransaction.objects.create(**{**told, **values})


# --- what is compared at commit: the lines of a split ----------------------------------------------------------------


@pytest.fixture
def split(transactional_db: None, issuer: Issuer, cast: Cast) -> Tenant:
    """Larkfield with a charge of 12.30 in two lines, 10.00 and 2.30, and one without lines."""
    lines = [{"amount": "10.00"}, {"amount": "2.30"}]
    assert issuer.post([charge("c-1", lines=lines), charge("c-2")]).status_code == 201
    return cast.larkfield


def line_of(external_id: str, position: int) -> DocumentLine:
    return DocumentLine.objects.get(document__external_id=external_id, position=position)


def test_lines_and_whole_change_together(split: Tenant) -> None:
    """In between they may differ: only the commit looks."""
    with acting_for(split.id), transaction.atomic():
        DocumentLine.objects.filter(pk=line_of("c-1", 2).pk).update(amount_minor=500)
        SourceDocument.objects.filter(external_id="c-1").update(amount_minor=1500)
    with acting_for(split.id), transaction.atomic():
        assert SourceDocument.objects.get(external_id="c-1").amount_minor == 1500


def change_a_line() -> None:
    DocumentLine.objects.filter(pk=line_of("c-1", 2).pk).update(amount_minor=231)


def change_the_whole() -> None:
    SourceDocument.objects.filter(external_id="c-1").update(amount_minor=1231)


def take_a_line_away() -> None:
    line_of("c-1", 2).delete()


def add_a_line() -> None:
    DocumentLine.objects.create(document=line_of("c-1", 1).document, position=3, amount_minor=1)


def begin_a_split() -> None:
    whole = CardTransaction.objects.get(document__external_id="c-2")
    DocumentLine.objects.create(document=whole.document, position=1, amount_minor=1229)


@pytest.mark.parametrize("change", [change_a_line, change_the_whole, take_a_line_away, add_a_line, begin_a_split])
def test_no_commit_leaves_lines_that_do_not_add_up(split: Tenant, change: Any) -> None:
    with acting_for(split.id), pytest.raises(IntegrityError, match="add up"), transaction.atomic():
        change()
    with acting_for(split.id), transaction.atomic():
        assert list(DocumentLine.objects.order_by("position").values_list("amount_minor", flat=True)) == [1000, 230]
        assert SourceDocument.objects.get(external_id="c-1").amount_minor == 1230


def test_a_transaction_without_lines_is_whole_by_itself(split: Tenant) -> None:
    with acting_for(split.id), transaction.atomic():
        DocumentLine.objects.filter(document__external_id="c-1").delete()
        SourceDocument.objects.filter(external_id="c-2").update(amount_minor=1)


# --- what is compared at once ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", DocumentKind)
@pytest.mark.parametrize("minor", [-1230, 0, 1230])
def test_the_sign_of_an_amount_is_that_of_its_kind(cast: Cast, kind: DocumentKind, minor: int) -> None:
    fits = minor < 0 if kind.sign < 0 else minor > 0
    fits = fits or (kind is DocumentKind.BILL_PAYMENT and minor == 0)
    with acting_for(cast.larkfield.id):
        if fits:
            document(cast.larkfield, kind=kind, amount_minor=minor)
        else:
            with pytest.raises(IntegrityError, match="sign_of_kind"), transaction.atomic():
                document(cast.larkfield, kind=kind, amount_minor=minor)


@pytest.mark.parametrize(
    ("values", "constraint"),
    [({"kind": "loan"}, "known_kind"), ({"stage": "posted"}, "known_stage")],
)
def test_a_kind_and_a_stage_are_ones_there_are(cast: Cast, values: dict[str, str], constraint: str) -> None:
    with acting_for(cast.larkfield.id), pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        document(cast.larkfield, **values)


def test_one_name_is_one_movement_whatever_its_kind(cast: Cast) -> None:
    with acting_for(cast.larkfield.id):
        document(cast.larkfield)
        with pytest.raises(IntegrityError, match="card_external_id"), transaction.atomic():
            document(cast.larkfield, kind=DocumentKind.REFUND, amount_minor=-1)


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"cleared_at": None, "authorised_at": None}, "has_a_moment"),
        ({"original_minor": 1, "original_currency": ""}, "original_with_currency"),
        ({"original_minor": None, "original_currency": "EUR"}, "original_with_currency"),
    ],
)
def test_half_of_a_fact_is_none(cast: Cast, values: dict[str, Any], constraint: str) -> None:
    with acting_for(cast.larkfield.id), pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        movement(cast.larkfield, **values)


def test_a_tag_is_used_under_its_own_group_and_once_in_it(cast: Cast) -> None:
    with acting_for(cast.larkfield.id):
        project, region = (TagGroup.objects.create(name=name) for name in ("Project", "Region"))
        apollo, borealis = (Tag.objects.create(group=project, name=name) for name in ("Apollo", "Borealis"))
        whole = movement(cast.larkfield)
        TagUse.objects.create(document=whole.document, group=project, tag=apollo)
        with pytest.raises(IntegrityError, match="tag_in_group"), transaction.atomic():
            TagUse.objects.create(document=whole.document, group=region, tag=borealis)
        with pytest.raises(IntegrityError, match="one_of_a_group"), transaction.atomic():
            TagUse.objects.create(document=whole.document, group=project, tag=borealis)


def test_a_tag_of_the_neighbour_cannot_be_used(cast: Cast) -> None:
    with acting_for(cast.brightwell.id):
        theirs = Tag.objects.create(group=TagGroup.objects.create(name="Project"), name="Apollo")
    with acting_for(cast.larkfield.id):
        whole = movement(cast.larkfield)
        with pytest.raises(DatabaseError, match="foreign key"), transaction.atomic():
            TagUse.objects.create(document=whole.document, group_id=theirs.group_id, tag_id=theirs.pk)


@pytest.mark.parametrize("model", [Category, Department])
def test_a_number_of_ones_own_names_one_entry_and_none_may_name_many(cast: Cast, model: Any) -> None:
    with acting_for(cast.larkfield.id):
        for name in ("East", "West"):
            model.objects.create(name=name)
        model.objects.create(name="North", code="10")
        with pytest.raises(IntegrityError, match="_code"), transaction.atomic():
            model.objects.create(name="South", code="10")
    with acting_for(cast.brightwell.id):
        model.objects.create(name="North", code="10")


def test_a_key_has_scopes_that_there_are(cast: Cast) -> None:
    with acting_for(cast.larkfield.id), pytest.raises(IntegrityError, match="known_scopes"), transaction.atomic():
        ApiToken.objects.update(scopes=["everything"])

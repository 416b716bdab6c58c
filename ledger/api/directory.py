"""The names that transactions use: listed, and taken in one by one or up to 1,000 at once. All nouns work alike."""

from collections.abc import Callable
from typing import Any, TypeVar

from drf_spectacular.utils import OpenApiResponse, PolymorphicProxySerializer, extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from ledger.api import entries as forms
from ledger.api.cursors import NextSerializer, PageSerializer, asked, cursor_of, position_of
from ledger.api.door import Door
from ledger.api.fields import PlainCharField, StrictSerializer
from ledger.api.lists import CountsSerializer, ResultSerializer, answers, take
from ledger.models import Scope
from ledger.models import directory as nouns
from ledger.models.directory import Noun
from ledger.selectors.directory import entries
from ledger.selectors.walks import Walk
from ledger.services.directory import Entered, enter
from ledger.tenancy.context import acting_for

AS_ENTERED = Walk(("id",))
PAGING = set(PageSerializer().fields)
LONGEST_VALUE = 254


class EnteredSerializer(ResultSerializer):
    """What became of one entry."""

    key = serializers.CharField(help_text="What it is known by: its own number, or its name.", allow_blank=True)


class EnteredListSerializer(CountsSerializer):
    results = EnteredSerializer(many=True)


class DirectoryView(Door):
    """The entries of one noun. `form` says what each holds, `filters` by which of that it can be asked for."""

    noun: Noun
    form: type[StrictSerializer]
    filters: type[StrictSerializer]
    scopes = {"GET": Scope.READ_DIRECTORY}

    def get(self, request: Request) -> Response:
        wanted = asked(self.filters, request.query_params)
        after = position_of(wanted.get("cursor"), AS_ENTERED)
        conditions = {name: value for name, value in wanted.items() if name not in PAGING}
        with self.reading():
            rows, end = AS_ENTERED.page(entries(self.noun, conditions), wanted["page_size"], after)
            shown = [self._shown(row) for row in rows]
        return Response({"next_cursor": cursor_of(end), "results": shown})

    def _shown(self, row: Any) -> dict[str, str]:
        owner = {self.noun.owner: getattr(row, self.noun.owner).name} if self.noun.owner else {}
        return {**owner, **{name: getattr(row, name) for name in self.noun.columns}}


class EnteringView(DirectoryView):
    scopes = {"GET": Scope.READ_DIRECTORY, "POST": Scope.WRITE_DIRECTORY}

    def post(self, request: Request) -> Response:
        return take(request.data, self.form, self._enter, _named)

    def _enter(self, checked: list[Any]) -> list[Entered]:
        with acting_for(self.caller.tenant):
            return enter(noun=self.noun, told=checked)


def _named(outcome: Any, given: Any) -> dict[str, Any]:
    return {"key": outcome.key if isinstance(outcome, Entered) else ""}


def filtered_by(*names: str) -> type[StrictSerializer]:
    """Equality only; what is not there is an empty list."""
    fields = {name: PlainCharField(required=False, max_length=LONGEST_VALUE) for name in names}
    return type("DirectoryFilterSerializer", (PageSerializer,), fields)


View = TypeVar("View", bound=type[DirectoryView])
# How an entry is known, which makes sending it again harmless.
BY_NUMBER = "each is known by its `external_id`."
BY_NAME = "each is known by its name. “Apollo” and “apollo” are one name: the second is refused beside the first."
BY_EITHER = (
    "each is known by its own number if that is known, otherwise by its name. “Software” and “software” are one name: "
    "the second is refused beside the first, unless its own number says that it is the same entry, renamed."
)
RULES = (
    "The same again is `existing` and adds nothing; other values change it. A value that is left out is empty from "
    "then on, but for an own number, which stays. One bad item does not hold up the others."
)


def described(plural: str, known: str = "") -> Callable[[View], View]:
    """Tell the contract what the view does."""

    def describe(view: View) -> View:
        methods = {"get": _reading(view, plural)}
        if known:
            methods["post"] = _entering(view, plural, known)
        return extend_schema_view(**methods)(view)

    return describe


def _reading(view: type[DirectoryView], plural: str) -> Any:
    name = view.form.__name__.replace("Serializer", "PageSerializer")
    page = type(name, (NextSerializer,), {"results": view.form(many=True)})
    return extend_schema(
        operation_id=f"list_{plural.replace(' ', '_')}",
        description=f"A page of your {plural}, in the order in which they were entered. What is asked for by name and "
        "is not there is an empty list.",
        parameters=[view.filters],
        responses={200: OpenApiResponse(page, "A page of them.")},
    )


def _entering(view: type[DirectoryView], plural: str, known: str) -> Any:
    one_or_many = PolymorphicProxySerializer(
        component_name=view.form.__name__.replace("Serializer", "OrList"),
        serializers=[view.form, view.form(many=True)],
        resource_type_field_name=None,
        many=False,
    )
    return extend_schema(
        operation_id=f"enter_{plural.replace(' ', '_')}",
        description=f"Add or change {plural}: one as an object, or a list of up to 1,000. Idempotent: {known} {RULES}",
        request=one_or_many,
        responses=answers(EnteredListSerializer),
    )


@described("entities")
class EntitiesView(DirectoryView):
    noun, form, filters = nouns.ENTITIES, forms.EntitySerializer, filtered_by("name")


@described("cards", BY_NUMBER)
class CardsView(EnteringView):
    noun, form = nouns.CARDS, forms.CardSerializer
    filters = filtered_by("external_id", "entity", "last_four", "holder")


@described("bank accounts", BY_NUMBER)
class BankAccountsView(EnteringView):
    noun, form = nouns.BANK_ACCOUNTS, forms.BankAccountSerializer
    filters = filtered_by("external_id", "entity", "name")


@described("categories", BY_EITHER)
class CategoriesView(EnteringView):
    noun, form, filters = nouns.CATEGORIES, forms.CategorySerializer, filtered_by("name", "code")


@described("departments", BY_EITHER)
class DepartmentsView(EnteringView):
    noun, form, filters = nouns.DEPARTMENTS, forms.DepartmentSerializer, filtered_by("name", "code")


@described("tag groups", BY_NAME)
class TagGroupsView(EnteringView):
    noun, form, filters = nouns.TAG_GROUPS, forms.TagGroupSerializer, filtered_by("name")


@described("tags", BY_NAME)
class TagsView(EnteringView):
    noun, form, filters = nouns.TAGS, forms.TagSerializer, filtered_by("group", "name")


@described("vendors", BY_EITHER)
class VendorsView(EnteringView):
    noun, form, filters = nouns.VENDORS, forms.VendorSerializer, filtered_by("name", "external_id")

"""What the contract says of every call alike: errors, keys, and fields of our own."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension, OpenApiSerializerFieldExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiResponse
from rest_framework import serializers

# As ledger.domain.money reads it.
AMOUNT = r"^\+?[0-9]{1,20}(\.[0-9]{1,20})?$"


# Of whatever is sent to us, so many at once.
LARGEST_LIST = 1000


class ErrorSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    message = serializers.CharField()
    fields = serializers.DictField(  # type: ignore[assignment]  # the word that callers know
        child=serializers.ListField(child=serializers.CharField())
    )


class ErrorAnswer(serializers.Serializer[Any]):
    error = ErrorSerializer()


ERRORS = {
    400: "Some values cannot be accepted; `fields` says which, and why.",
    401: "No API key, or one that is not known.",
    403: "The API key lacks the scope.",
    406: "Something else than JSON was asked for.",
    413: f"More than {LARGEST_LIST:,} at once, or more than 5 MB; of a file, more than 20 MB.",
    415: "Something else than JSON was sent, or not in UTF-8; for a file, something else than a form.",
}


class ApiSchema(AutoSchema):
    """Adds the errors that any call may answer with."""

    def _get_response_bodies(self, direction: Any = "response") -> dict[str, Any]:
        own: dict[str, Any] = super()._get_response_bodies(direction)
        errors = {str(code): OpenApiResponse(ErrorAnswer, words) for code, words in ERRORS.items()}
        if self.method != "POST":
            del errors["413"]
            if not self.get_override_parameters():
                del errors["400"]
        described = {code: self._get_response_for_code(error, code) for code, error in errors.items()}  # type: ignore[no-untyped-call]
        return dict(sorted({**described, **own}.items()))


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "ledger.api.tokens.TokenAuthentication"
    name = "apiKey"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}


class PatternScheme(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]
    target_class = "ledger.api.fields.PatternField"
    match_subclasses = True

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        schema = auto_schema._map_serializer_field(self.target, direction, bypass_extensions=True)
        return {**schema, "pattern": f"^{self.target.pattern.pattern}$"}


class AmountScheme(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]
    target_class = "ledger.api.fields.AmountField"

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        schema = auto_schema._map_serializer_field(self.target, direction, bypass_extensions=True)
        return {**schema, "pattern": AMOUNT}


class TextMapScheme(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]
    target_class = "ledger.api.fields.TextMapField"

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        schema = auto_schema._map_serializer_field(self.target, direction, bypass_extensions=True)
        return {**schema, "maxProperties": self.target.most}


def describe_bodies(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """What is sent holds the fields that are named and no others (fields.StrictSerializer), and is not left out."""
    for name, schema in result["components"]["schemas"].items():
        if name.endswith("Request") and schema.get("type") == "object":
            schema["additionalProperties"] = False
        if name.endswith("OrListRequest"):
            schema["oneOf"][1] |= {"minItems": 1, "maxItems": LARGEST_LIST}
    for path in result["paths"].values():
        if "post" in path:
            path["post"]["requestBody"]["required"] = True
    return result

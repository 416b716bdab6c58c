"""What an entry of each noun of the directory holds: as it is sent, and as it is shown."""

from ledger.api.fields import (
    OPTIONAL,
    CurrencyField,
    ExternalIdField,
    LastFourField,
    PlainCharField,
    StrictSerializer,
    optional_text,
)

NAME_FOR_CHANGES = "Your own number for it. Known by it, an entry can be given another name."


class EntitySerializer(StrictSerializer):
    """A legal entity: its books are kept in its currency, and its dates are dates in its time zone."""

    name = PlainCharField(max_length=200)
    currency = CurrencyField()
    time_zone = PlainCharField(max_length=64)


class CardSerializer(StrictSerializer):
    """Of its number only the last four digits are ever known here."""

    external_id = ExternalIdField(help_text="The issuer's name for the card.")
    entity = PlainCharField(max_length=200, help_text="The name of the legal entity that it is billed to, for good.")
    last_four = LastFourField()
    holder = optional_text(200, help_text="Nobody, if it belongs to a team.")


class BankAccountSerializer(StrictSerializer):
    """An account from which card statements are paid."""

    external_id = ExternalIdField()
    entity = PlainCharField(max_length=200, help_text="The name of the legal entity that owns it, for good.")
    name = PlainCharField(max_length=200)


class CategorySerializer(StrictSerializer):
    """What was bought, in your own words."""

    name = PlainCharField(max_length=100)
    code = optional_text(40, help_text=NAME_FOR_CHANGES)


class DepartmentSerializer(StrictSerializer):
    """Who bought it."""

    name = PlainCharField(max_length=100)
    code = optional_text(40, help_text=NAME_FOR_CHANGES)


class TagGroupSerializer(StrictSerializer):
    """A question that is asked about a transaction: project, campaign, grant."""

    name = PlainCharField(max_length=100)


class TagSerializer(StrictSerializer):
    """One of the answers."""

    group = PlainCharField(max_length=100, help_text="The name of its tag group.")
    name = PlainCharField(max_length=100)


class VendorSerializer(StrictSerializer):
    """Whom you buy from."""

    name = PlainCharField(max_length=200)
    external_id = ExternalIdField(**OPTIONAL, help_text=NAME_FOR_CHANGES)
    email = optional_text(254)
    phone = optional_text(30)
    currency = CurrencyField(**OPTIONAL)

"""Two organisations with everything a charge needs, and the people in them.

Larkfield is ours: Priya is its finance admin, Theo its accountant, Owen a cardholder. Brightwell is the neighbour, in
which Nina is finance admin; nothing of hers may ever be seen by us, nor the other way round.
"""

from dataclasses import dataclass

from ledger.models import Card, Category, Department, Entity, Membership, Organisation, Role, Scope, User
from ledger.services.api_keys import make_token
from ledger.tenancy.context import acting_for


@dataclass(frozen=True)
class Tenant:
    organisation: Organisation
    entity: Entity
    card: Card
    category: Category
    department: Department
    admin: User
    api_key: str

    @property
    def id(self) -> int:
        return self.organisation.pk


@dataclass(frozen=True)
class Cast:
    larkfield: Tenant
    brightwell: Tenant
    theo: User
    owen: User


def make_cast() -> Cast:
    larkfield = _tenant("Larkfield Group", "larkfield", "Larkfield Inc.", _person("Priya Raman"))
    brightwell = _tenant("Brightwell", "brightwell", "Brightwell Inc.", _person("Nina Osei"))
    theo, owen = _person("Theo Brandt"), _person("Owen Park")
    with acting_for(larkfield.id):
        Membership.objects.create(user=theo, role=Role.ACCOUNTANT)
        Membership.objects.create(user=owen, role=Role.CARDHOLDER)
    return Cast(larkfield, brightwell, theo, owen)


def somebody() -> User:
    """Where it matters that a person did it, and not who."""
    return User.objects.order_by("pk")[0]


def _person(name: str) -> User:
    return User.objects.create_user(
        email=f"{name.split()[0].lower()}@example.com", name=name, password="a-long-password"
    )


def _tenant(name: str, slug: str, entity_name: str, admin: User) -> Tenant:
    organisation = Organisation.objects.create(name=name, slug=slug)
    with acting_for(organisation.pk):
        Membership.objects.create(user=admin, role=Role.FINANCE_ADMIN)
        entity = Entity.objects.create(name=entity_name, currency="USD", time_zone="America/New_York")
        return Tenant(
            organisation=organisation,
            entity=entity,
            card=Card.objects.create(entity=entity, external_id="card-4471", last_four="4471", holder="Owen Park"),
            category=Category.objects.create(name="Software"),
            department=Department.objects.create(name="Product"),
            admin=admin,
            api_key=make_token(name="Issuer", scopes=list(Scope), made_by=admin),
        )

"""Who may do what, in one table."""

from dataclasses import dataclass
from enum import Enum

from django.db import connection

from ledger.models import Membership, Organisation, Role, User

# More names than these are no help.
NAMED = 3


class Action(Enum):
    SEE_TRANSACTIONS = "see transactions"
    SEE_SYNC = "see connections, mapping and failed syncs"
    RETRY = "retry failed syncs"
    DECIDE = "hold and exclude transactions"
    ADD_RECEIPTS = "add and take away receipts"
    IMPORT = "import files"
    RECORD_BILLS = "make, change and pay bills"
    APPROVE = "approve what waits for you"
    APPROVE_FOR_OTHERS = "approve in place of others"
    CONFIGURE = "connect companies and change the mapping"
    MANAGE_PEOPLE = "invite people and change their roles"


ALLOWED: dict[str, frozenset[Action]] = {
    Role.OWNER: frozenset(Action),
    Role.FINANCE_ADMIN: frozenset(Action),
    Role.ACCOUNTANT: frozenset(
        {
            Action.SEE_TRANSACTIONS,
            Action.SEE_SYNC,
            Action.RETRY,
            Action.DECIDE,
            Action.ADD_RECEIPTS,
            Action.RECORD_BILLS,
            Action.APPROVE,
        }
    ),
    Role.OPS: frozenset({Action.SEE_TRANSACTIONS, Action.SEE_SYNC, Action.RETRY, Action.ADD_RECEIPTS, Action.APPROVE}),
    Role.CARDHOLDER: frozenset(),
}


@dataclass(frozen=True, slots=True)
class Access:
    """A person inside one organisation."""

    organisation: Organisation
    person: User
    role: Role

    def allows(self, action: Action) -> bool:
        return action in ALLOWED[self.role]


def membership_id(user: User, organisation: Organisation) -> int | None:
    """Asked before the tenant is set, hence through a look-up function that answers with an id only."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT lookup.membership(%s, %s)", [user.pk, organisation.pk])
        found: int | None = cursor.fetchone()[0]
    return found


def organisations_of(user: User) -> list[Organisation]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT lookup.organisations_of(%s)", [user.pk])
        ids = [row[0] for row in cursor.fetchall()]
    return list(Organisation.objects.filter(pk__in=ids).order_by("name"))


def access_of(user: User, organisation: Organisation) -> Access:
    """The person's role. Called with the tenant set, for somebody whose membership was looked up before."""
    membership = Membership.objects.get(user=user)
    return Access(organisation, user, Role(membership.role))


def who_may(action: Action) -> list[str]:
    """Names of whom to ask for it, the longest there first. Called with the tenant set."""
    return [str(person) for person in members_who_may(action)[:NAMED]]


def members_who_may(action: Action) -> list[User]:
    """The longest there first. Called with the tenant set."""
    roles = [role for role, allowed in ALLOWED.items() if action in allowed]
    members = Membership.objects.filter(role__in=roles, user__is_active=True).select_related("user")
    return [member.user for member in members.order_by("id")]

"""Who belongs to an organisation, and as what: invited, joined, given another role, gone."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.core.mail import send_mail
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from ledger.access import ALLOWED, Action, members_who_may
from ledger.models import Invitation, Membership, Organisation, PeopleEvent, Role, User
from ledger.services.turns import one_after_the_other

LIVES = timedelta(days=7)
# Whoever may manage people may not make themselves, or anybody, more than they are.
OWNERS_ONLY = "Only an owner makes somebody an owner, or an owner something else."
LAST = "Nobody would be left who can manage people. Give somebody else that role first."


class Unfitting(ValueError):
    """It cannot be; the text says why."""


@dataclass(frozen=True, slots=True)
class Invited:
    organisation: Organisation
    invitation: Invitation


@transaction.atomic
def invite(*, email: str, role: Role, person: User, as_role: Role) -> str:
    """Returns the secret of the link, which is kept nowhere. An open invitation of that address ends. Raises Unfitting.
    The letter is the caller's to send, after the transaction."""
    one_after_the_other()
    _may_give(role, as_role)
    wanted = email.strip().lower()
    if Membership.objects.filter(user__email__iexact=wanted).exists():
        raise Unfitting(f"{wanted} belongs to the organisation already.")
    Invitation.objects.filter(email__iexact=wanted, ended_at__isnull=True).update(ended_at=timezone.now())
    secret = secrets.token_urlsafe(32)
    Invitation.objects.create(
        email=wanted, role=role, digest=_digest(secret), made_by=person, expires_at=timezone.now() + LIVES
    )
    _note(person, f"invited {wanted} as {role.label.lower()}")
    return secret


def send_invitation(*, email: str, secret: str, organisation: Organisation, person: User) -> None:
    """Raises OSError or SMTPException."""
    address = settings.PUBLIC_URL + reverse("invitation", args=[secret])
    text = (
        f"{person} invites you to {organisation.name} on FlexSync, which keeps its spending and its books aligned.\n\n"
        f"Join: {address}\n\nThe link is yours alone and works for {LIVES.days} days. Whoever you do not know, ignore."
    )
    subject = f"{person} invites you to {organisation.name}"
    send_mail(subject, text, settings.DEFAULT_FROM_EMAIL, [email])


@transaction.atomic
def withdraw(invitation: Invitation, *, person: User) -> None:
    if Invitation.objects.filter(pk=invitation.pk, ended_at__isnull=True).update(ended_at=timezone.now()):
        _note(person, f"withdrew the invitation of {invitation.email}")


def find_invitation(secret: str) -> tuple[int, int] | None:
    """Tenant and id of an open one. Asked before a tenant is known."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tenant_id, invitation_id FROM lookup.invitation(%s)", [_digest(secret)])
        found: tuple[int, int] | None = cursor.fetchone()
    return found


@transaction.atomic
def join(invitation_id: int, user: User) -> Membership:
    """Called with the tenant set. Raises Unfitting where it was withdrawn or used meanwhile, or is another's."""
    one_after_the_other()
    invitation = Invitation.objects.filter(pk=invitation_id, ended_at__isnull=True).first()
    if invitation is None or invitation.expires_at < timezone.now():
        raise Unfitting("This invitation is not open any more. Ask for another one.")
    if user.email.lower() != invitation.email.lower():
        raise Unfitting(f"This invitation is for {invitation.email}, and you are signed in as {user.email}.")
    invitation.ended_at = timezone.now()
    invitation.save(update_fields=["ended_at"])
    membership, _ = Membership.objects.get_or_create(user=user, defaults={"role": invitation.role})
    _note(user, f"joined as {Role(membership.role).label.lower()}")
    return membership


@transaction.atomic
def change_role(membership: Membership, *, to: Role, person: User, as_role: Role) -> None:
    """Raises Unfitting."""
    one_after_the_other()
    member = Membership.objects.select_related("user").get(pk=membership.pk)
    was = Role(member.role)
    if was is to:
        return
    _may_give(to, as_role)
    _may_give(was, as_role)
    member.role = to
    member.save(update_fields=["role"])
    _somebody_is_left()
    if Action.MANAGE_PEOPLE not in ALLOWED[to]:
        _end_invitations_of(member.user)
    _note(person, f"made {member.user} {to.label.lower()}, who was {was.label.lower()}")


@transaction.atomic
def remove(membership: Membership, *, person: User, as_role: Role) -> None:
    """What they did stays on record under their name. Raises Unfitting."""
    one_after_the_other()
    member = Membership.objects.select_related("user").get(pk=membership.pk)
    _may_give(Role(member.role), as_role)
    name = str(member.user)
    member.delete()
    _somebody_is_left()
    _end_invitations_of(member.user)
    _note(person, f"took {name} out, who was {Role(member.role).label.lower()}")


def _end_invitations_of(person: User) -> None:
    """Nobody comes back by a letter of their own."""
    Invitation.objects.filter(made_by=person, ended_at__isnull=True).update(ended_at=timezone.now())


def _may_give(role: Role, as_role: Role) -> None:
    if role is Role.OWNER and as_role is not Role.OWNER:
        raise Unfitting(OWNERS_ONLY)


def _somebody_is_left() -> None:
    if not members_who_may(Action.MANAGE_PEOPLE):
        raise Unfitting(LAST)


def _note(person: User, told: str) -> None:
    PeopleEvent.objects.create(actor=str(person), told=told)


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()

"""The pages of people: who belongs here and as what, and the page to which an invitation leads."""

from ledger.web.people.joining import invitation
from ledger.web.people.members import change_person, invite_person, people, withdraw_invitation

__all__ = ["change_person", "invitation", "invite_person", "people", "withdraw_invitation"]

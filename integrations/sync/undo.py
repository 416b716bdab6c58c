"""What shall be written to take a document back, or to bring it back, decided from values alone."""

from integrations.mapping.facts import Facts
from integrations.mapping.reasons import Reason, ReasonCode
from integrations.providers.documents import Action, Found, Posted, Reversal, Write
from integrations.sync.marks import reversal_of
from integrations.sync.plan import Blocked, Link, Plan, Send
from ledger.domain.documents import Stage


def plan_undo(
    facts: Facts, link: Link | None, undone: Reason | None, takeback: Posted | None, found: Found | None
) -> Plan | None:
    """None where it is planned like any other.

    `undone` is a person's word. What nobody touched is removed, in the version that we know; what somebody changed, so
    that it had to be `found`, stays and is taken back by another document, the `takeback`. That one goes when the
    document is brought back, and also where it has other money than it was to have: then it is made once more.
    """
    if takeback is not None:
        return _beside(facts, undone, takeback)
    if undone is None:
        return None
    if link is None or (found is not None and not found.total):
        return Blocked((undone,))
    if found is not None:
        return Send(Write(Action.REVERSE, reversal_of(facts.mark), _reversal(facts, found), link.posted), None)
    return Send(Write(Action.REMOVE, facts.mark, target=link.posted), None)


def _beside(facts: Facts, undone: Reason | None, takeback: Posted) -> Plan:
    if undone is not None and not takeback.amiss:
        return Blocked((undone,))
    if undone is None and facts.stage is Stage.REVERSED:
        return Blocked((Reason(ReasonCode.REVERSED),))
    return Send(Write(Action.REMOVE, reversal_of(facts.mark), target=takeback), None)


def _reversal(facts: Facts, found: Found) -> Reversal:
    mark = reversal_of(facts.mark)
    # The comma keeps a look-up by marks in notes from taking this for the document itself.
    note = f"Takes back {facts.mark}, as it stood here on {found.dated:%-d %b %Y} after a change. {mark}"
    return Reversal(mark, note, found.posted.kind, found.raw)

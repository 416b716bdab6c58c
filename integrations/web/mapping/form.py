"""What was posted for one part: the texts of its fields, what they mean, and what is wrong with them."""

import re
from collections.abc import Mapping
from dataclasses import asdict, replace
from functools import cached_property

from integrations import mapped, selectors
from integrations.mapped import Aim, Standing
from integrations.mapping.gates import BILL_GATES, CHARGE_GATES, Gate
from integrations.mapping.periods import ClosedPolicy
from integrations.mapping.picking import Target
from integrations.mapping.slots import MappingKey, MappingSlot
from integrations.models import Connection
from integrations.services import Choices
from integrations.services.mapping import REASON_LENGTH, Switches
from integrations.web.mapping.lists import aims_of, directory, what_is_wrong
from integrations.web.mapping.parts import PLAIN, Part

INCOMPLETE = "This page is incomplete. Load it again."
SOURCE_AND_DIMENSION = re.compile(r"([0-9]{1,18})(?:_(.+))?")


def name_of(key: MappingKey) -> str:
    parts = (key.slot.value, "" if key.source is None else str(key.source), key.dimension)
    return "_".join(part for part in parts if part)


class MappingForm:
    """A field counts as changed when it says something else than the version that the person looked at: what one left
    alone stays as it is, whatever was done to it meanwhile."""

    def __init__(self, tie: Connection, part: Part, posted: Mapping[str, str] | None) -> None:
        self.tie = tie
        self.part = part
        latest = selectors.versions(tie.entity_id).first()
        self.version = latest.number if latest else 0
        self.stand = Switches.of(latest)
        self.errors: dict[str, str] = {}
        self.targets: dict[MappingKey, int | None] = {}
        given = {} if posted is None else posted
        self.reason = given.get("reason", "").replace("\0", "").strip()[:REASON_LENGTH]
        # What the person looked at, not what stands now: saving must notice a newer version, after an error too.
        self.seen_version = given.get("version", str(self.version) if posted is None else "")
        self.matched = given.get("matched", "")
        self.texts = self._texts(given)
        self.switches = self._switched(given) if "switches" in given else None
        self.standing = self._standing()

    @property
    def knows_its_version(self) -> bool:
        return bool(re.fullmatch(r"[0-9]{1,9}", self.seen_version)) and int(self.seen_version) <= self.version

    @property
    def _seen(self) -> int:
        return int(self.seen_version) if self.knows_its_version else self.version

    @property
    def changed(self) -> dict[MappingKey, str]:
        return {key: text for key, text in self.texts.items() if text.split() != self._stood(key).split()}

    def text(self, key: MappingKey) -> str:
        return self.texts.get(key, self._stood(key))

    def is_good(self, known_sources: set[int]) -> bool:
        self.errors = {}
        if not self.reason:
            self.errors["reason"] = "Say why, in a few words; whoever looks at it later will thank you."
        if not self.knows_its_version or not self._names_only(known_sources):
            self.errors["reason"] = INCOMPLETE
        self._understand()
        if self.part is Part.ACCOUNTS:
            self._require_card_account()
        return not self.errors

    def _names_only(self, known_sources: set[int]) -> bool:
        return all(key.source is None or key.source in known_sources for key in self.texts)

    def choices(self, matches: Mapping[MappingKey, Target]) -> Choices:
        """What the person chose, and of what the names suggest whatever the person did not have in sight."""
        unseen = {key: target.id for key, target in matches.items() if key not in self.texts}
        return replace(self._switch_choices, targets=unseen | self.targets)

    @property
    def switches_shown(self) -> Switches:
        """What the person chose; what was left alone as it stands, whoever set it so."""
        return self.stand.changed(self._switch_choices)

    @property
    def _switch_choices(self) -> Choices:
        seen, chosen = self._seen_switches, self.switches or self._seen_switches
        mine, theirs = asdict(chosen), asdict(seen)
        return Choices(**{name: value for name, value in mine.items() if value is not theirs[name]})

    @cached_property
    def _seen_switches(self) -> Switches:
        """Of the version that the person looked at: what says the same was left alone."""
        return Switches.of(selectors.versions(self.tie.entity_id).filter(number=self._seen).first())

    def _switched(self, given: Mapping[str, str]) -> Switches:
        seen = self._seen_switches
        policy, charges, bills = (given.get(name, "") for name in ("closed_periods", "charge_gate", "bill_gate"))
        return Switches(
            create_vendors=given.get("create_vendors") == "on",
            closed_periods=ClosedPolicy(policy) if policy in set(ClosedPolicy) else seen.closed_periods,
            charge_gate=Gate(charges) if charges in CHARGE_GATES else seen.charge_gate,
            bill_gate=Gate(bills) if bills in BILL_GATES else seen.bill_gate,
        )

    def notice_newer_version(self) -> None:
        """What the person chose stays in the form; saving it once more is then a decision against the newer version."""
        mine = self.changed
        self.seen_version = str(self.version)
        self.standing = self._standing()
        self.texts = {key: mine.get(key, self._stood(key)) for key in self.texts}
        self.errors["reason"] = f"Version {self.version} was saved meanwhile; it stands among the versions. Save again?"

    def _texts(self, posted: Mapping[str, str]) -> dict[MappingKey, str]:
        found = {key: name for name in posted if (key := self._key(name))}
        return {key: posted[name].replace("\0", " ").strip() for key, name in found.items()}

    def _key(self, name: str) -> MappingKey | None:
        if self.part is Part.ACCOUNTS:
            return MappingKey(MappingSlot(name)) if name in set(PLAIN) else None
        [slot] = self.part.slots
        match = SOURCE_AND_DIMENSION.fullmatch(name.removeprefix(f"{slot.value}_"))
        dimension = (match.group(2) or "") if match else ""
        if match is None or not name.startswith(slot.value) or dimension not in aims_of(slot, self.tie):
            return None
        return MappingKey(slot, int(match.group(1)), dimension)

    def _standing(self) -> dict[MappingKey, Standing]:
        version = None if self._seen == self.version else self._seen
        return mapped.standing(self.tie.entity_id, self.tie.company_id, self.part.slots, version)

    def _stood(self, key: MappingKey) -> str:
        stood = self.standing.get(key)
        return stood.label if stood else ""

    def _understand(self) -> None:
        """One reading of the books for each kind of target, whatever the number of fields."""
        by_aim: dict[Aim, dict[MappingKey, str]] = {}
        for key, text in self.changed.items():
            by_aim.setdefault(Aim(key.slot, key.dimension), {})[key] = text
        self.targets = {}
        for aim, texts in by_aim.items():
            known = directory(self.tie, aim, [text for text in texts.values() if text])
            for key, text in texts.items():
                picked = known.pick(text) if text else None
                if picked is None or isinstance(picked, Target):
                    self.targets[key] = picked.id if picked else None
                else:
                    self.errors[name_of(key)] = what_is_wrong(text, picked, aim, self.tie)

    def _require_card_account(self) -> None:
        """Without one each card needs an account of its own."""
        card = MappingKey(MappingSlot.CARD_ACCOUNT)
        if self.texts.get(card, self._stood(card)):
            return
        if not mapped.entries_at(self.tie.entity_id).filter(slot=MappingSlot.CARD).exists():
            self.errors[name_of(card)] = "Every charge is credited to it, so one must be chosen."

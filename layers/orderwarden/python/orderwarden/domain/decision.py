"""A decision: what the rules want for one reading of an order, fit to be stored and resumed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from orderwarden.domain.instants import from_text, to_text

SET_STATUS: Final = "set_status"
STAFF_NOTE: Final = "staff_note"


@dataclass(frozen=True, slots=True)
class Write:
    """One call that changes something, and the line that stands for it.

    Attributes:
        line_id: The effect key.
        rule: The rule that won, the first of the path.
        path: Every rule of the planned chain, in order.
        reason: Why, in one sentence of ids and values.
        action: What the line is named after.
        also: What the same call carries besides.
        occasion: What made this effect one of its own.
        from_status_id: The order's status as read.
        to_status_id: The status to send; where none is to change, the one just read.
        read_modified: The order's `date_modified` as read.
        note: Text to append to the staff notes; empty for none.
        notes_before: How often that text stood there as read.
        is_dangerous: Whether it needs the money check, before and after.
        content: What an action other than a status or a note writes, in the words of the module
            that carries it out; fit for JSON.
    """

    line_id: str
    rule: str
    path: tuple[str, ...]
    reason: str
    action: str
    also: tuple[str, ...]
    occasion: str
    from_status_id: int
    to_status_id: int
    read_modified: datetime
    note: str = ""
    notes_before: int = 0
    is_dangerous: bool = False
    content: Mapping[str, Any] = field(default_factory=dict)

    @property
    def changes_status(self) -> bool:
        """Return whether its PUT sends another status than was read."""
        return self.action == SET_STATUS


@dataclass(frozen=True, slots=True)
class Decision:
    """What is to be done for one signal: a few writes, one after the other.

    Attributes:
        attempt: Random id of this try; stands in its lines too.
        rules_version: The published version it comes from.
        writes: At least one; those before `step` were made.
        step: Which of them is in hand.
        writes_before: How many changes this signal made already.
        restores: The line that this change takes back.
        looked_at: When a look after a lost answer first found nothing (our clock).
    """

    attempt: str
    rules_version: int
    writes: tuple[Write, ...]
    step: int = 0
    writes_before: int = 0
    restores: str | None = None
    looked_at: datetime | None = None

    @property
    def write(self) -> Write:
        """Return the write in hand."""
        return self.writes[self.step]

    @property
    def is_begun(self) -> bool:
        """Return whether an earlier write of it was made: what is left is owed."""
        return self.step > 0

    @property
    def begins_turn(self) -> bool:
        """Return whether the write in hand is the first of its rule: the one that is counted."""
        return self.step == 0 or self.writes[self.step - 1].rule != self.write.rule

    @property
    def is_dangerous(self) -> bool:
        """Return whether any of its writes is."""
        return any(write.is_dangerous for write in self.writes)

    def looked(self, at: datetime) -> Decision:
        """Return it with the time of its first look."""
        return replace(self, looked_at=at)

    def after(self) -> Decision | None:
        """Return it with the next write in hand, None after the last."""
        if self.step + 1 == len(self.writes):
            return None
        return replace(self, step=self.step + 1, looked_at=None)

    def without_turn(self) -> Decision | None:
        """Return it without the rule whose turn it is, None where no other is left."""
        others = [each for each in self.writes[self.step :] if each.rule != self.write.rule]
        if not others:
            return None
        return replace(self, writes=(*self.writes[: self.step], *others), looked_at=None)

    def anew(self) -> Decision:
        """Return it with the write in hand to be tried as if it had not been."""
        return replace(self, looked_at=None)

    def with_write(self, write: Write) -> Decision:
        """Return it with the write in hand made ready."""
        writes = (*self.writes[: self.step], write, *self.writes[self.step + 1 :])
        return replace(self, writes=writes)

    def to_json(self) -> str:
        """Return what the receipt stores."""
        plain = asdict(self)
        plain["looked_at"] = to_text(self.looked_at) if self.looked_at else None
        for write in plain["writes"]:
            write["read_modified"] = to_text(write["read_modified"])
        return json.dumps(plain)

    @classmethod
    def from_json(cls, text: str) -> Decision:
        """Read what `to_json` wrote."""
        fields = json.loads(text)
        fields["looked_at"] = from_text(fields["looked_at"]) if fields["looked_at"] else None
        fields["writes"] = tuple(_write(each) for each in fields["writes"])
        return cls(**fields)


def _write(fields: dict[str, Any]) -> Write:
    texts = {"also": tuple(fields["also"]), "path": tuple(fields["path"])}
    return Write(**{**fields, **texts, "read_modified": from_text(fields["read_modified"])})

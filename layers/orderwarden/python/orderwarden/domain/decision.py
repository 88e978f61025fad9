"""A decision: what the rules want for one reading of an order, fit to be stored and resumed."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from orderwarden.domain.instants import from_text, to_text

SET_STATUS: Final = "set_status"
STAFF_NOTE: Final = "staff_note"


@dataclass(frozen=True, slots=True)
class Write:
    """One call that changes the store, and the line that stands for it.

    Attributes:
        line_id: The effect key.
        action: What the line is named after.
        also: What the same call carries besides.
        occasion: What made this effect one of its own.
        from_status_id: The order's status as read.
        to_status_id: The status to send; of a note alone, the one just read.
        note: Text to append to the staff notes; empty for none.
        notes_before: How often that text stood there as read.
        is_dangerous: Whether it needs the money check, before and after.
    """

    line_id: str
    action: str
    also: tuple[str, ...]
    occasion: str
    from_status_id: int
    to_status_id: int
    note: str = ""
    notes_before: int = 0
    is_dangerous: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """What is to be done for one signal.

    Attributes:
        attempt: Random id of this try; stands in its lines too.
        rule: The rule that won, the first of the path.
        rules_version: The published version it comes from.
        path: Every rule of the planned chain, in order.
        reason: Why, in one sentence of ids and values.
        read_modified: The order's `date_modified` as read.
        write: The one call to the store.
        writes_before: How many writes this signal made already.
        restores: The line that this change takes back.
        looked_at: When a look after a lost answer first found nothing (our clock).
    """

    attempt: str
    rule: str
    rules_version: int
    path: tuple[str, ...]
    reason: str
    read_modified: datetime
    write: Write
    writes_before: int = 0
    restores: str | None = None
    looked_at: datetime | None = None

    def looked(self, at: datetime) -> Decision:
        """Return it with the time of its first look."""
        return replace(self, looked_at=at)

    def to_json(self) -> str:
        """Return what the receipt stores."""
        write = self.write
        return json.dumps(
            {
                "attempt": self.attempt,
                "rule": self.rule,
                "rules_version": self.rules_version,
                "path": self.path,
                "reason": self.reason,
                "read_modified": to_text(self.read_modified),
                "writes_before": self.writes_before,
                "restores": self.restores,
                "looked_at": to_text(self.looked_at) if self.looked_at else None,
                "write": {
                    "line_id": write.line_id,
                    "action": write.action,
                    "also": write.also,
                    "occasion": write.occasion,
                    "from_status_id": write.from_status_id,
                    "to_status_id": write.to_status_id,
                    "note": write.note,
                    "notes_before": write.notes_before,
                    "is_dangerous": write.is_dangerous,
                },
            }
        )

    @classmethod
    def from_json(cls, text: str) -> Decision:
        """Read what `to_json` wrote."""
        fields = json.loads(text)
        write = fields.pop("write")
        write["also"] = tuple(write["also"])
        fields["path"] = tuple(fields["path"])
        fields["read_modified"] = from_text(fields["read_modified"])
        fields["looked_at"] = from_text(fields["looked_at"]) if fields["looked_at"] else None
        return cls(**fields, write=Write(**write))

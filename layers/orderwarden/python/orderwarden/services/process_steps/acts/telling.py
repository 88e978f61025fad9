"""`notify` and `hold`: tell people and systems; both know it by its id if it is said twice."""

from __future__ import annotations

from orderwarden.domain.decision import Write
from orderwarden.domain.line import Line
from orderwarden.domain.reason import storable
from orderwarden.domain.rules.effects import Notice
from orderwarden.domain.safeguards import EVERY_RULE, Blocked
from orderwarden.services.process_steps.acts.act import Act, Part, Wanted
from orderwarden.services.process_steps.case import Case


class _Tells(Act):
    """What both have in common."""

    def shown(self, case: Case, write: Write, line: Line) -> None:  # noqa: ARG002
        """Return None: it is said again."""
        return


class Notifies(_Tells):
    """Hands a text to the notifier."""

    def parts(self, wanted: Wanted) -> tuple[Part, ...] | Blocked:
        """Return the one notice."""
        notice = wanted.action.value
        assert isinstance(notice, Notice)  # noqa: S101  # as compiled
        return (Part({"text": wanted.text(notice.text), "topic": notice.topic}),)

    def do(self, case: Case, write: Write, line: Line) -> None:
        """Tell it."""
        detail = {"order_id": case.order_id, "rule": write.rule, **write.content}
        case.ports.notifier.notify(case.signal.store, "rule", line.id, detail)


class Holds(_Tells):
    """Keeps every rule off the order until a person has looked."""

    def parts(self, wanted: Wanted) -> tuple[Part, ...] | Blocked:
        """Return the one hold."""
        return (Part({"text": wanted.text(str(wanted.action.value))}),)

    def do(self, case: Case, write: Write, line: Line) -> None:
        """Hold the order, and ask a person to look."""
        why = storable(write.content["text"]) or f"rule {write.rule}"
        case.hold(EVERY_RULE, why)
        case.ask_person(
            kind="hold",
            about=line.id,
            detail=f"Order {case.order_id} is held: {why}. Approve to let rules act on it "
            "again; reject to keep them off.",
            rule=write.rule,
            line_id=line.id,
        )

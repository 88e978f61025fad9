"""`metafield`: write one metafield of the order."""

from __future__ import annotations

from orderwarden.domain.decision import Write
from orderwarden.domain.line import Line
from orderwarden.domain.metafield_changes import LONGEST, NewMetafield
from orderwarden.domain.rules.effects import MetafieldWanted
from orderwarden.domain.safeguards import Blocked
from orderwarden.domain.settlement import Shown
from orderwarden.services.process_steps.acts.act import Act, Part, Wanted
from orderwarden.services.process_steps.case import Case


class WritesMetafield(Act):
    """Creates the metafield, or changes its value."""

    def parts(self, wanted: Wanted) -> tuple[Part, ...] | Blocked:
        """Return the one write."""
        new = wanted.action.value
        assert isinstance(new, MetafieldWanted)  # noqa: S101  # as compiled
        value = wanted.text(new.value)
        if len(value) > LONGEST["value"]:
            return Blocked("text_too_long")
        content = {
            "namespace": new.namespace,
            "key": new.key,
            "value": value,
            "permission_set": new.permission_set,
            "description": new.description or None,
        }
        return (Part(content),)

    def do(self, case: Case, write: Write, line: Line) -> None:  # noqa: ARG002
        """Write it."""
        case.store.write_metafield(case.order_id, NewMetafield(**write.content))

    def shown(self, case: Case, write: Write, line: Line) -> Shown:  # noqa: ARG002
        """Return whether the metafield has the value; writing it again does no harm."""
        namespace, key = write.content["namespace"], write.content["key"]
        found = case.store.metafields(case.order_id, namespace=namespace, key=key).value
        is_there = any(each.value == write.content["value"] for each in found)
        return Shown.WANTED if is_there else Shown.AS_BEFORE

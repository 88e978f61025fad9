"""What actions other than a change of the order itself want, do, and leave to be seen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from orderwarden.domain.rules.effects import (
    CAPTURE,
    CREATE_SHIPMENT,
    HOLD,
    METAFIELD,
    NOTIFY,
    REFUND,
    VOID,
)
from orderwarden.services.process_steps.acts.act import PART, Act, Part, Wanted
from orderwarden.services.process_steps.acts.metafield import WritesMetafield
from orderwarden.services.process_steps.acts.payment import Captures, Voids
from orderwarden.services.process_steps.acts.refund import Refunds
from orderwarden.services.process_steps.acts.shipment import Ships
from orderwarden.services.process_steps.acts.telling import Holds, Notifies

__all__ = ["ACTS", "PART", "Act", "Part", "Wanted"]

ACTS: Final[Mapping[str, Act]] = {
    CAPTURE: Captures(),
    VOID: Voids(),
    REFUND: Refunds(),
    CREATE_SHIPMENT: Ships(),
    METAFIELD: WritesMetafield(),
    NOTIFY: Notifies(),
    HOLD: Holds(),
}
"""By the name of the action."""

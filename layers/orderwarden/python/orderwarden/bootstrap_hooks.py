"""Put the care for a store's hooks together on AWS; `bootstrap.py` has the ports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orderwarden.services.compare_hooks import HookPlace
from orderwarden.services.keep_hooks import facts_of, keep_hooks, why_left_alone
from orderwarden.services.repair_hooks import HookPorts

if TYPE_CHECKING:
    from collections.abc import Callable

    from orderwarden.installation import Installation
    from orderwarden.services.scheduled import Facts


def see_to_hooks(here: Installation, store: str, new_id: Callable[[], str]) -> Facts:
    """Bring the hooks of a store in order; return what was done, or why nothing was."""
    rules, public_url = here.rules(store), here.settings.public_url
    why_not = why_left_alone(here.state, store, public_url, here.settings.api_url)
    if why_not or rules is None:
        return {"hooks_left_alone": why_not or "no_rules"}
    ports = HookPorts(
        api=here.store(store),
        changelog=here.changelog,
        state=here.state,
        notifier=here.notifier,
        rotations=here.rotations,
        clock=here.clock,
        new_id=new_id,
    )
    live = here.secrets.hook_secrets(store, newer_than=here.clock.now()).hook_secrets
    place = HookPlace(store, public_url, live)
    if here.rotations.unsettled_s(store, place.secret):
        return {"hooks_left_alone": "secret_just_rotated"}
    return facts_of(keep_hooks(ports, place, rules))

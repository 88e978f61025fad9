"""Replace the secret that a store's hooks carry: begin, then follow until the old one can go."""

from __future__ import annotations

from datetime import datetime

from orderwarden.domain.hooks_wanted import carries
from orderwarden.domain.rotation import Rotation, begun
from orderwarden.ports import Clock, Rotations
from orderwarden.services.compare_hooks import HooksSeen


def begin_rotation(rotations: Rotations, clock: Clock, store: str, secret: str) -> Rotation | None:
    """Let a new secret be accepted beside the old ones; hooks get it when they are synced.

    Returns:
        None where an earlier rotation is still under way, or begins in this moment.
    """
    before = rotations.rotation(store)
    new = begun(before, secret, clock.now())
    return new if new and rotations.replace_rotation(store, new, before) else None


def follow_rotation(
    rotations: Rotations, store: str, seen: HooksSeen, now: datetime
) -> Rotation | None:
    """Note that every hook carries the new secret, and retire the old ones once their tail ended.

    Args:
        rotations: Where it is kept.
        store: Store hash.
        seen: The hooks as they were read just now.
        now: Our clock.

    Returns:
        The rotation if this moved it on, else None.
    """
    before = rotations.rotation(store)
    if before is None:
        return None
    all_carry = bool(seen.ours) and all(carries(hook, before.secret) for hook in seen.ours)
    after = before.followed(rotations.configured(store), now, all_carry=all_carry)
    if after == before or not rotations.replace_rotation(store, after, before):
        return None
    return after

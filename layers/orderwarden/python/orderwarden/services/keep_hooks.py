"""Look after a store's hooks by the clock: sync, follow a rotation, listen for silence."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from orderwarden.domain.hooks_wanted import HookAction
from orderwarden.domain.instants import from_text, to_text
from orderwarden.domain.line import Result
from orderwarden.domain.public_address import why_not_delivered
from orderwarden.domain.rotation import Rotation
from orderwarden.domain.rules.model import RuleSet
from orderwarden.errors import TryAgain
from orderwarden.ports import Bookmarks, State
from orderwarden.services.check_silence import Silence, find_silence, tell_silence
from orderwarden.services.compare_hooks import HookPlace
from orderwarden.services.probe import UNAUTHORISED
from orderwarden.services.repair_hooks import HookPorts
from orderwarden.services.rotate_secret import follow_rotation
from orderwarden.services.sync_hooks import HooksSynced, sync_hooks

KEPT: Final = "hooks_kept"
"""The bookmark."""

ATTEMPTS: Final = 10
"""Somebody else may note in the same moment, and hardly ten times over."""

BY_ITSELF: Final = "hooks"
"""The actor of lines that no person asked for."""


@dataclass(frozen=True, slots=True)
class Kept:
    """When hooks were last looked after; `removed` says that a person wants none.

    Attributes:
        rules_version: Of the rules they were made for.
    """

    at: datetime
    rules_version: int
    is_removed: bool = False


@dataclass(frozen=True, slots=True)
class LookedAfter:
    """What one look came to; the rotation where it moved on, the silence where there is one."""

    synced: HooksSynced
    rotation: Rotation | None
    silence: Silence | None


def keep_hooks(ports: HookPorts, place: HookPlace, rules: RuleSet) -> LookedAfter:
    """Sync the hooks of a store and see whether they speak; as `sync_hooks`."""
    synced = sync_hooks(ports, place, rules, actor=BY_ITSELF, trigger="reconcile")
    now = ports.clock.now()
    rotation = follow_rotation(ports.rotations, place.store, synced.seen, now)
    note_kept(ports.state, place.store, Kept(now, rules.version), by_person=False)
    scopes = {new.scope for new in synced.seen.wanted}
    silence = find_silence(ports, place.store, scopes)
    if silence is not None:
        tell_silence(ports, place.store, silence)
    return LookedAfter(synced, rotation, silence)


def why_left_alone(state: State, store: str, public_url: str, api_url: str) -> str:
    """Return why a store's hooks are left alone; empty where they are looked after.

    Returns:
        unauthorised, removed_by_hand, no_public_url, not_reachable_from_outside, or nothing.
    """
    if state.controls(store).stopped == UNAUTHORISED:
        return "unauthorised"  # each call would only say so once more
    known = kept(state, store)
    if known is not None and known.is_removed:
        return "removed_by_hand"
    return why_not_delivered(public_url, api_url)


def facts_of(looked: LookedAfter) -> Mapping[str, object]:
    """Return what a look came to, as counts and codes for a log.

    Repaired is what was there and did not work; what rules ask for anew is only changed.
    """
    applied = [x.task.action for x in looked.synced.done if x.result is Result.APPLIED]
    return {
        "hooks": len(looked.synced.seen.ours),
        "hooks_changed": len(applied),
        "hooks_repaired": applied.count(HookAction.UPDATE),
        "hooks_refused": sum(x.result is Result.FAILED for x in looked.synced.done),
        "domains_blocked": len(looked.synced.seen.blocked),
        "silent_since": to_text(looked.silence.since) if looked.silence else "",
    }


def kept(bookmarks: Bookmarks, store: str) -> Kept | None:
    """Return when a store's hooks were last looked after; None for never."""
    return _read(bookmarks.bookmark(store, KEPT))


def note_kept(bookmarks: Bookmarks, store: str, now_kept: Kept, *, by_person: bool) -> None:
    """Note that hooks were looked after, or removed.

    That a person removed them is taken back by a person alone, not by what was under way.
    """
    text = json.dumps(
        {
            "at": to_text(now_kept.at),
            "rules_version": now_kept.rules_version,
            "is_removed": now_kept.is_removed,
        }
    )
    for _ in range(ATTEMPTS):
        before = bookmarks.bookmark(store, KEPT)
        known = _read(before)
        if known is not None and known.is_removed and not by_person:
            return
        if bookmarks.replace_bookmark(store, KEPT, text, before):
            return
    raise TryAgain("bookmark_contended", 1.0)


def _read(text: str | None) -> Kept | None:
    if text is None:
        return None
    fields = json.loads(text)
    return Kept(from_text(fields["at"]), fields["rules_version"], fields["is_removed"])

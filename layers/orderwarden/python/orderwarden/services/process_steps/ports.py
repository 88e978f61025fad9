"""The ports that processing a signal needs, handed to every step."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

from orderwarden.domain.rules.model import RuleSet
from orderwarden.ports import Changelog, Clock, Notifier, Receipts, State, Store


@dataclass(frozen=True, slots=True)
class ProcessPorts:
    """What the steps work with.

    Attributes:
        stores: Gives the API client of a store hash.
        patience: Bounds how long all calls inside may wait for the store's quota, together.
        rules: Gives the rules in force, from a short cache; None before the first version.
        new_id: Gives a random id of 32 hex digits.
        jitter: Gives a random number from 0 to 1.
        lease_s: For how long a claim holds unless it is renewed.
        note_webhook: Called with the store of every webhook, when it is first worked on.
    """

    clock: Clock
    receipts: Receipts
    changelog: Changelog
    state: State
    notifier: Notifier
    stores: Callable[[str], Store]
    patience: Callable[[str], AbstractContextManager[None]]
    rules: Callable[[str], RuleSet | None]
    new_id: Callable[[], str]
    jitter: Callable[[], float]
    lease_s: float
    note_webhook: Callable[[str], None] = lambda _store: None

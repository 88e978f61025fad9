"""Which hooks should exist, and what is to be done until they do.

Source: docs/bigcommerce.md, "Webhooks".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit

from orderwarden.domain.authenticity import OWN_HEADER
from orderwarden.domain.hook import Hook, HookChanges, NewHook
from orderwarden.domain.rules.carried_out import HEARD
from orderwarden.domain.rules.inspect import fields_of, is_dangerous
from orderwarden.domain.rules.model import Rule, RuleSet
from orderwarden.domain.scopes import EXCEPTION_SCOPE, WANTED_SCOPES
from orderwarden.domain.signal import Trigger

_STATUS: Final = "store/order/statusUpdated"
_TRANSACTION: Final = "store/order/transaction/created"
_METAFIELDS: Final = "store/order/metafield/"
_TOLD_BY_STATUS_EVENTS: Final = frozenset({"status_for", "previous_status"})
_DEFAULT_PORTS: Final = {"https": 443, "http": 80}


class HookAction(StrEnum):
    """What is done with a hook; also the action of its line in the changelog."""

    CREATE = "create_hook"
    UPDATE = "update_hook"
    DELETE = "delete_hook"


@dataclass(frozen=True, slots=True)
class HookTask:
    """One thing to be done.

    Attributes:
        reasons: Why: missing; off, wrong_secret, other_spelling; double, not_needed.
        hook: The hook as it is; None where there is none.
        headers: What it shall carry; of a hook that stays, its further headers are kept.
    """

    action: HookAction
    scope: str
    destination: str
    reasons: tuple[str, ...]
    hook: Hook | None = None
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def off_since(self) -> datetime | None:
        """Return when a hook that is off was last touched: the latest it can have gone off."""
        return self.hook.updated_at if self.hook and "off" in self.reasons else None

    def new(self) -> NewHook:
        """Return the hook to create."""
        return NewHook(self.scope, self.destination, headers=self.headers)

    def changes(self) -> HookChanges:
        """Return what shall change of the hook."""
        return HookChanges(
            destination=self.destination if "other_spelling" in self.reasons else None,
            is_active=True if "off" in self.reasons else None,
            headers=self.headers if "wrong_secret" in self.reasons else None,
        )


def destinations(public_url: str, store: str) -> tuple[str, str]:
    """Return where a store's webhooks go, and where its delivery exceptions go."""
    webhooks = f"{public_url}/webhooks/{store}"
    return webhooks, f"{webhooks}/exceptions"


def wanted_scopes(rules: RuleSet) -> frozenset[str]:
    """Return the scopes that rules listen to, shadow rules too, and those that we need."""
    heard = {trigger for rule in rules.rules for trigger in rule.on & HEARD}
    reads_metafields = any(_reads_metafields(rule) for rule in rules.rules)
    scopes = {
        scope
        for scope, trigger in WANTED_SCOPES.items()
        if trigger in heard and (reads_metafields or not scope.startswith(_METAFIELDS))
    }
    if any(rule.is_live and is_dangerous(rule) for rule in rules.rules):
        scopes |= {_STATUS, _TRANSACTION}  # money that comes late takes such a change back
    if any(fields_of(rule) & _TOLD_BY_STATUS_EVENTS for rule in rules.rules):
        scopes.add(_STATUS)
    return frozenset(scopes)


def wanted_hooks(
    rules: RuleSet, public_url: str, store: str, secret: str | None
) -> tuple[NewHook, ...]:
    """Return the hooks that should exist, by scope.

    Args:
        rules: What is in force.
        public_url: Without a slash at its end.
        store: Store hash.
        secret: What our own header shall say; None where signatures alone prove webhooks.
    """
    webhooks, exceptions = destinations(public_url, store)
    headers = {} if secret is None else {OWN_HEADER: secret}
    hooks = [NewHook(scope, webhooks, headers=headers) for scope in sorted(wanted_scopes(rules))]
    return (*hooks, NewHook(EXCEPTION_SCOPE, exceptions, headers=headers))


def is_ours(hook: Hook, public_url: str, store: str) -> bool:
    """Return whether a hook leads to us; no other one is ever touched."""
    return any(is_same_place(hook.destination, each) for each in destinations(public_url, store))


def is_same_place(first: str, second: str) -> bool:
    """Return whether two URLs lead to one place, however they are spelled."""
    return _same_place(first) == _same_place(second)


def tasks(existing: Sequence[Hook], wanted: Sequence[NewHook]) -> tuple[HookTask, ...]:
    """Return what is to be done: first what is missing or broken, then what is too much.

    Args:
        existing: Those that lead to us (`is_ours`).
        wanted: What should exist.
    """
    to_mend: list[HookTask] = []
    kept: set[int] = set()
    for new in wanted:
        same = [hook for hook in existing if _is_for(hook, new)]
        if not same:
            to_mend.append(_creation(new))
            continue
        # Whoever else tidies up at this moment must keep the same one.
        best = min(same, key=lambda hook: (hook.destination != new.destination, hook.id))
        kept.add(best.id)
        to_mend.extend(_mending(best, new))
    doubled = {(new.scope, _same_place(new.destination)) for new in wanted}
    too_much = [_removal(hook, doubled) for hook in existing if hook.id not in kept]
    return (*to_mend, *too_much)


def carries(hook: Hook, secret: str) -> bool:
    """Return whether a hook sends this secret in our own header, and no other one."""
    return _own_headers(hook) == [secret]


def _reads_metafields(rule: Rule) -> bool:
    is_heard = Trigger.ORDER_UPDATED in rule.on
    return is_heard and any(name.startswith("meta.") for name in fields_of(rule))


def _is_for(hook: Hook, new: NewHook) -> bool:
    return hook.scope == new.scope and is_same_place(hook.destination, new.destination)


def _creation(new: NewHook) -> HookTask:
    return HookTask(
        HookAction.CREATE, new.scope, new.destination, ("missing",), headers=new.headers
    )


def _mending(hook: Hook, new: NewHook) -> Iterable[HookTask]:
    secret = new.headers.get(OWN_HEADER)
    flaws = {
        "off": not hook.is_active,
        "wrong_secret": secret is not None and not carries(hook, secret),
        "other_spelling": hook.destination != new.destination,
    }
    reasons = tuple(name for name, is_so in flaws.items() if is_so)
    if reasons:
        others = {k: v for k, v in hook.headers.items() if k.lower() != OWN_HEADER.lower()}
        headers = {**others, **new.headers}
        yield HookTask(HookAction.UPDATE, new.scope, new.destination, reasons, hook, headers)


def _removal(hook: Hook, wanted: set[tuple[str, str]]) -> HookTask:
    """Return the removal of a hook; a wildcard is too much, since every scope has its own."""
    is_double = (hook.scope, _same_place(hook.destination)) in wanted
    reason = "double" if is_double else "not_needed"
    return HookTask(HookAction.DELETE, hook.scope, hook.destination, (reason,), hook)


def _own_headers(hook: Hook) -> list[str]:
    return [v for name, v in hook.headers.items() if name.lower() == OWN_HEADER.lower()]


def _same_place(url: str) -> str:
    """Return a URL so that two spellings of one place are equal.

    The scheme and the host have no case, a port that goes without saying may be left out, and a
    slash at the end makes no other place.
    """
    try:
        parts = urlsplit(url)
        port = parts.port or _DEFAULT_PORTS.get(parts.scheme)
        host = (parts.hostname or "").removesuffix(".")
    except ValueError:
        return url
    user = parts.netloc.rpartition("@")[0]
    rest = parts._replace(scheme="", netloc="", path=parts.path.rstrip("/")).geturl()
    return f"{parts.scheme}://{user}@{host}:{port}{rest}"

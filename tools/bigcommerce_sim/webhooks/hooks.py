"""The hooks that apps have registered, and the rules about them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from bigcommerce_sim.webhooks.scopes import DELIVERY_EXCEPTION, covers, is_known_scope
from bigcommerce_sim.world.dates import whole_second
from bigcommerce_sim.world.refusal import Refusal, unprocessable
from bigcommerce_sim.world.world import World

SILENT_FOR = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Hook:
    """Hold one hook; `was_deactivated` says that the platform, not its owner, stopped it."""

    id: int
    client_id: str
    scope: str
    destination: str
    created_at: datetime
    updated_at: datetime
    last_event_at: datetime
    headers: Mapping[str, str] | None = None
    is_active: bool = True
    was_deactivated: bool = False

    @property
    def status(self) -> str:
        """Return what `/v3/hooks/admin` calls it."""
        if self.is_active:
            return "active"
        return "deactivated" if self.was_deactivated else "inactive"


@dataclass(frozen=True, slots=True)
class HookFields:
    """Hold what a client sets on a hook."""

    scope: str
    destination: str
    headers: Mapping[str, str] | None
    is_active: bool


class HookRegistry:
    """Keep hooks by id; whoever looks finds those switched off that were silent too long."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._settings = world.settings
        self._hooks: dict[int, Hook] = {}
        self._next_id = 18_000_000
        self.admin_emails: list[str] = []

    def create(self, client_id: str, fields: HookFields, now: datetime) -> Hook:
        """Register a hook.

        Raises:
            Refusal: 400 for a scope that does not exist, 422 for a destination that is
                not allowed, `hook_conflict_status` for one that is taken or one hook too many.
        """
        self._check(client_id, fields, None)
        now = whole_second(now)
        self._next_id += 1
        hook = Hook(
            self._next_id,
            client_id,
            fields.scope,
            fields.destination,
            created_at=now,
            updated_at=now,
            last_event_at=now,
            headers=fields.headers,
            is_active=fields.is_active,
        )
        self._hooks[hook.id] = hook
        return hook

    def change(self, hook: Hook, fields: HookFields, now: datetime) -> Hook:
        """Change a hook; setting it active revives one that was deactivated.

        Raises:
            Refusal: as for `create`.
        """
        self._check(hook.client_id, fields, hook.id)
        changed = replace(
            hook,
            scope=fields.scope,
            destination=fields.destination,
            headers=fields.headers,
            is_active=fields.is_active,
            was_deactivated=hook.was_deactivated and not fields.is_active,
            updated_at=whole_second(now),
            last_event_at=now if fields.is_active and not hook.is_active else hook.last_event_at,
        )
        self._hooks[hook.id] = changed
        return changed

    def deactivate(self, hook_id: int, moment: datetime) -> Hook | None:
        """Stop a hook as the platform does, and mail its owner.

        Returns:
            The stopped hook; None where it is gone or stopped already.
        """
        hook = self._hooks.get(hook_id)
        if hook is None or not hook.is_active:
            return None
        stopped = replace(
            hook, is_active=False, was_deactivated=True, updated_at=whole_second(moment)
        )
        self._hooks[hook_id] = stopped
        for address in [f"owner+{hook.client_id}@example.com", *self.admin_emails]:
            self._world.send_email(address, "hook_deactivated", moment=moment)
        return stopped

    def delete(self, hook_id: int) -> None:
        """Forget a hook."""
        del self._hooks[hook_id]

    def delete_of(self, client_id: str) -> None:
        """Forget all hooks of an account, as deleting the account does."""
        for hook in self.of(client_id):
            self.delete(hook.id)

    def get(self, hook_id: int) -> Hook | None:
        """Return one hook."""
        self._stop_silent()
        return self._hooks.get(hook_id)

    def of(self, client_id: str) -> list[Hook]:
        """Return an account's hooks, oldest first."""
        return [hook for hook in self if hook.client_id == client_id]

    def listening(self, scope: str, now: datetime, client_id: str | None = None) -> list[Hook]:
        """Return the hooks (of one client, if given) that get an event; note that they had one."""
        start = timedelta(seconds=self._settings.hook_start_s)
        found = [
            hook
            for hook in self
            if hook.is_active and hook.created_at + start <= now and covers(hook.scope, scope)
            if client_id in (None, hook.client_id)
        ]
        for hook in found:
            self._hooks[hook.id] = replace(hook, last_event_at=now)
        return found

    def __iter__(self) -> Iterator[Hook]:
        self._stop_silent()
        return iter(list(self._hooks.values()))

    def _stop_silent(self) -> None:
        now = self._world.now()
        for hook in list(self._hooks.values()):
            if hook.is_active and now - hook.last_event_at > SILENT_FOR:
                self.deactivate(hook.id, hook.last_event_at + SILENT_FOR)

    def _check(self, client_id: str, fields: HookFields, own_id: int | None) -> None:
        if not is_known_scope(fields.scope):
            raise Refusal(400, f"The scope {fields.scope[:100]!r} does not exist.")
        if not self._may_deliver_to(fields.destination):
            raise unprocessable({"destination": "Destination must be https on port 443."})
        others = [hook for hook in self.of(client_id) if hook.id != own_id]
        same_scope = [hook for hook in others if hook.scope == fields.scope]
        if any(hook.destination == fields.destination for hook in same_scope):
            raise self._conflict("destination", "A hook like this exists already.")
        most = 1 if fields.scope == DELIVERY_EXCEPTION else self._settings.hooks_per_scope
        if len(same_scope) >= most:
            raise self._conflict("scope", f"No more than {most} hooks for one scope.")
        if _shares_exceptions(fields, others):
            raise self._conflict("destination", "deliveryException needs its own destination.")

    def _conflict(self, field: str, message: str) -> Refusal:
        return Refusal(self._settings.hook_conflict_status, message, errors={field: message})

    def _may_deliver_to(self, destination: str) -> bool:
        try:
            parts = urlsplit(destination)
            port = parts.port
        except ValueError:
            return False
        if self._settings.plain_http_destinations:
            return parts.scheme in ("http", "https") and bool(parts.hostname)
        return parts.scheme == "https" and bool(parts.hostname) and port in (None, 443)


def _shares_exceptions(fields: HookFields, others: list[Hook]) -> bool:
    is_exception = fields.scope == DELIVERY_EXCEPTION
    return any(
        hook.destination == fields.destination
        and (is_exception or hook.scope == DELIVERY_EXCEPTION)
        for hook in others
    )

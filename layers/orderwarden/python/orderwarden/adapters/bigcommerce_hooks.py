"""The webhooks registered with the store: `ports.HookReader` and `ports.HookWriter`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, Literal

from orderwarden.adapters import bigcommerce_parse as parse
from orderwarden.adapters.bigcommerce_call import MADE, Call, Reply, deed
from orderwarden.adapters.bigcommerce_pages import Listing, all_v3
from orderwarden.adapters.bigcommerce_way import HasWay
from orderwarden.domain.hook import BlockedDomain, Hook, HookChanges, HooksAdmin, NewHook
from orderwarden.domain.order import Json, whole
from orderwarden.ports import Answer

Status = Literal["inactive", "active", "deactivated"]
STATUSES: Final[Mapping[str, Status]] = {
    "inactive": "inactive",
    "active": "active",
    "deactivated": "deactivated",
}


class ReadsHooks(HasWay):
    """The hooks of our own API account."""

    def hooks(self) -> Answer[tuple[Hook, ...]]:
        """Read every hook."""
        return all_v3(self._http, Listing("/v3/hooks", _hook))

    def hooks_admin(self) -> Answer[HooksAdmin]:
        """Read which hooks are switched off, which destinations are blocked, who is told."""
        return self._http.answer(Call("GET", "/v3/hooks/admin"), _admin)


class WritesHooks(HasWay):
    """The hooks of our own API account."""

    def create_hook(self, new: NewHook) -> Answer[Hook]:
        """Register a hook."""
        body = {
            "scope": new.scope,
            "destination": new.destination,
            "is_active": new.is_active,
            "headers": dict(new.headers),
        }
        secrets = tuple(new.headers.values())
        call = Call("POST", "/v3/hooks", body=body, good=MADE, secrets=secrets)
        return self._http.answer(call, _hook_of)

    def update_hook(self, hook_id: int, changes: HookChanges) -> Answer[Hook]:
        """Change a hook; `is_active=True` revives one that was switched off.

        Raises:
            ValueError: No change is given.
        """
        given = {
            "scope": changes.scope,
            "destination": changes.destination,
            "is_active": changes.is_active,
            "headers": None if changes.headers is None else dict(changes.headers),
        }
        body = {name: value for name, value in given.items() if value is not None}
        if not body:
            raise ValueError("nothing to write")
        secrets = tuple((changes.headers or {}).values())
        call = Call("PUT", f"/v3/hooks/{hook_id:d}", body=body, secrets=secrets)
        return self._http.answer(call, _hook_of)

    def delete_hook(self, hook_id: int) -> Answer[None]:
        """Delete a hook."""
        return self._http.answer(deed("DELETE", f"/v3/hooks/{hook_id:d}"), parse.nothing)

    def set_hook_emails(self, emails: Sequence[str]) -> Answer[None]:
        """Say who is told when a hook is switched off."""
        call = deed("PUT", "/v3/hooks/admin", {"emails": list(emails)})
        return self._http.answer(call, parse.nothing)


def _hook_of(reply: Reply) -> Hook:
    return _hook(parse.data(reply))


def _hook(row: Json) -> Hook:
    headers = row.get("headers")
    headers = headers if isinstance(headers, Mapping) else {}
    status = row.get("status")
    return Hook(
        id=parse.number(row, "id"),
        scope=parse.text(row, "scope"),
        destination=parse.text(row, "destination"),
        is_active=row.get("is_active") is True,
        created_at=parse.epoch(row.get("created_at")),
        updated_at=parse.epoch(row.get("updated_at")),
        status=STATUSES.get(status) if isinstance(status, str) else None,
        headers={str(name): str(value) for name, value in headers.items()},
        raw=row,
    )


def _admin(reply: Reply) -> HooksAdmin:
    data = parse.data(reply)
    emails = data.get("emails")
    return HooksAdmin(
        emails=tuple(map(str, emails)) if isinstance(emails, list) else (),
        hooks=tuple(map(_hook, parse.rows(data.get("hooks_list")))),
        blocked=tuple(map(_blocked, parse.objects(data.get("blocked_domains")))),
        raw=data,
    )


def _blocked(row: Json) -> BlockedDomain:
    reasons = (each.get("failure_description") for each in parse.objects(row.get("reasons")))
    return BlockedDomain(
        destination=str(row.get("destination") or ""),
        left_s=whole(row.get("time_left")) or 0,
        reasons=tuple(str(each) for each in reasons if each),
        raw=row,
    )

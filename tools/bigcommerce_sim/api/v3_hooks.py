"""`/v3/hooks` and `/v3/hooks/admin`."""

from collections.abc import Callable
from math import ceil

from bigcommerce_sim.api import fields
from bigcommerce_sim.api.access import NOBODY_ASKS
from bigcommerce_sim.api.call import Call, JsonObject
from bigcommerce_sim.api.pages import pagination, v3_list, v3_one
from bigcommerce_sim.api.routing import route
from bigcommerce_sim.api.v3_filters import Filters, Test, flag, passing, read_tests
from bigcommerce_sim.exchange import Response, json_response, no_content
from bigcommerce_sim.webhooks.blocklist import BlockedDomain
from bigcommerce_sim.webhooks.hooks import Hook, HookFields
from bigcommerce_sim.world.refusal import Refusal, unprocessable

_MOST_HEADERS = 64
_NEW = HookFields("", "", headers=None, is_active=True)
_IS_ACTIVE: Callable[[str], Test[Hook]] = flag(lambda hook: hook.is_active)
_FILTERS: Filters[Hook] = {
    "is_active": _IS_ACTIVE,
    "scope": lambda text: lambda hook: hook.scope == text,
    "destination": lambda text: lambda hook: hook.destination == text,
}


def list_hooks(call: Call) -> Response:
    """Return one page of the calling account's hooks."""
    rows = passing(call.hooks.of(call.account.client_id), read_tests(call, _FILTERS))
    return v3_list(call, rows, lambda hook: _body(call, hook))


def post_hook(call: Call) -> Response:
    """Register a hook."""
    body = call.json_object()
    missing = {
        name: "error.path.missing." for name in ("scope", "destination") if name not in body
    }
    if missing:
        raise unprocessable(missing)
    given = _read(body, _NEW)
    hook = call.hooks.create(call.account.client_id, given, call.world.now())
    _record(call, "hook.create", hook)
    return v3_one(_body(call, hook))


def get_hook(call: Call) -> Response:
    """Return one hook."""
    return v3_one(_body(call, _hook(call)))


def put_hook(call: Call) -> Response:
    """Change a hook; what is not given stays."""
    hook = _hook(call)
    body = call.json_object()
    if not body.keys() & _READERS.keys():
        raise unprocessable({"body": "At least one field is required."})
    known = HookFields(hook.scope, hook.destination, hook.headers, hook.is_active)
    changed = call.hooks.change(hook, _read(body, known), call.world.now())
    _record(call, "hook.update", changed)
    return v3_one(_body(call, changed))


def delete_hook(call: Call) -> Response:
    """Delete a hook and return it as it was, with 200."""
    hook = _hook(call)
    call.hooks.delete(hook.id)
    _record(call, "hook.delete", hook)
    return v3_one(_body(call, hook))


def get_admin(call: Call) -> Response:
    """Return alert addresses, hooks with their status, and blocked domains."""
    tests = read_tests(call, {"is_active": _IS_ACTIVE})
    hooks = passing(call.hooks.of(call.account.client_id), tests)
    now = call.world.now()
    blocked = [
        _blocked_body(call, each)
        for each in call.dispatcher.blocklist.blocked(now)
        if each.client_id == call.account.client_id
    ]
    data = {
        "emails": call.hooks.admin_emails,
        "hooks_list": [{**_body(call, hook), "status": hook.status} for hook in hooks],
        "blocked_domains": blocked,
    }
    count = len(hooks)
    pages = pagination(call, count, count, 1, max(count, 1))
    return json_response({"data": data, "meta": {"pagination": pages}})


def put_admin(call: Call) -> Response:
    """Set the addresses that are told about trouble with hooks."""
    emails = call.json_object().get("emails")
    if not isinstance(emails, list) or not all(_is_address(each) for each in emails):
        raise unprocessable({"emails": "error.expected.email"})
    call.hooks.admin_emails = emails
    return no_content()


def _hook(call: Call) -> Hook:
    hook = call.hooks.get(call.ids[0])
    if hook is None or hook.client_id != call.account.client_id:
        raise Refusal(404, f"Webhook with id [{call.ids[0]}] not found")
    return hook


def _read(body: JsonObject, known: HookFields) -> HookFields:
    values: dict[str, object] = {}
    for name, reader in _READERS.items():
        if name not in body:
            values[name] = getattr(known, name)
            continue
        try:
            values[name] = reader(body[name])
        except ValueError:
            raise unprocessable({name: "error.expected.validvalue"}) from None
    return HookFields(**values)  # type: ignore[arg-type]


def _headers(value: object) -> dict[str, str] | None:
    if value is None:
        return None
    if not isinstance(value, dict) or len(value) > _MOST_HEADERS:
        raise ValueError("not a map of headers")
    for name, each in value.items():
        if not _is_token(name) or not isinstance(each, str) or len(each) > 8192:
            raise ValueError("not a header")
        if not each.isascii() or not each.isprintable():
            raise ValueError("not a header")
    return value or None


_READERS: dict[str, fields.Reader] = {
    "scope": fields.text(255),
    "destination": fields.text(2048),
    "headers": _headers,
    "is_active": fields.yes_or_no,
}


def _is_token(name: str) -> bool:
    allowed = name.replace("-", "").replace("_", "")
    return 0 < len(name) <= 64 and allowed.isascii() and allowed.isalnum()


def _is_address(value: object) -> bool:
    return isinstance(value, str) and len(value) <= 255 and "@" in value.strip("@")


def _body(call: Call, hook: Hook) -> dict[str, object]:
    return {
        "id": hook.id,
        "client_id": hook.client_id,
        "store_hash": call.world.identity.hash,
        "scope": hook.scope,
        "destination": hook.destination,
        "headers": hook.headers,
        "is_active": hook.is_active,
        "created_at": int(hook.created_at.timestamp()),
        "updated_at": int(hook.updated_at.timestamp()),
    }


def _blocked_body(call: Call, blocked: BlockedDomain) -> dict[str, object]:
    return {
        "destination": blocked.domain,
        "time_left": ceil((blocked.until - call.world.now()).total_seconds()),
        "reasons": [
            {
                "failure_description": reason.failure,
                "count": reason.count,
                "timestamp": int(reason.last_at.timestamp()),
            }
            for reason in blocked.reasons
        ],
    }


def _record(call: Call, action: str, hook: Hook) -> None:
    changes = {
        "hook_id": hook.id,
        "scope": hook.scope,
        "destination": hook.destination,
        "is_active": hook.is_active,
    }
    call.world.record_write(call.actor, action, changes=changes)


ROUTES = (
    route("GET", "/v3/hooks", NOBODY_ASKS, list_hooks),
    route("POST", "/v3/hooks", NOBODY_ASKS, post_hook),
    route("GET", "/v3/hooks/admin", NOBODY_ASKS, get_admin),
    route("PUT", "/v3/hooks/admin", NOBODY_ASKS, put_admin),
    route("GET", "/v3/hooks/{}", NOBODY_ASKS, get_hook),
    route("PUT", "/v3/hooks/{}", NOBODY_ASKS, put_hook),
    route("DELETE", "/v3/hooks/{}", NOBODY_ASKS, delete_hook),
)

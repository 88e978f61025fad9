"""`/v3/hooks` and `/v3/hooks/admin`."""

from collections.abc import Callable

from bigcommerce_sim.api import fields
from bigcommerce_sim.api.access import NOBODY_ASKS
from bigcommerce_sim.api.call import Call, JsonObject
from bigcommerce_sim.api.pages import pagination, v3_list, v3_one
from bigcommerce_sim.api.routing import route
from bigcommerce_sim.exchange import Response, json_response, no_content
from bigcommerce_sim.webhooks.blocklist import BlockedDomain
from bigcommerce_sim.webhooks.hooks import Hook, HookFields
from bigcommerce_sim.world.refusal import Refusal, unprocessable

_MOST_HEADERS = 64
_NEW = HookFields("", "", headers=None, is_active=True)
_KNOWN = frozenset({"scope", "destination", "is_active", "headers", "events_history_enabled"})


def list_hooks(call: Call) -> Response:
    """Return the hooks of the calling account."""
    tests = _tests(call)
    rows = [hook for hook in call.hooks.of(call.account.client_id) if all(t(hook) for t in tests)]
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
    if not body.keys() & _KNOWN:
        raise unprocessable({"body": "at least one field is needed"})
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
    tests = _tests(call)
    hooks = [hook for hook in call.hooks.of(call.account.client_id) if all(t(hook) for t in tests)]
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


def _tests(call: Call) -> list[Callable[[Hook], bool]]:
    query = call.query
    tests: list[Callable[[Hook], bool]] = []
    if "is_active" in query:
        tests.append(lambda hook: hook.is_active == (query["is_active"].lower() in ("true", "1")))
    if "scope" in query:
        tests.append(lambda hook: hook.scope == query["scope"])
    if "destination" in query:
        tests.append(lambda hook: hook.destination == query["destination"])
    return tests


def _hook(call: Call) -> Hook:
    hook = call.hooks.get(call.ids[0])
    if hook is None or hook.client_id != call.account.client_id:
        raise Refusal(404, f"Webhook with id [{call.ids[0]}] not found")
    return hook


def _read(body: JsonObject, known: HookFields) -> HookFields:
    readers: dict[str, fields.Reader] = {
        "scope": fields.text(255),
        "destination": fields.text(2048),
        "headers": _headers,
        "is_active": fields.yes_or_no,
    }
    values: dict[str, object] = {}
    for name, reader in readers.items():
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
    now = call.world.now()
    return {
        "destination": blocked.domain,
        "time_left": max(int((blocked.blocked_until - now).total_seconds()), 0),
        "reasons": [
            {
                "failure_description": "Deliveries failed",
                "count": blocked.failures,
                "timestamp": int(now.timestamp()),
            }
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

"""What happens to orders, what the rules then make of them, and the check that they did."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import requests
from system.processes import Child, asked, serving, wait_until
from system.shop import CLIENT_SECRET, HOOK_SECRET, STORE, TOKEN, Change, Shop

RULES: Final = """
version: 1
mode: live
time_zone: UTC
rules:
  - name: complete-when-shipped
    on: [shipment_created, status_updated]
    when:
      status: [Awaiting Fulfillment, Awaiting Shipment, Partially Shipped, Shipped]
      fully_shipped: true
    do:
      - set_status: Completed

  - name: paid-but-stuck
    on: [transaction_created, order_updated]
    when:
      status: Awaiting Payment
      paid: true
    do:
      - set_status: Awaiting Fulfillment
      - staff_note: "Paid, but it still awaited payment; moved on by rule {rule}."

  - name: cancel-marked
    on: status_updated
    when:
      status: Manual Verification Required
    do:
      - set_status: Cancelled
      - staff_note: "Cancelled by rule {rule}."
    limit: {approve_after: none, per_hour: none}

  - name: note-large
    on: order_created
    when:
      total: {over: 5000}
    do:
      - staff_note: "Large: order {order}."
"""

COMPLETED, AWAITING_PAYMENT, AWAITING_FULFILLMENT = 10, 7, 11
SHIPPED, CANCELLED, MANUAL_VERIFICATION = 2, 5, 12


@dataclass(frozen=True)
class Act:
    """One thing that somebody does to an order."""

    what: str
    details: Mapping[str, object]


@dataclass(frozen=True)
class Story:
    """The life of one order.

    `changes` are what Orderwarden must make of it, in order: from, to, whether with a note.
    """

    about: str
    order: Mapping[str, object]
    acts: tuple[Act, ...]
    must_be: int
    changes: tuple[tuple[int, int, bool], ...] = ()


def _act(what: str, **details: object) -> Act:
    return Act(what, details)


_PAY, _SHIP = _act("pay"), _act("ship", tracking_number="EJ958083578US")
_MARK = _act("edit", status="Manual Verification Required")

STORIES: Final = (
    Story(
        "paid and shipped",
        {"total": "48.00"},
        (_PAY, _SHIP),
        COMPLETED,
        ((SHIPPED, COMPLETED, False),),
    ),
    Story(
        "shipped in two parcels",
        {"total": "96.00", "quantity": 2},
        (_PAY, _act("ship", pieces=1), _SHIP),
        COMPLETED,
        ((SHIPPED, COMPLETED, False),),
    ),
    Story(
        "paid, but stuck",
        {"total": "640.00"},
        (_act("pay", moves_status=False),),
        AWAITING_FULFILLMENT,
        ((AWAITING_PAYMENT, AWAITING_FULFILLMENT, True),),
    ),
    Story(
        "marked and unpaid",
        {"total": "310.00"},
        (_MARK,),
        CANCELLED,
        ((MANUAL_VERIFICATION, CANCELLED, True),),
    ),
    Story("marked, but paid", {"total": "1250.00"}, (_PAY, _MARK), MANUAL_VERIFICATION),
    Story(
        "marked, but authorised",
        {"total": "75.50"},
        (_act("authorise"), _MARK),
        MANUAL_VERIFICATION,
    ),
    Story(
        "marked, and paid offline",
        {"total": "80.00", "payment_method": "Bank Deposit"},
        (_MARK,),
        MANUAL_VERIFICATION,
    ),
    Story("left unpaid", {"total": "20.00"}, (), AWAITING_PAYMENT),
    Story("declined", {"total": "60.00"}, (_act("fail-payment"),), AWAITING_PAYMENT),
    Story(
        "paid, then archived", {"total": "33.00"}, (_PAY, _act("archive")), AWAITING_FULFILLMENT
    ),
    Story(
        "large and unpaid",
        {"total": "6000.00"},
        (),
        AWAITING_PAYMENT,
        ((AWAITING_PAYMENT, AWAITING_PAYMENT, True),),
    ),
)

Told = Mapping[int, Story]


def write_configuration(folder: Path, api_url: str, rules: str = RULES) -> Path:
    """Write the configuration and the rules of a server, and return the configuration's path."""
    (folder / "rules.yaml").write_text(rules, encoding="utf-8")
    path = folder / "orderwarden.toml"
    path.write_text(
        f'state_dir = "var"\n\n[stores.{STORE}]\napi_url = "{api_url}"\n'
        f'access_token = "{TOKEN}"\nclient_secrets = ["{CLIENT_SECRET}"]\n'
        f'hook_secrets = ["{HOOK_SECRET}"]\nrules = "rules.yaml"\n',
        encoding="utf-8",
    )
    return path


def written_lines(config: Path, order_id: int | None = None) -> list[Mapping[str, Any]]:
    """Return the lines that claim a change, as the command prints them; none is open."""
    which = [] if order_id is None else ["--order", str(order_id)]
    lines: list[Mapping[str, Any]] = asked(config, "changelog", "list", *which)
    results = Counter(line["result"] for line in lines)
    assert results.keys() <= {"applied", "recovered", "not_applied", "blocked"}, results
    return [line for line in lines if line["result"] in {"applied", "recovered"}]


def claimed(line: Mapping[str, Any]) -> Change:
    """Return the change that a line claims."""
    is_note = line["action"] == "staff_note"
    from_status_id = line["from_status_id"]
    return Change(
        order_id=line["order_id"],
        from_status_id=from_status_id,
        to_status_id=from_status_id if line["to_status_id"] is None else line["to_status_id"],
        has_note=is_note or "staff_note" in line["also"],
    )


@contextmanager
def hooked(shop: Shop, config: Path) -> Iterator[Child]:
    """Run a server that hears of orders and shipments."""
    with serving(config) as server:
        destination = f"{server.ready_url()}/webhooks/{STORE}"
        shop.hook(destination, "store/order/*", "store/shipment/*")
        yield server


def tell(shop: Shop, stories: Iterable[Story]) -> dict[int, Story]:
    """Let every story happen at once, act by act; return which order has which."""
    told = {shop.place(**story.order): story for story in stories}
    for number in range(max(len(story.acts) for story in told.values())):
        for order_id, story in told.items():
            for act in story.acts[number : number + 1]:
                shop.act(order_id, act.what, **act.details)
    return told


def health(url: str) -> Mapping[str, Any]:
    """Return what `/healthz` says; nothing while the server is down."""
    found: Mapping[str, Any] = requests.get(f"{url}/healthz", timeout=10).json()
    return found


def wait_until_quiet(
    shop: Shop,
    config: Path,
    url: str,
    within_s: float,
    *,
    has_told_all: Callable[[], bool] = lambda: True,
    reviews: int = 0,
) -> None:
    """Wait until no webhook is on its way and nothing is queued; nothing may have been given up.

    At most so many reviews may be open.

    A webhook is on its way, then queued, then done, and our own change sends another one:
    asked in this order, twice, none slips through. `has_told_all` is for webhooks that the shop
    does not send itself.
    """

    def is_quiet() -> bool:
        is_told = has_told_all() and shop.counts()["webhooks_pending"] == 0
        now = health(url)
        return is_told and now["queued"] == now["in_flight"] == 0

    wait_until(lambda: is_quiet() and is_quiet(), within_s)
    found = health(url)
    assert found["reviews"] <= reviews, asked(config, "reviews", "list")
    assert found == {
        "status": "ok",
        "queued": 0,
        "in_flight": 0,
        "parked": 0,
        "dead_letters": 0,
        "reviews": found["reviews"],
    }


def check(shop: Shop, config: Path, told: Told) -> None:
    """Hold every order, change, line and PUT against the store's own record."""
    ended = {order_id: shop.status_of(order_id) for order_id in told}
    changes = shop.changes()

    assert ended == {order_id: story.must_be for order_id, story in told.items()}
    for order_id, story in told.items():
        made = [
            (x.from_status_id, x.to_status_id, x.has_note)
            for x in changes
            if x.order_id == order_id
        ]
        assert tuple(made) == story.changes, f"order {order_id}, {story.about}"
    assert Counter(map(claimed, written_lines(config))) == Counter(changes)
    check_puts(shop.puts())


def check_puts(bodies: Iterable[Mapping[str, object]]) -> None:
    for body in bodies:
        assert "status_id" in body
        assert body.keys() <= {"status_id", "staff_notes"}

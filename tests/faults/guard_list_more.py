"""The rest of the guards: safeguards, limits, stopping and parking, the queue, the door."""

from __future__ import annotations

from typing import Final

from guard_list import DOMAIN, GUARDS, LOCAL, SHIPPED, STEPS, Guard

MORE: Final = (
    # Safeguards
    Guard(
        "an archived order is left alone",
        f"{STEPS}rounds.py",
        "if reading.order.is_archived:",
        "if False:",
    ),
    Guard(
        "a protected status is left alone",
        f"{DOMAIN}safeguards.py",
        "if is_protected(choice.rule, facts.status_id, protected):",
        "if False:",
    ),
    Guard(
        "the money check",
        f"{DOMAIN}safeguards.py",
        "blocked = money_blocks(choice.rule, danger, facts) if danger else None",
        "blocked = None",
    ),
    Guard(
        "money that cannot be known counts as money",
        f"{DOMAIN}safeguards.py",
        "if money is Truth.UNKNOWN:",
        "if False:",
    ),
    Guard(
        "a method that leaves no transactions blocks",
        f"{DOMAIN}safeguards.py",
        "is_allowed = kind is MethodKind.ONLINE or names_method(rule, method)",
        "is_allowed = True",
    ),
    Guard(
        "a test order is left alone",
        f"{DOMAIN}safeguards.py",
        "if blocked is None and is_test_order(facts) is True and not accepts_test_orders"
        "(choice.rule):",
        "if False:",
    ),
    Guard(
        "a hold keeps the rule off",
        f"{DOMAIN}safeguards.py",
        "if blocked is None and (EVERY_RULE in holds or choice.rule.name in holds):",
        "if False:",
    ),
    Guard(
        "tug of war ends",
        f"{DOMAIN}safeguards.py",
        "if blocked is None and _is_tug_of_war(choice, facts, lines):",
        "if False:",
    ),
    Guard(
        "each rule of a chain keeps its own safeguards",
        f"{DOMAIN}safeguards.py",
        "return not (is_kept_off or is_test or is_protected(rule, facts.status_id, protected))",
        "return True",
    ),
    Guard(
        "no lower status rule takes the place of one that was blocked",
        f"{STEPS}decide.py",
        "if rule is not choice.rule and not (is_status and target_of(rule) is not None)",
        "if rule is not choice.rule",
    ),
    # Limits
    Guard(
        "the hourly cap",
        f"{STEPS}limits.py",
        "if per_hour is not None and not state.take(store, hour_name(rule, now), per_hour):",
        "if False:",
    ),
    Guard(
        "after so many changes a person is asked",
        f"{STEPS}limits.py",
        "    if state.take(store, changes_name(rule), approve_after):\n        return None\n",
        "    return None\n",
    ),
    Guard(
        "a change tried again counts once",
        f"{STEPS}limits.py",
        "if line is not None and line.is_counted:",
        "if False:",
    ),
    Guard(
        "rules that undo each other are stopped",
        f"{STEPS}rounds.py",
        "if case.writes >= MAX_WRITES:",
        "if False:",
    ),
    Guard(
        "a counter takes no more than its ceiling",
        f"{LOCAL}sqlite_counters.py",
        "SET count = count + 1 WHERE count < ?",
        "SET count = count + 1 WHERE count < ? + 1000",
    ),
    # Stopping and parking
    Guard(
        "a stopped store does nothing",
        f"{STEPS}unclaimed.py",
        "    if controls.stopped:\n        kept =",
        "    if False:\n        kept =",
    ),
    Guard(
        "a store stopped before a decision is settled does nothing after",
        f"{SHIPPED}services/process.py",
        "    if case.controls.stopped:\n        return _parked_with_store(case)\n    if is_undo(",
        "    if is_undo(",
    ),
    Guard(
        "a paused rule does nothing",
        f"{STEPS}decide.py",
        "if choice.rule.name in self._case.controls.paused_rules:",
        "if False:",
    ),
    Guard(
        "a signal that waits is parked before the queue gives it up",
        f"{SHIPPED}services/process.py",
        "if case.waited > PARK_AFTER or receive_count >= PARK_AT_RECEIVES:",
        "if False:",
    ),
    Guard(
        "a signal is parked before its receipt says so",
        f"{STEPS}end.py",
        "    case.ports.state.park(Parked(case.signal, reason, now, until, waits_for))\n"
        "    case.end(reason, ReceiptState.PARKED)\n",
        "    case.end(reason, ReceiptState.PARKED)\n"
        "    case.ports.state.park(Parked(case.signal, reason, now, until, waits_for))\n",
    ),
    Guard(
        "a parked signal is queued before it is forgotten",
        f"{SHIPPED}services/unpark.py",
        "        queue.put(one.signal)  # first queue, then forget: dying between makes a "
        "duplicate\n"
        "        state.unpark(one)\n",
        "        state.unpark(one)\n        queue.put(one.signal)\n",
    ),
    Guard(
        "what is owed of a decision waits while its store is stopped",
        f"{SHIPPED}services/process.py",
        "            return _parked_with_store(case)\n        rule = rest",
        "            pass\n        rule = rest",
    ),
    Guard(
        "the lease is checked right before an act",
        f"{STEPS}write.py",
        '    """Do what is no PUT to the order."""\n    case.ensure_lease()\n',
        '    """Do what is no PUT to the order."""\n',
    ),
    Guard(
        "a parcel that shows is not sent again",
        f"{STEPS}acts/shipment.py",
        "return Shown.WANTED if any(_is_ours(x, write, line) for x in found) else Shown.AS_BEFORE",
        "return Shown.AS_BEFORE",
    ),
    Guard(
        "a refund that nobody can tell of is never repeated",
        f"{STEPS}acts/refund.py",
        "return Shown.WANTED if is_there else Shown.OTHERWISE",
        "return Shown.WANTED if is_there else Shown.AS_BEFORE",
    ),
    Guard(
        "a capture or void that nobody can tell of is never repeated",
        f"{STEPS}acts/payment.py",
        "return Shown.WANTED if is_there else Shown.OTHERWISE",
        "return Shown.WANTED if is_there else Shown.AS_BEFORE",
    ),
    Guard(
        "a refund is what was asked for, as the store quotes it",
        f"{STEPS}acts/refund.py",
        "return is_asked and quote.total > 0 and abs(paid - quote.total) <= CENT",
        "return True",
    ),
    # The queue and its workers
    Guard(
        "a delivery's old handle is good for nothing",
        f"{LOCAL}sqlite_queue.py",
        "handle = uuid.uuid4().hex\n            messages.hand_out",
        "handle = str(number)\n            messages.hand_out",
    ),
    Guard(
        "one at a time within an order",
        f"{LOCAL}sqlite_messages.py",
        "WHERE blocked_until IS NULL ORDER BY first_number LIMIT 1",
        "ORDER BY first_number LIMIT 1",
    ),
    Guard(
        "what is in hand is renewed",
        f"{LOCAL}workers.py",
        "                    self._queue.change_visibility(handle, LEASE_S)\n",
        "                    pass\n",
    ),
    Guard(
        "a signal that must wait is given back and not deleted",
        f"{LOCAL}workers.py",
        "        elif outcome.again_s is None:\n",
        "        elif True:\n",
    ),
    # The door
    Guard(
        "a webhook that cannot be queued is answered 503",
        f"{SHIPPED}services/ingest.py",
        'return tell(503, "queue_out_of_reach", signal=signal, detail=str(error))',
        'return tell(200, "queue_out_of_reach", signal=signal, detail=str(error))',
    ),
    Guard(
        "what is not authentic is refused",
        f"{SHIPPED}services/ingest.py",
        "        if not verdict.is_authentic:\n",
        "        if False:\n",
    ),
    Guard(
        "a webhook of another store of the same client is dropped",
        f"{DOMAIN}webhook.py",
        'if producer != f"stores/{store}":',
        "if False:",
    ),
)

EVERY: Final = (*GUARDS, *MORE)
"""All guards, in the order in which a webhook meets most of them."""

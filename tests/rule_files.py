"""Rule files for scenarios: what each begins with, and the rules that several modules try."""

from __future__ import annotations

HEAD = "version: 1\nmode: live\ntime_zone: UTC\n"
WITH_MONEY = HEAD + "allow_payment_actions: true\n"
READY = "on: [order_created, order_updated, status_updated], when: {status: Awaiting Fulfillment}"
"""The beginning of a rule for orders that are ready to be sent."""


def rule_file(*entries: str, head: str = HEAD) -> str:
    """Return a file of these rules, each written on one line of YAML."""
    return head + "rules:\n" + "".join(f"  - {entry}\n" for entry in entries)


def cancel_marked(*, when: str = "", limit: str = "") -> str:
    """Return the file of a rule that cancels orders which a clerk marked for verification.

    Args:
        when: Further conditions, such as `paid: false`.
        limit: Limits of its own, such as `per_hour: 1`.
    """
    conditions = ", ".join(filter(None, ("status: Manual Verification Required", when)))
    limits = f", limit: {{{limit}}}" if limit else ""
    return rule_file(
        "{name: cancel-marked, on: [order_updated, status_updated], "
        f"when: {{{conditions}}}, do: [{{set_status: Cancelled}}]{limits}}}"
    )


def cancel_unpaid(
    *, when: str = "paid: false", age: str = "12h", approve_after: str = "none", more: str = ""
) -> str:
    """Return the file of a rule by which a sweep cancels what was not paid in time.

    Args:
        when: Further conditions; may be none.
        age: How old an order has to be.
        approve_after: The limit; there is none by the hour.
        more: Further keys of the rule, such as `warn_before: 4h`.
    """
    conditions = filter(None, ("status: Awaiting Payment", f"age: {{at_least: {age}}}", when))
    note = "'Not paid within {age}; cancelled by rule {rule}.'"
    keys = (
        "name: cancel-unpaid",
        "on: sweep",
        f"when: {{{', '.join(conditions)}}}",
        f"do: [{{set_status: Cancelled}}, {{staff_note: {note}}}]",
        f"limit: {{approve_after: {approve_after}, per_hour: none}}",
        more,
    )
    return rule_file(f"{{{', '.join(filter(None, keys))}}}")


def cancel_and_void() -> str:
    """Return the file of a rule that cancels unpaid orders, and voids what is authorised."""
    return rule_file(
        "{name: end, on: order_updated, when: {status: Awaiting Payment, age: {at_least: 1m}}, "
        "do: [{set_status: Cancelled}, void]}",
        head=WITH_MONEY,
    )


def for_each_parcel(do: str, when: str = "total: {over: 0}") -> str:
    """Return the file of a rule that does something once for each parcel of an order."""
    return rule_file(
        f"{{name: tell, on: shipment_created, when: {{{when}}}, repeat: each_shipment, do: {do}}}"
    )

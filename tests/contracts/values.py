"""Any value that may be stored, for hypothesis."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from orderwarden.domain.line import Line, Result
from orderwarden.domain.receipt import Receipt, ReceiptState
from orderwarden.domain.seen import Seen
from orderwarden.domain.signal import Signal, Trigger
from orderwarden.ports import Parked, PublishedRules, Review

EXAMPLES = settings(
    max_examples=25,
    deadline=None,  # each example waits for the disk
    # One backend serves all examples of a test: each uses a key of its own, or cleans up.
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

texts = st.text(max_size=40)
keys = st.text(min_size=1, max_size=40)
ids = st.integers(0, 10**15)
numbers = st.integers(1, 10**6)
offsets = st.integers(-12 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
times = st.datetimes(
    datetime(1970, 1, 1),  # noqa: DTZ001  # hypothesis adds the zone
    datetime(2200, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC) | offsets,
)
instants = times | times.map(lambda at: at.replace(microsecond=0))


def perhaps(values: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    return st.none() | values


signals = st.builds(
    Signal,
    store=texts,
    order_id=perhaps(ids),
    trigger=st.sampled_from(Trigger),
    occurred_at=instants,
    receipt_key=keys,
    previous_status_id=perhaps(ids),
    new_status_id=perhaps(ids),
    resource_id=perhaps(texts),
    run_id=perhaps(texts),
)
receipts = st.builds(
    Receipt,
    key=texts,
    store=texts,
    order_id=perhaps(ids),
    trigger=texts,
    state=st.sampled_from(ReceiptState),
    first_at=instants,
    revision=st.just(1),
    token=texts,
    lease_until=perhaps(instants),
    decision=texts,
    deaths=numbers,
    failures=numbers,
    outcome=texts,
    look_again_at=perhaps(instants),
    expires_at=st.none(),
)
lines = st.builds(
    Line,
    id=keys,
    at=instants,
    store=texts,
    order_id=ids,
    trigger=texts,
    rule=texts,
    rules_version=numbers,
    action=texts,
    also=st.lists(texts, max_size=3).map(tuple),
    from_status_id=ids,
    to_status_id=perhaps(ids),
    result=st.sampled_from(Result),
    reason=texts,
    actor=texts,
    run_id=perhaps(texts),
    path=st.lists(texts, max_size=3).map(tuple),
    read_modified=perhaps(instants),
    attempt=texts,
    occasion=texts,
    is_dangerous=st.booleans(),
    is_counted=st.booleans(),
    settled_at=perhaps(instants),
    undone_by=perhaps(texts),
    restores=perhaps(texts),
)
seen_orders = st.builds(
    Seen,
    store=texts,
    order_id=ids,
    read_at=instants,
    seen_modified=instants,
    status_id=ids,
    status_since=perhaps(instants),
    revision=st.just(1),
)
parked_signals = st.builds(
    Parked,
    signal=signals,
    reason=texts,
    at=instants,
    until=perhaps(instants),
    waits_for=texts,
)
reviews = st.builds(
    Review,
    id=keys,
    store=texts,
    kind=texts,
    at=instants,
    detail=texts,
    order_id=perhaps(ids),
    rule=perhaps(texts),
    line_id=perhaps(texts),
    receipt_key=perhaps(texts),
    state=texts,
)
published_rules = st.builds(
    PublishedRules,
    store=texts,
    version=st.just(1),
    digest=texts,
    compiled=texts,
    source=texts,
    author=texts,
    at=instants,
)

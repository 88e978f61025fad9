"""`shipped_by`, `has_tracking`, staff notes, channels and metafields."""

from __future__ import annotations

import pytest
from orderwarden.domain.facts import UNREADABLE, Fetched, Resource
from orderwarden.domain.order_parts import Metafield
from orderwarden.domain.rules.evaluate import evaluate
from orderwarden.domain.rules.fields import FIELDS, field_named
from orderwarden.domain.rules.model import Test
from orderwarden.domain.rules.truth import Truth
from rule_builders import MISSING, a_shipment, an_order, some_facts

LINK = "https://track.example.com/1"


@pytest.mark.parametrize(
    ("status", "shipments", "expected"),
    [
        (2, (a_shipment(),), "shipment"),
        (11, (a_shipment(),), "shipment"),
        (2, (), "status"),
        (3, (), "status"),
        (10, (), "status"),
        (11, (), None),
        (5, (), None),
        (2, UNREADABLE, UNREADABLE),
    ],
)
def test_a_shipment_or_the_status_alone_says_that_it_was_sent(
    status: int, shipments: Fetched, expected: object
) -> None:
    facts = some_facts(an_order(status_id=status), shipments=shipments)

    assert FIELDS["shipped_by"].read(facts) == expected


@pytest.mark.parametrize(
    ("shipments", "expected"),
    [
        ((a_shipment("1Z"),), True),
        ((a_shipment("1Z"), a_shipment("2Z")), True),
        ((a_shipment("1Z"), a_shipment("")), False),
        ((a_shipment("", tracking_link=LINK),), True),
        ((a_shipment(" ", tracking_link=""),), False),
        ((a_shipment("", tracking_link=None),), False),
        ((), False),
        (UNREADABLE, UNREADABLE),
    ],
)
def test_every_parcel_must_be_tracked(shipments: Fetched, expected: object) -> None:
    assert FIELDS["has_tracking"].read(some_facts(shipments=shipments)) is expected


@pytest.mark.parametrize(
    ("notes", "expected"),
    [("Gift\n", ("Gift",)), ("", ()), (" ", ()), (None, None), (MISSING, None), ({}, None)],
)
def test_no_staff_notes_are_known_to_be_none(notes: object, expected: object) -> None:
    assert FIELDS["staff_notes"].read(some_facts(an_order(staff_notes=notes))) == expected


@pytest.mark.parametrize(
    ("channel", "expected"), [(1, 1), (MISSING, None), (None, None), ("1", None)]
)
def test_a_channel_is_its_id(channel: object, expected: int | None) -> None:
    assert FIELDS["channel"].read(some_facts(an_order(channel_id=channel))) == expected


def meta(namespace: str, key: str, value: str) -> Metafield:
    return Metafield(1, namespace, key, value, raw={})


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ((meta("erp", "state", "done"),), ("done",)),
        ((meta("erp", "state", "done"), meta("erp", "state", "open")), ("done", "open")),
        ((meta("erp", "State", "done"),), None),
        ((meta("app.erp", "state", "done"),), None),
        ((), None),
        (UNREADABLE, UNREADABLE),
    ],
)
def test_a_metafield_is_found_by_its_exact_name(fields: Fetched, expected: object) -> None:
    field = field_named("meta.erp.state")

    assert field is not None
    assert field.read(some_facts(metafields=fields)) == expected
    assert field.read(some_facts()) is Resource.METAFIELDS


def test_namespaces_and_keys_may_have_dots() -> None:
    field = field_named("meta.com.example.app.sync.state")

    assert field is not None
    for split in (("com.example.app", "sync.state"), ("com", "example.app.sync.state")):
        assert field.read(some_facts(metafields=(meta(*split, "done"),))) == ("done",)


@pytest.mark.parametrize(
    "name", ["meta", "meta.", "meta.erp", "meta.erp.", "meta..x", "meta.x." + "y" * 128]
)
def test_half_a_name_is_no_metafield(name: str) -> None:
    assert field_named(name) is None


def test_a_missing_metafield_is_unknown_and_a_list_that_was_not_read_even_more_so() -> None:
    def truth(fields: Fetched, operator: str, operand: str | bool) -> Truth:
        test = Test("meta.erp.state", operator, (operand,))
        return evaluate(test, some_facts(metafields=fields)).truth

    assert truth((), "is_not", "done") is Truth.UNKNOWN
    assert truth((), "exists", False) is Truth.TRUE
    assert truth((), "exists", True) is Truth.FALSE
    assert truth(UNREADABLE, "exists", False) is Truth.UNKNOWN
    assert truth(UNREADABLE, "exists", True) is Truth.UNKNOWN

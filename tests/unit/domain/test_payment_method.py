"""A payment method is known by its whole display name, or not at all."""

from __future__ import annotations

import pytest
from orderwarden.domain.payment_method import MethodKind, method_kind


@pytest.mark.parametrize(
    ("method", "kind"),
    [
        ("Credit Card", MethodKind.ONLINE),
        (" paypal ", MethodKind.ONLINE),
        ("CASH ON DELIVERY", MethodKind.OFFLINE),
        ("wire", MethodKind.OFFLINE),
        ("Credit Card (manual entry)", MethodKind.UNKNOWN),
        ("", MethodKind.UNKNOWN),
        (None, MethodKind.UNKNOWN),
    ],
)
def test_a_payment_method_is_known_by_its_whole_name(method: str | None, kind: MethodKind) -> None:
    assert method_kind(method, {"Wire"}) is kind

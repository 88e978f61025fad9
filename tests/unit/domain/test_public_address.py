"""Under which addresses a store can deliver."""

from __future__ import annotations

import pytest
from orderwarden.domain.public_address import Reach, reach_of, why_not_delivered

REAL_API = "https://api.bigcommerce.com"
SIMULATED_API = "http://127.0.0.1:9000"


@pytest.mark.parametrize(
    "url",
    [
        "https://hooks.example.com",
        "https://hooks.example.com:443",
        "https://HOOKS.example.com",
        "https://a.b-c.example.com/orderwarden/v1.2",
        "https://xn--bcher-kva.example.com",
    ],
)
def test_https_on_443_under_a_full_name_is_public(url: str) -> None:
    assert reach_of(url) is Reach.PUBLIC


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:8080",
        "http://localhost",
        "https://localhost:8443",
        "http://[::1]:8080/x",
    ],
)
def test_this_machine_is_local_on_any_port(url: str) -> None:
    assert reach_of(url) is Reach.LOCAL


@pytest.mark.parametrize(
    "url",
    [
        "",
        "hooks.example.com",
        "//hooks.example.com",
        "http://hooks.example.com",
        "https://hooks.example.com:8443",
        "https://hooks.example.com:0",
        "https://hooks.example.com:port",
        "https://hooks",
        "https://203.0.113.7",
        "https://[2001:db8::1]",
        "https://[::1",
        "https://-hooks.example.com",
        "https://hooks..example.com",
        "https://hooks.example.com.",
        f"https://{'a' * 64}.example.com",
        f"https://{'a.' * 130}example.com",
        "https://user:secret@hooks.example.com",
        "https://hooks.example.com/x?y",
        "https://hooks.example.com/x#y",
        "https://hooks.example.com/../x",
        "https://hooks.example.com/./x",
        "https://hooks.example.com//x",
        "https://hooks.example.com/x/",
        "https://hooks.example.com/%2e%2e/x",
        "https://hooks.example.com\\@evil.example",
        "https://hooks.example.com\n",
        "https://hooks.example.com/\u00fc",
        "https://h\u00fcoks.example.com",
        "ftp://hooks.example.com",
        "javascript:alert(1)",
    ],
)
def test_anything_else_is_no_address_of_ours(url: str) -> None:
    assert reach_of(url) is Reach.NONE


@pytest.mark.parametrize(
    ("public_url", "api_url", "why"),
    [
        ("https://hooks.example.com", REAL_API, ""),
        ("https://hooks.example.com", SIMULATED_API, ""),
        ("http://127.0.0.1:8080", SIMULATED_API, ""),
        ("http://127.0.0.1:8080", REAL_API, "not_reachable_from_outside"),
        ("https://localhost", REAL_API, "not_reachable_from_outside"),
        ("", SIMULATED_API, "no_public_url"),
    ],
)
def test_only_a_store_on_this_machine_delivers_to_this_machine(
    public_url: str, api_url: str, why: str
) -> None:
    assert why_not_delivered(public_url, api_url) == why

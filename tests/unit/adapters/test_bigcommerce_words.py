"""What error bodies say to a person, whatever their shape, and what they must not say."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from orderwarden.adapters.bigcommerce_words import words_of

SECRET = "tok3n-never-shown"
TYPE = "https://developer.bigcommerce.com/api-docs/getting-started/api-status-codes"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        pytest.param(
            [{"status": 404, "message": "The requested resource was not found."}],
            "The requested resource was not found.",
            id="v2 array",
        ),
        pytest.param(
            [
                {
                    "status": 409,
                    "message": "Quantities of one or more products are out of stock.",
                    "details": {
                        "errors": [
                            {
                                "type": "OutOfStock",
                                "message": "Insufficient stock of variant(id: 74)",
                                "variant_id": 74,
                            }
                        ]
                    },
                }
            ],
            "Quantities of one or more products are out of stock."
            " / Insufficient stock of variant(id: 74)",
            id="v2 array with details",
        ),
        pytest.param(
            [{"message": "One."}, {"message": "Two."}, {"message": "One."}],
            "One. / Two.",
            id="v2 array of several, repeated",
        ),
        pytest.param(
            {
                "status": 422,
                "title": "JSON data is missing or invalid",
                "type": TYPE,
                "errors": {"destination": "error.path.missing."},
            },
            "JSON data is missing or invalid / destination: error.path.missing.",
            id="v3 object with fields",
        ),
        pytest.param(
            {"status": 404, "title": "Webhook with id [5] not found", "type": TYPE, "errors": {}},
            "Webhook with id [5] not found",
            id="v3 object",
        ),
        pytest.param(
            {"type": "about:blank", "title": "Bad", "detail": "location_id is unknown"},
            "Bad / location_id is unknown",
            id="problem+json",
        ),
        pytest.param(
            {"data": [{"order_id": 1, "status": 503, "error": "Try later"}], "meta": {}},
            "Try later",
            id="v3 wrapped",
        ),
        pytest.param(
            {"errors": [{"status": 422, "title": "Bulk", "errors": {"1": ["No", "Never"]}}]},
            "Bulk / 1: No / 1: Never",
            id="v3 batch",
        ),
        pytest.param("Nope", "Nope", id="a text"),
        pytest.param({}, "", id="an empty object"),
        pytest.param(None, "", id="null"),
        pytest.param([[[[[[[[[["too deep"]]]]]]]]]], "", id="deeper than anybody speaks"),
    ],
)
def test_json_says(body: object, words: str) -> None:
    assert words_of(json.dumps(body).encode(), SECRET) == words


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", ""),
        (b"Gateway  timeout\r\n", "Gateway timeout"),
        (
            b"<title>503</title><style>p {}</style><script>1 < 2</script ><!-- host-7 --><p>Down",
            "503 Down",
        ),
        (b"<p>Down&nbsp;for &lt;maintenance&gt;", "Down for <maintenance>"),
        (b"\xff\xfeoops", "\ufffd\ufffdoops"),
        (b' {"first_name": "Jane", "title": "cut sho', ""),
        (b"[" * 100_000, ""),
    ],
)
def test_what_is_no_json_says(body: bytes, words: str) -> None:
    assert words_of(body, SECRET) == words


def test_what_the_store_echoes_of_an_order_stays_out() -> None:
    body = {"title": "Invalid", "billing_address": {"first_name": "Jane"}, "phone": "555-0100"}

    assert words_of(json.dumps(body).encode(), SECRET) == "Invalid"


@pytest.mark.parametrize(
    "address",
    ["jane.doe+shop@example.com", "JANE@EXAMPLE.COM", "j%40example.com", "jürgen@exämple.com"],
)
def test_e_mail_addresses_are_struck_out(address: str) -> None:
    for body in (json.dumps([{"message": f"<{address}> is taken"}]), f"<p>email={address}; taken"):
        words = words_of(body.encode(), SECRET)

        assert "[e-mail]" in words
        assert "example" not in words.lower()
        assert "jane" not in words.lower()


def test_the_secret_is_struck_out() -> None:
    assert words_of(f"<b>bad {SECRET}</b>".encode(), SECRET) == "bad [secret]"


def test_control_characters_cannot_forge_a_log_line_or_a_terminals_colours() -> None:
    body = json.dumps([{"message": "one\r\ntwo\x1b[31m\u202e\ud800 three"}]).encode()

    assert words_of(body, SECRET) == "one two [31m three"


def test_long_messages_are_cut_after_addresses_are_struck_out() -> None:
    body = json.dumps([{"message": "x" * 490 + " jane@example.com " + "y" * 5000}]).encode()

    words = words_of(body, SECRET)

    assert len(words) == 500
    assert words == "x" * 490 + " [e-mail]…"


@given(st.binary(max_size=300) | st.text().map(str.encode))
def test_every_body_becomes_a_short_printable_line(body: bytes) -> None:
    words = words_of(body, SECRET)

    assert len(words) <= 500
    assert words.isprintable()


@given(
    st.recursive(
        st.none() | st.text() | st.integers() | st.booleans(),
        lambda inner: (
            st.lists(inner) | st.dictionaries(st.sampled_from(["errors", "title", "data"]), inner)
        ),
    )
)
def test_every_json_becomes_a_short_printable_line(value: object) -> None:
    words = words_of(json.dumps(value).encode(), SECRET)

    assert len(words) <= 500
    assert words.isprintable()

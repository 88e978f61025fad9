"""What error bodies say to a person, whatever their shape, and what they must not say."""

from __future__ import annotations

import html
import json
from collections.abc import Callable
from urllib.parse import quote, quote_plus, unquote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st
from orderwarden.adapters.bigcommerce_words import words_in, words_of, words_of_page

SECRET = "tok3n-never-shown"
SECRETS = (SECRET,)
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
    assert words_of(json.dumps(body).encode(), SECRETS) == words


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
    assert words_of(body, SECRETS) == words


def test_what_the_store_echoes_of_an_order_stays_out() -> None:
    body = {"title": "Invalid", "billing_address": {"first_name": "Jane"}, "phone": "555-0100"}

    assert words_of(json.dumps(body).encode(), SECRETS) == "Invalid"


@pytest.mark.parametrize(
    "address",
    ["jane.doe+shop@example.com", "JANE@EXAMPLE.COM", "j%40example.com", "jürgen@exämple.com"],
)
def test_e_mail_addresses_are_struck_out(address: str) -> None:
    for body in (json.dumps([{"message": f"<{address}> is taken"}]), f"<p>email={address}; taken"):
        words = words_of(body.encode(), SECRETS)

        assert "[e-mail]" in words
        assert "example" not in words.lower()
        assert "jane" not in words.lower()


def test_the_secret_is_struck_out() -> None:
    assert words_of(f"<b>bad {SECRET}</b>".encode(), SECRETS) == "bad [secret]"


@pytest.mark.parametrize(
    "secret", ["s3cr3t", "a/b+c=", 'q"u&o<t>e', "grüße", "two  blanks", "#%2F"]
)
@pytest.mark.parametrize(
    "echo",
    [
        lambda secret: json.dumps({"title": f"Header {secret} is bad"}),
        lambda secret: json.dumps([{"message": json.dumps({"X-Own": secret})}]),
        lambda secret: json.dumps({"title": json.dumps({"X-Own": secret}).replace("/", "\\/")}),
        lambda secret: f"<p>Header {html.escape(secret)} is bad</p>",
        lambda secret: f"<p>Header {secret} is bad</p>",
        lambda secret: f"Bad request: /in?secret={quote(secret)}",
        lambda secret: f"Bad request: /in?secret={quote(secret, safe='')}",
        lambda secret: f"Bad request: /in?secret={quote_plus(secret)}",
    ],
    ids=["json", "json in json", "json of php", "html", "raw", "url", "quoted", "form"],
)
def test_secrets_are_struck_out_in_every_form_in_which_they_are_echoed(
    secret: str, echo: Callable[[str], str]
) -> None:
    words = words_of(echo(secret).encode(), (SECRET, secret))

    assert "[secret]" in words
    assert secret.split(maxsplit=1)[0] not in words
    assert html.unescape(unquote_plus(words)) == words


def test_a_secret_at_the_end_of_what_is_read_does_not_show_its_beginning() -> None:
    page = "<i></i>" * 1142 + f"<p>{SECRET}</p>"  # 7,997 of 8,000 characters before it

    assert words_of(page.encode(), SECRETS) == "[se"


def test_an_empty_secret_strikes_nothing_out() -> None:
    assert words_of(b"<p>Down now</p>", ("", " ", SECRET)) == "Down now"


def test_of_two_secrets_the_longer_is_struck_out_whole() -> None:
    assert words_of(b"<p>one-two one</p>", ("one", "one-two")) == "[secret] [secret]"


@pytest.mark.parametrize(
    ("page", "words"),
    [
        (b'<b>Warning</b>: slow<br>{"first_name": "Jane"}', "Warning : slow"),
        (b'oops\n[{"first_name": "Jane"}]', "oops ["),
        (b'{"first_name": "Jane"', ""),
    ],
)
def test_what_was_to_be_an_answer_is_not_told(page: bytes, words: str) -> None:
    assert words_of_page(page, SECRETS) == words_of(page, SECRETS) == words


def test_a_piece_of_a_body_says_what_it_would_say_alone() -> None:
    piece = {"title": f"bad {SECRET}", "errors": {"1": "jane@example.com is unknown"}}

    assert words_in(piece, SECRETS) == "bad [secret] / 1: [e-mail] is unknown"


def test_control_characters_cannot_forge_a_log_line_or_a_terminals_colours() -> None:
    body = json.dumps([{"message": "one\r\ntwo\x1b[31m\u202e\ud800 three"}]).encode()

    assert words_of(body, SECRETS) == "one two [31m three"


def test_long_messages_are_cut_after_addresses_are_struck_out() -> None:
    body = json.dumps([{"message": "x" * 490 + " jane@example.com " + "y" * 5000}]).encode()

    words = words_of(body, SECRETS)

    assert len(words) == 500
    assert words == "x" * 490 + " [e-mail]…"


@given(st.binary(max_size=300) | st.text().map(str.encode))
def test_every_body_becomes_a_short_printable_line(body: bytes) -> None:
    words = words_of(body, SECRETS)

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
    words = words_of(json.dumps(value).encode(), SECRETS)

    assert len(words) <= 500
    assert words.isprintable()

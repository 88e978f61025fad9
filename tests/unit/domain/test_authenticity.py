"""Who is believed, and who is not; the `standardwebhooks` package is the oracle of acceptance."""

from __future__ import annotations

import base64
import hmac
import string
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from orderwarden.domain.authenticity import OWN_HEADER, Keys, Proof, Verdict, judge
from standardwebhooks import Webhook as Oracle

SENT_AT = datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)  # 1700000000
CLIENT_SECRET = b"0123456789abcdef0123456789abcdef"
HOOK_SECRET = b"our-own-header"
MESSAGE_ID = "msg_2KWPBgLlAfxdpx2AI54pPJ85f4W"
BODY = (
    b'{"producer":"stores/abc123","hash":"7ee67cd1cf2ca60bc1aa9e5fe957d2de373be4ca",'
    b'"created_at":1700000000,"store_id":"1025646","scope":"store/order/statusUpdated",'
    b'"data":{"type":"order","id":250,"status":{"previous_status_id":7,"new_status_id":11}}}'
)
SIGNATURE = "v1,gJNJeG6BxyWyX7THYtXc0oMfa65BpzSGz49fjGBL+tM="
SIGNED = {
    "webhook-id": MESSAGE_ID,
    "webhook-timestamp": "1700000000",
    "webhook-signature": SIGNATURE,
}
"""The worked example of the collected facts, section 5.3."""

OWN = {OWN_HEADER: "our-own-header"}
WRONG_OWN = {OWN_HEADER: "somebody-elses"}
WRONG = "v1," + base64.b64encode(bytes(32)).decode()


def keys(
    *client_secrets: bytes, hooks: tuple[bytes, ...] = (HOOK_SECRET,), needs_both: bool = False
) -> Keys:
    return Keys(client_secrets or (CLIENT_SECRET,), hooks, needs_both)


def judged(headers: Mapping[str, str], body: bytes = BODY, live: Keys | None = None) -> Verdict:
    return judge(headers, body, live or keys(), SENT_AT)


def test_the_vector_of_the_standard_is_accepted() -> None:
    headers = {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }
    secret = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    now = datetime(2021, 2, 25, 15, 2, 10, tzinfo=UTC)  # 1614265330

    verdict = judge(headers, b'{"test": 2432232314}', keys(secret), now)

    assert verdict == Verdict(Proof.SIGNATURE, "", has_wrong_signature=False, is_timed=True)


def test_the_vector_of_bigcommerce_is_accepted() -> None:
    verdict = judged(SIGNED)

    assert verdict == Verdict(Proof.SIGNATURE, "", has_wrong_signature=False, is_timed=True)
    assert verdict.is_authentic


def test_header_names_may_come_in_any_case() -> None:
    headers = {name.title(): value for name, value in SIGNED.items()}

    assert judged({**headers, OWN_HEADER.upper(): "our-own-header"}).proof is Proof.BOTH


def test_our_own_header_alone_is_proof_without_a_time() -> None:
    verdict = judged(OWN)

    assert verdict == Verdict(Proof.HEADER, "", has_wrong_signature=False, is_timed=False)


def test_nothing_at_all_is_no_proof() -> None:
    assert judged({}).fault == "no_signature"


@pytest.mark.parametrize("position", [0, 1, 100, len(BODY) - 1])
def test_a_body_changed_by_one_byte_is_refused(position: int) -> None:
    body = bytearray(BODY)
    body[position] ^= 1

    assert judged(SIGNED, bytes(body)).fault == "wrong_signature"


@pytest.mark.parametrize(
    ("signature", "fault"),
    [
        ("", "no_signature"),
        ("gJNJeG6BxyWyX7THYtXc0oMfa65BpzSGz49fjGBL+tM=", "malformed_signature"),
        ("v1", "wrong_signature"),
        ("v2,gJNJeG6BxyWyX7THYtXc0oMfa65BpzSGz49fjGBL+tM=", "malformed_signature"),
        ("V1,gJNJeG6BxyWyX7THYtXc0oMfa65BpzSGz49fjGBL+tM=", "malformed_signature"),
        ("v1,", "wrong_signature"),
        ("v1,not base64", "wrong_signature"),
        ("v1,gJNJeG6BxyWyX7THYtXc0oMfa65BpzSGz49fjGBL+tM", "wrong_signature"),
        ("v1,gJNJeG6BxyWyX7THYtXc0oMfa65BpzSGz49fjGBL+tN=", "wrong_signature"),
        ("v1,gJNJeG6BxyWyX7THYtXc0oMfa65BpzSGz49fjGBL-tM=", "wrong_signature"),
        ("v1,gJNJeG6BxyWyX7THYtXc0oMfa65BpzSGz49fjGBL+tM==", "wrong_signature"),
        ("v1,gJNJeG6BxyWyX7THYtXc0oMfa65BpzSGz49fjGBL+tM=\n", "wrong_signature"),
        ("v1,é\ud800", "wrong_signature"),
    ],
)
def test_only_a_canonical_v1_signature_is_right(signature: str, fault: str) -> None:
    assert judged({**SIGNED, "webhook-signature": signature}).fault == fault


@pytest.mark.parametrize(
    "signature",
    [
        f"{WRONG} {SIGNATURE}",
        f"{SIGNATURE} {WRONG}",
        f"v1a,{WRONG[3:]} {SIGNATURE}",
        f"nonsense  {SIGNATURE}",
        " ".join([WRONG] * 15 + [SIGNATURE]),
    ],
)
def test_one_good_signature_among_several_is_enough(signature: str) -> None:
    assert judged({**SIGNED, "webhook-signature": signature}).is_authentic


def test_more_than_sixteen_candidates_are_refused() -> None:
    signature = " ".join([SIGNATURE] * 17)

    assert judged({**SIGNED, "webhook-signature": signature}).fault == "malformed_signature"


@pytest.mark.parametrize("joint", [",", ", "])
@pytest.mark.parametrize("name", [*SIGNED])
def test_a_doubled_header_is_refused(name: str, joint: str) -> None:
    headers = {**SIGNED, name: joint.join([SIGNED[name]] * 2)}

    assert judged(headers).fault.startswith("malformed_")


def test_a_header_doubled_in_two_cases_is_refused() -> None:
    assert judged({**SIGNED, "Webhook-Signature": SIGNATURE}).fault == "malformed_signature"
    assert judged({**OWN, OWN_HEADER.lower(): "our-own-header"}).fault == "wrong_header"


@pytest.mark.parametrize("message_id", ["", "a b", "a\n", "é", "a" * 129, "a:b", "a,a"])
def test_an_id_of_other_characters_or_length_is_refused(message_id: str) -> None:
    assert judged({**SIGNED, "webhook-id": message_id}).fault == "malformed_id"


@pytest.mark.parametrize(
    "timestamp",
    [
        *("", "-1700000000", "+1700000000", " 1700000000", "1700000000\n", "1700000000.0"),
        *("17e8", "01700000000", "1_700_000_000", "१७०००००००००", "1" * 12, "9" * 5000, "NaN"),
    ],
)
def test_a_timestamp_that_is_no_plain_integer_is_refused(timestamp: str) -> None:
    assert judged({**SIGNED, "webhook-timestamp": timestamp}).fault == "malformed_timestamp"


@pytest.mark.parametrize("name", [*SIGNED])
def test_a_missing_header_is_refused(name: str) -> None:
    headers = {key: value for key, value in SIGNED.items() if key != name}

    assert not judged(headers).is_authentic


@pytest.mark.parametrize(
    ("age", "fault"),
    [
        (timedelta(days=4), "too_old"),
        (timedelta(hours=72, microseconds=1), "too_old"),
        (timedelta(hours=72), ""),
        (timedelta(hours=47), ""),
        (timedelta(minutes=-2), ""),
        (timedelta(seconds=-300), ""),
        (timedelta(seconds=-300, microseconds=-1), "too_early"),
        (timedelta(hours=-1), "too_early"),
    ],
)
@pytest.mark.parametrize("headers", [SIGNED, {**SIGNED, **OWN}])
def test_a_webhook_is_believed_for_three_days_and_five_minutes_ahead(
    headers: Mapping[str, str], age: timedelta, fault: str
) -> None:
    verdict = judge(headers, BODY, keys(), SENT_AT + age)

    assert verdict.fault == fault


def test_a_forged_webhook_is_wrong_before_it_is_old() -> None:
    verdict = judge(SIGNED, b"{}", keys(), SENT_AT + timedelta(days=4))

    assert verdict.fault == "wrong_signature"


@pytest.mark.parametrize("live", [(b"old", CLIENT_SECRET), (CLIENT_SECRET, b"new")])
def test_every_live_client_secret_counts(live: tuple[bytes, ...]) -> None:
    assert judged(SIGNED, live=keys(*live)).proof is Proof.SIGNATURE


def test_every_live_header_secret_counts() -> None:
    for hooks in ((HOOK_SECRET, b"new"), (b"old", HOOK_SECRET)):
        assert judged(OWN, live=keys(hooks=hooks)).proof is Proof.HEADER


def test_an_empty_secret_proves_nothing() -> None:
    signed_with_nothing = Oracle(b"x")
    signed_with_nothing._whsecret = b""
    signature = signed_with_nothing.sign(MESSAGE_ID, SENT_AT, BODY.decode())
    live = keys(b"", hooks=(b"",))

    assert judged({**SIGNED, "webhook-signature": signature}, live=live).fault == "wrong_signature"
    assert judged({OWN_HEADER: ""}, live=live).fault == "no_signature"
    assert not judged({**SIGNED, **OWN}, live=Keys((), (), needs_both=False)).is_authentic


BAD_SIGNATURE = {**SIGNED, "webhook-signature": WRONG}


@pytest.mark.parametrize(
    ("headers", "proof", "fault_if_either", "fault_if_both", "has_wrong_signature"),
    [
        ({**SIGNED, **OWN}, Proof.BOTH, "", "", False),
        (SIGNED, Proof.SIGNATURE, "", "no_header", False),
        (OWN, Proof.HEADER, "", "no_signature", False),
        ({**SIGNED, **WRONG_OWN}, Proof.SIGNATURE, "", "wrong_header", False),
        ({**BAD_SIGNATURE, **OWN}, Proof.HEADER, "", "wrong_signature", True),
        ({**SIGNED, "webhook-id": "", **OWN}, Proof.HEADER, "", "malformed_id", True),
        (WRONG_OWN, Proof.NONE, "wrong_header", "wrong_header", False),
        (BAD_SIGNATURE, Proof.NONE, "wrong_signature", "wrong_signature", False),
        ({**BAD_SIGNATURE, **WRONG_OWN}, Proof.NONE, "wrong_signature", "wrong_signature", False),
    ],
)
def test_either_proof_does_unless_both_are_needed(
    headers: Mapping[str, str],
    proof: Proof,
    fault_if_either: str,
    fault_if_both: str,
    has_wrong_signature: bool,
) -> None:
    either, both = judged(headers), judged(headers, live=keys(needs_both=True))

    assert (either.proof, either.fault) == (proof, fault_if_either)
    assert (both.proof, both.fault) == (proof, fault_if_both)
    assert either.has_wrong_signature is both.has_wrong_signature is has_wrong_signature


def test_keys_never_show_themselves() -> None:
    assert repr(keys()) == "Keys(needs_both=False)"


IDS = st.text(string.ascii_letters + string.digits + "_.-", min_size=1, max_size=128)
BODIES = st.text(st.characters(codec="utf-8"), max_size=300)
TOLERATED_S = st.integers(-280, 280)


@given(st.binary(min_size=1, max_size=64), IDS, BODIES, TOLERATED_S, st.data())
def test_what_the_standards_own_package_accepts_is_accepted_and_one_change_refused(
    secret: bytes, message_id: str, body: str, age_s: int, data: st.DataObject
) -> None:
    now = datetime.now(UTC)  # the package knows no other clock
    sent_at = now.replace(microsecond=0) - timedelta(seconds=age_s)
    oracle = Oracle(secret)
    headers = {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(sent_at.timestamp())),
        "webhook-signature": oracle.sign(message_id, sent_at, body),
    }
    oracle.verify(body, headers, json_parse=False)
    name = data.draw(st.sampled_from([*headers]))
    changed = {**headers, name: data.draw(one_change(headers[name]))}

    assert judge(headers, body.encode(), keys(secret), now).proof is Proof.SIGNATURE
    assert not judge(changed, body.encode(), keys(secret), now).is_authentic
    assert not judge(headers, body.encode() + b"\0", keys(secret), now).is_authentic


def one_change(text: str) -> st.SearchStrategy[str]:
    """Replace one character by another, add one, or leave one out."""
    places = st.integers(0, len(text) - 1)
    characters = st.characters(min_codepoint=33, max_codepoint=126)
    replaced = st.builds(lambda at, new: text[:at] + new + text[at + 1 :], places, characters)
    added = st.builds(lambda at, new: text[:at] + new + text[at:], places, characters)
    shortened = st.builds(lambda at: text[:at] + text[at + 1 :], places)
    return st.one_of(replaced, added, shortened).filter(lambda changed: changed != text)


HOSTILE = st.one_of(st.text(), st.text("v1,= \x00\ud800é0+/"), st.sampled_from([*SIGNED.values()]))
NAMES = st.one_of(st.text(), st.sampled_from([*SIGNED, OWN_HEADER]))


@given(st.dictionaries(NAMES, HOSTILE), st.binary(), st.booleans())
def test_no_headers_and_no_body_raise_anything(
    headers: dict[str, str], body: bytes, needs_both: bool
) -> None:
    assert not judged(headers, body, keys(needs_both=needs_both)).is_authentic


def test_every_secret_is_compared_in_constant_time_whichever_fits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    compared: list[bytes] = []
    compare = hmac.compare_digest

    def counted(ours: bytes, sent: bytes) -> bool:
        compared.append(ours)
        return compare(ours, sent)

    monkeypatch.setattr(hmac, "compare_digest", counted)
    live = Keys((), (b"first", b"second"), needs_both=False)

    verdict = judge({OWN_HEADER: "first"}, b"", live, datetime(2026, 11, 21, 12, tzinfo=UTC))

    assert verdict.is_authentic
    assert compared == [b"first", b"second"]

"""Which webhooks are believed: proofs, their age, and secrets that change meanwhile."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest
from fakes import NOON
from orderwarden.domain.authenticity import Proof
from orderwarden.errors import ConfigurationError, TryAgain
from orderwarden.ports import HookSecrets
from webhook_builders import (
    CLIENT_SECRET,
    FORGED,
    JUST_READ,
    OWN,
    CountedSecrets,
    Rig,
    a_body,
    signed,
)


@pytest.mark.parametrize(
    ("age", "http_status", "code"),
    [
        (timedelta(days=4), 401, "too_old"),
        (timedelta(hours=47), 200, "queued"),
        (timedelta(minutes=-2), 200, "queued"),
        (timedelta(hours=-1), 401, "too_early"),
    ],
)
def test_time_is_bounded_for_either_proof(age: timedelta, http_status: int, code: str) -> None:
    rig, sent_at = Rig(), NOON - age

    by_signature = rig.post(signed(a_body(), sent_at=sent_at), a_body())
    by_header = rig.post(OWN, a_body(created_at=int(sent_at.timestamp())))

    for answer in (by_signature, by_header):
        assert (answer.http_status, answer.code) == (http_status, code)
    assert bool(rig.queue.signals) is (http_status == 200)


def test_a_senseless_timestamp_does_not_hide_the_age_of_an_event() -> None:
    headers = {**OWN, "webhook-timestamp": "now"}

    answer = Rig().post(headers, a_body(created_at=1561479335))

    assert (answer.http_status, answer.code) == (401, "too_old")


def test_an_event_without_any_time_is_believed_by_our_header() -> None:
    assert Rig().post(OWN, a_body(created_at=None)).code == "queued"


def test_a_fresh_signature_vouches_for_an_old_event() -> None:
    body = a_body(created_at=1561479335)

    assert Rig().post(signed(body), body).code == "queued"


def test_a_wrong_signature_beside_our_header_is_accepted_and_told() -> None:
    rig = Rig()

    answer = rig.post({**signed(b"another body"), **OWN}, a_body())

    assert (answer.code, answer.proof) == ("queued", Proof.HEADER)
    assert answer.has_wrong_signature
    assert len(rig.queue.signals) == 1


@pytest.mark.parametrize(
    ("headers", "http_status", "code"),
    [
        ({**signed(a_body()), **OWN}, 200, "queued"),
        (signed(a_body()), 401, "no_header"),
        (OWN, 401, "no_signature"),
        ({**signed(a_body(), "another secret"), **OWN}, 401, "wrong_signature"),
        ({**signed(a_body()), **FORGED}, 401, "wrong_header"),
    ],
)
def test_a_store_may_ask_for_both_proofs(
    headers: Mapping[str, str], http_status: int, code: str
) -> None:
    rig = Rig(CountedSecrets(replace(JUST_READ, needs_both=True)))

    answer = rig.post(headers, a_body())

    assert (answer.http_status, answer.code) == (http_status, code)


OLD_CACHE = HookSecrets(
    ("old secret",), ("old header",), needs_both=False, fetched_at=NOON - timedelta(seconds=31)
)


@pytest.mark.parametrize("headers", [signed(a_body()), OWN])
def test_a_new_secret_is_fetched_once_and_proves_the_webhook(headers: Mapping[str, str]) -> None:
    rig = Rig(CountedSecrets(cached=OLD_CACHE))

    answer = rig.post(headers, a_body())

    assert answer.code == "queued"
    assert rig.secrets.asked == [None, NOON - timedelta(seconds=30)]


def test_a_forgery_has_secrets_fetched_once_and_gets_401() -> None:
    rig = Rig(CountedSecrets(cached=OLD_CACHE))

    answer = rig.post(FORGED, a_body())

    assert (answer.http_status, answer.code) == (401, "wrong_header")
    assert rig.secrets.asked == [None, NOON - timedelta(seconds=30)]


def test_secrets_of_the_last_30_seconds_are_not_fetched_anew() -> None:
    secrets = replace(OLD_CACHE, fetched_at=NOON - timedelta(seconds=30))
    rig = Rig(CountedSecrets(cached=secrets))

    assert rig.post(OWN, a_body()).http_status == 401
    assert rig.secrets.asked == [None]


def test_a_proof_by_old_secrets_fetches_nothing() -> None:
    rig = Rig(CountedSecrets(cached=OLD_CACHE))

    assert rig.post(signed(a_body(), "old secret"), a_body()).code == "queued"
    assert rig.secrets.asked == [None]


@pytest.mark.parametrize("live", [(CLIENT_SECRET, "new"), ("old", CLIENT_SECRET)])
def test_both_secrets_are_good_while_they_rotate(live: tuple[str, ...]) -> None:
    rig = Rig(CountedSecrets(replace(JUST_READ, client_secrets=live)))

    assert rig.post(signed(a_body()), a_body()).code == "queued"


ERRORS = [TryAgain("throttled"), ConfigurationError("no secret abc123/hooks")]


@pytest.mark.parametrize("error", ERRORS)
@pytest.mark.parametrize("headers", [OWN, FORGED])
def test_secrets_out_of_reach_get_503(headers: Mapping[str, str], error: Exception) -> None:
    answer = Rig(CountedSecrets(cached=error)).post(headers, a_body())

    assert (answer.http_status, answer.code) == (503, "secrets_out_of_reach")
    assert answer.detail in {"throttled", "no secret abc123/hooks"}


@pytest.mark.parametrize("error", ERRORS)
def test_secrets_that_cannot_be_fetched_anew_get_503(error: Exception) -> None:
    answer = Rig(CountedSecrets(cached=OLD_CACHE, renewed=error)).post(OWN, a_body())

    assert (answer.http_status, answer.code) == (503, "secrets_out_of_reach")

"""Exit codes: every error of ours has one, and a message on stderr."""

from __future__ import annotations

import pytest
from orderwarden.errors import (
    AnswerLost,
    ConfigurationError,
    LeaseLost,
    NotFound,
    OrderwardenError,
    Refused,
    Rejected,
    StoreUnauthorised,
    TryAgain,
)
from orderwarden_cli.failures import told


class Unheard(OrderwardenError):
    """An error that nobody gave an exit code."""


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (ConfigurationError("a: wrong"), 3, "a: wrong"),
        (StoreUnauthorised("abc123", 401), 3, "store abc123: the API answered 401"),
        (TryAgain("timeout"), 4, "out of reach right now: timeout; try again later"),
        (AnswerLost("timeout"), 4, "out of reach right now: timeout; try again later"),
        (LeaseLost("lease_lost"), 4, "out of reach right now: lease_lost; try again later"),
        (
            TryAgain("store_error", detail="Down for maintenance"),
            4,
            "out of reach right now: store_error (Down for maintenance); try again later",
        ),
        (
            StoreUnauthorised("abc123", 403, "No such scope."),
            3,
            "store abc123: the API answered 403: No such scope.",
        ),
        (Refused(400, "no"), 1, "400: no"),
        (NotFound(404, "no such order"), 1, "404: no such order"),
        (Rejected("number_not_storable"), 1, "number_not_storable"),
        (Unheard("unheard of"), 1, "unheard of"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else None,
)
def test_every_error_has_an_exit_code_and_a_message(
    error: OrderwardenError, code: int, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended, told():
        raise error

    captured = capsys.readouterr()
    assert ended.value.code == code
    assert (captured.out, captured.err) == ("", f"error: {message}\n")


def test_every_problem_has_a_line_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit), told():
        raise ConfigurationError("a: wrong", "b: wrong too")

    assert capsys.readouterr().err == "error: a: wrong\nerror: b: wrong too\n"


def test_what_goes_well_ends_well() -> None:
    with told():
        result = "done"

    assert result == "done"


def test_a_bug_is_not_dressed_up() -> None:
    with pytest.raises(ZeroDivisionError), told():
        raise ZeroDivisionError

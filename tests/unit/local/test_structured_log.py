"""The log: one JSON object a line, whatever is logged and whatever becomes of the stream."""

from __future__ import annotations

import io
import json
import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal

import pytest
from fakes import NOON, TurnableClock
from orderwarden.services.log_fields import where
from orderwarden_local.structured_log import LibraryLog, LoggingNotifier, StructuredLog
from unit.machines import LogLines


@pytest.fixture
def lines() -> LogLines:
    return LogLines()


@pytest.fixture
def log(lines: LogLines) -> StructuredLog:
    return StructuredLog(TurnableClock(NOON + timedelta(milliseconds=250)), lines)


def test_an_event_is_one_line_with_its_time(log: StructuredLog, lines: LogLines) -> None:
    log.write("webhook", status=200, code="queued")

    assert lines.getvalue() == (
        '{"at": "2026-11-21T12:00:00.250000+00:00", "event": "webhook", '
        '"status": 200, "code": "queued"}\n'
    )


def test_what_is_absent_is_left_out_and_what_is_nought_is_not(
    log: StructuredLog, lines: LogLines
) -> None:
    log.write("e", none=None, empty="", zero=0, no=False, list=[])

    [event] = lines.events("e")
    assert {k: v for k, v in event.items() if k not in {"at", "event"}} == {
        "zero": 0,
        "no": False,
        "list": [],
    }


def test_no_text_breaks_a_line_and_no_value_fails(log: StructuredLog, lines: LogLines) -> None:
    log.write("e", text="a\nb\u2028\ud800é", money=Decimal("1.10"), at_=NOON)

    assert lines.getvalue().count("\n") == 1
    assert lines.getvalue().isascii()
    [event] = lines.events("e")
    assert (event["text"], event["money"]) == ("a\nb\u2028\ud800é", "1.10")


def test_lines_of_several_threads_do_not_mix(log: StructuredLog, lines: LogLines) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: log.write("e", number=n, text="x" * 500), range(200)))

    assert sorted(event["number"] for event in lines.events("e")) == list(range(200))


class BrokenPipe(io.StringIO):
    """A stream that nobody reads any more."""

    def write(self, text: str) -> int:
        raise BrokenPipeError(text)


def test_a_stream_that_fails_fails_nothing_else() -> None:
    closed = io.StringIO()
    closed.close()

    StructuredLog(TurnableClock(), BrokenPipe()).write("e")
    StructuredLog(TurnableClock(), closed).write("e")


def test_stderr_is_the_stream_unless_another_is_given(capsys: pytest.CaptureFixture[str]) -> None:
    StructuredLog(TurnableClock()).write("e")

    captured = capsys.readouterr()
    assert json.loads(captured.err)["event"] == "e"
    assert captured.out == ""


def test_a_notice_keeps_its_details_apart_from_its_own_fields(
    log: StructuredLog, lines: LogLines
) -> None:
    notifier = LoggingNotifier(log)

    notifier.notify("abc123", "per_hour", "n1", {"rule": "r", "store": "s", "event": "e"})
    notifier.notify("abc123", "store_stopped", "n2", {})

    first, second = lines.events("notice")
    assert (first["store"], first["kind"], first["notice_id"]) == ("abc123", "per_hour", "n1")
    assert first["detail"] == {"rule": "r", "store": "s", "event": "e"}
    assert "detail" not in second


# What libraries say


@pytest.fixture
def library(log: StructuredLog) -> logging.Logger:
    logger = logging.Logger("library.part")
    logger.addHandler(LibraryLog(log))
    return logger


def test_a_library_is_quoted_without_the_values_it_fills_in(
    library: logging.Logger, lines: LogLines
) -> None:
    library.warning("Retrying %s", "https://jane:pass-w0rd@example.com")

    [event] = lines.events("library")
    assert (event["library"], event["level"]) == ("library.part", "warning")
    assert event["said"] == "Retrying %s"
    assert "jane" not in lines.getvalue()


def test_of_an_exception_only_the_kind_is_told(library: logging.Logger, lines: LogLines) -> None:
    try:
        raise ZeroDivisionError("jane@example.com")
    except ZeroDivisionError:
        library.exception("Exception in ASGI application\njane@example.com")

    [event] = lines.events("library")
    assert (event["level"], event["error"]) == ("error", "ZeroDivisionError")
    assert event["said"] == "Exception in ASGI application"
    assert "jane" not in lines.getvalue()


def test_what_is_no_warning_is_not_told(library: logging.Logger, lines: LogLines) -> None:
    library.info("Started server process [%d]", 1)

    assert lines.getvalue() == ""


# Where a bug is


def test_a_bug_is_told_by_its_kind_and_the_line_it_came_from() -> None:
    with pytest.raises(ValueError, match="jane") as raised:
        int("jane@example.com")

    kind, _, place = where(raised.value).partition(" at ")
    assert kind == "ValueError"
    assert place.rpartition(":")[0] == __file__


def test_the_line_is_the_innermost() -> None:
    def inner() -> None:
        raise KeyError("k")

    with pytest.raises(KeyError) as raised:
        inner()

    line = inner.__code__.co_firstlineno + 1
    assert where(raised.value) == f"KeyError at {__file__}:{line}"


def test_a_bug_that_was_never_raised_has_no_place() -> None:
    assert where(ValueError("jane@example.com")) == "ValueError at ?"

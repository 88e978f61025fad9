"""What a check found."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from orderwarden.errors import OrderwardenError


class Level(StrEnum):
    """How bad it is: in order, worth a look, or it does not work like this."""

    OK = "ok"
    WARNING = "warning"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of a check-up.

    Attributes:
        check: What was looked at, a short name.
        told: What was found, one sentence.
        remedy: What to do about it; empty where it is in order.
        store: Store hash; empty for what concerns all of them.
    """

    check: str
    level: Level
    told: str
    remedy: str = ""
    store: str = ""


def fine(check: str, told: str) -> Finding:
    """Return that something is in order."""
    return Finding(check, Level.OK, told)


def doubtful(check: str, told: str, remedy: str) -> Finding:
    """Return that something is worth a look."""
    return Finding(check, Level.WARNING, told, remedy)


def broken(check: str, told: str, remedy: str) -> Finding:
    """Return that something does not work."""
    return Finding(check, Level.BROKEN, told, remedy)


def looked(
    check: str,
    look: Callable[[], Iterable[Finding]],
    remedy_of: Callable[[OrderwardenError], str] = lambda _: "",
) -> Iterator[Finding]:
    """Yield what a look finds; one that fails is a finding itself, and the others go on."""
    try:
        yield from look()
    except OrderwardenError as error:
        remedy = remedy_of(error) or "look again later"
        yield broken(check, f"this could not be looked at: {error}", remedy)

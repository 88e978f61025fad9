"""Faults: which calls go wrong, how, and whether the store carries them out all the same."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from fnmatch import fnmatchcase

from bigcommerce_sim.exchange import Ending, Response, json_response

_MOST = 10**9  # seconds, or times


class Answer(StrEnum):
    """What the client gets instead of the right answer."""

    STATUS = "status"  # an error in the API's own JSON
    HTML = "html"  # an error page of some gateway
    EMPTY = "empty"  # the status alone, no body
    HALF_JSON = "half_json"  # well framed, but the JSON stops in the middle
    TRUNCATED = "truncated"  # the connection closes in the middle of the body
    RESET = "reset"  # the connection is reset
    TIMEOUT = "timeout"  # silence
    SLOW = "slow"  # the right answer, `delay_s` late
    THROTTLED = "throttled"  # 429 with rate headers and X-Retry-After
    BARE_THROTTLED = "bare_throttled"  # 429 without any rate header
    ODD_THROTTLED = "odd_throttled"  # 429 with nonsense in the headers


class Effect(StrEnum):
    """What the store does about the call."""

    NONE = "none"  # the call never reached it
    DONE = "done"  # carried out before the answer went wrong
    LATE = "late"  # carried out `late_s` after the client was answered


@dataclass(frozen=True, slots=True)
class FaultRule:
    """Say which calls go wrong and how.

    `method` and `path` are shell patterns (`*`, `?`, `[ab]`); `path` is what follows
    `/stores/{hash}`, such as `/v2/orders/*`. The first `skip` matching calls pass;
    then each fails with `probability`, at most `times` times (None: for ever).
    `status` is used by `status`, `html` and `empty`. `slow`, `half_json` and `truncated`
    spoil the right answer, so their effect is always `done`.
    """

    answer: Answer
    method: str = "*"
    path: str = "*"
    effect: Effect = Effect.NONE
    status: int = 503
    probability: float = 1.0
    times: int | None = None
    skip: int = 0
    delay_s: float = 60.0
    late_s: float = 5.0
    name: str = ""

    def __post_init__(self) -> None:
        """Accept plain strings for the two enumerations and refuse what makes no sense.

        Raises:
            ValueError: an unknown answer or effect, a number out of range, a wrong type.
        """
        if not all(isinstance(each, str) for each in (self.method, self.path, self.name)):
            raise ValueError("method, path and name are strings")
        object.__setattr__(self, "answer", Answer(self.answer))
        effect = Effect.DONE if self.spoils_right_answer else Effect(self.effect)
        object.__setattr__(self, "effect", effect)
        if not 0.0 <= self.probability <= 1.0:
            raise ValueError("probability must be between 0 and 1")
        if not 200 <= self.status <= 599:
            raise ValueError("status must be an HTTP status")
        numbers = (self.delay_s, self.late_s, self.skip, self.times or 0)
        if not all(0 <= number <= _MOST for number in numbers):
            raise ValueError(f"numbers must be between 0 and {_MOST}")

    @property
    def spoils_right_answer(self) -> bool:
        """Say whether the answer is made from the right one."""
        return self.answer in (Answer.SLOW, Answer.HALF_JSON, Answer.TRUNCATED)


@dataclass(slots=True)
class ActiveRule:
    """Hold a rule at work: what it let pass, and how often it fired."""

    id: int
    rule: FaultRule
    matched: int = 0
    fired: int = 0


@dataclass(frozen=True, slots=True)
class FaultFired:
    """Hold one fault that took place."""

    moment: datetime
    rule_id: int
    name: str
    answer: Answer
    effect: Effect
    method: str
    path: str


class Faults:
    """Keep the rules; the first one that fires for a call decides its fate."""

    def __init__(self, dice: random.Random) -> None:
        self._dice = dice
        self._rules: dict[int, ActiveRule] = {}
        self._next_id = 0
        self.fired: list[FaultFired] = []

    def add(self, rule: FaultRule) -> int:
        """Put a rule at work and return its id."""
        self._next_id += 1
        self._rules[self._next_id] = ActiveRule(self._next_id, rule)
        return self._next_id

    def remove(self, rule_id: int) -> bool:
        """Take a rule away; False where it is gone."""
        return self._rules.pop(rule_id, None) is not None

    def clear(self) -> None:
        """Take all rules away; what has fired stays on record."""
        self._rules.clear()

    @property
    def rules(self) -> list[ActiveRule]:
        """Return the rules at work, oldest first."""
        return list(self._rules.values())

    def counts(self) -> dict[str, int]:
        """Return how often each kind of fault fired, as `answer/effect`."""
        counts: dict[str, int] = {}
        for each in self.fired:
            kind = f"{each.answer}/{each.effect}"
            counts[kind] = counts.get(kind, 0) + 1
        return counts

    def pick(self, method: str, path: str, now: datetime) -> FaultRule | None:
        """Return the rule that spoils this call, if one does."""
        for active in list(self._rules.values()):
            if self._fires(active, method, path):
                rule = active.rule
                fired = FaultFired(
                    now, active.id, rule.name, rule.answer, rule.effect, method, path
                )
                self.fired.append(fired)
                return rule
        return None

    def _fires(self, active: ActiveRule, method: str, path: str) -> bool:
        rule = active.rule
        if rule.times is not None and active.fired >= rule.times:
            return False
        if not (fnmatchcase(method, rule.method.upper()) and fnmatchcase(path, rule.path)):
            return False
        active.matched += 1
        if active.matched <= rule.skip:
            return False
        if rule.probability < 1.0 and self._dice.random() >= rule.probability:
            return False
        active.fired += 1
        return True


_HTML = (
    b"<!DOCTYPE html><html><head><title>Service trouble</title></head>"
    b"<body><h1>Something went wrong on the way</h1></body></html>"
)
_NONSENSE = {
    "x-rate-limit-time-window-ms": "NaN",
    "x-rate-limit-time-reset-ms": "-1",
    "x-rate-limit-requests-quota": "",
    "x-rate-limit-requests-left": "many",
    "x-retry-after": "soon",
}
_Maker = Callable[[FaultRule, str, dict[str, str]], Response]


def spoilt_answer(
    rule: FaultRule, path: str, right: Response | None, rate_headers: dict[str, str]
) -> Response:
    """Return what the client gets; `right` is the right answer, where there is one."""
    if right is not None and rule.spoils_right_answer:
        return _spoil(rule, right)
    return _MAKERS[rule.answer](rule, path, rate_headers)


def throttled_response(path: str, rate_headers: dict[str, str]) -> Response:
    """Return a 429 that says when to come back."""
    reset_ms = int(rate_headers["x-rate-limit-time-reset-ms"])
    answer = error_response(path, 429, "Too many requests")
    retry_after = {"x-retry-after": str(max(-(-reset_ms // 1000), 1))}
    return answer.with_headers({**rate_headers, **retry_after})


def error_response(path: str, status: int, message: str) -> Response:
    """Return an error in the shape of the API version that `path` belongs to."""
    if "/v3/" in path:
        return json_response({"status": status, "title": message, "type": ""}, status)
    return json_response([{"status": status, "message": message}], status)


def _spoil(rule: FaultRule, right: Response) -> Response:
    if rule.answer is Answer.SLOW:
        return Response(right.status, right.headers, right.body, delay_s=rule.delay_s)
    half = right.body[: len(right.body) // 2]
    if rule.answer is Answer.HALF_JSON:
        return Response(right.status, right.headers, half)
    return Response(right.status, right.headers, right.body, ending=Ending.CUT)


def _busy(path: str) -> Response:
    return error_response(path, 429, "Too many requests")


_MAKERS: dict[Answer, _Maker] = {
    Answer.RESET: lambda _rule, _path, _rates: Response(0, ending=Ending.RESET),
    Answer.TIMEOUT: lambda rule, _path, _rates: Response(
        0, ending=Ending.TIMEOUT, delay_s=rule.delay_s
    ),
    Answer.HTML: lambda rule, _path, _rates: Response(
        rule.status, {"content-type": "text/html; charset=UTF-8"}, _HTML
    ),
    Answer.EMPTY: lambda rule, _path, _rates: Response(rule.status),
    Answer.BARE_THROTTLED: lambda _rule, path, _rates: _busy(path),
    Answer.ODD_THROTTLED: lambda _rule, path, _rates: _busy(path).with_headers(_NONSENSE),
    Answer.THROTTLED: lambda _rule, path, rates: throttled_response(path, rates),
    Answer.STATUS: lambda rule, path, rates: error_response(
        path, rule.status, "Injected fault"
    ).with_headers(rates),
}

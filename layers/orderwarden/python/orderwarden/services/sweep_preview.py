"""What a sweep would do, order by order, without writing anything anywhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from orderwarden.domain.choice import Choice, Needs, choose
from orderwarden.domain.facts import UNREADABLE, Facts, Resource
from orderwarden.domain.line import HAD, Line
from orderwarden.domain.order import Order
from orderwarden.domain.rules.model import Rule
from orderwarden.domain.safeguards import Blocked, check
from orderwarden.domain.sweep_receipts import is_wanted, why_not
from orderwarden.domain.sweep_windows import windows
from orderwarden.errors import Refused, StoreUnauthorised
from orderwarden.ports import Answer
from orderwarden.services.sweep import SweepPorts, Target, sweeping_rules
from orderwarden.services.sweep_rows import Row, Rows

WOULD = "would"
WOULD_NOTE = "would, in shadow"
SKIPPED = "skipped"
OPEN = "open"


@dataclass(frozen=True, slots=True)
class Previewed:
    """One order that is due.

    Attributes:
        rule: The rule that would win; where it is left alone, the first that is due.
        verdict: would, `would, in shadow`, skipped, or open: that is told once it is swept.
        reason: Why it is skipped, or on what it depends.
    """

    order_id: int
    age_s: int
    total: Decimal | None
    currency: str
    payment_method: str
    rule: str
    verdict: str
    reason: str = ""


class Preview:
    """Goes through everything that is due, as a sweep does, and only reads."""

    def __init__(self, ports: SweepPorts, target: Target) -> None:
        """Keep what it works with."""
        self._ports = ports
        self._target = target
        paused = ports.state.controls(target.store).paused_rules
        self._rules = sweeping_rules(target.rules, paused)
        self._rows = Rows(target.store, target.rules, self._rules, ports, target.reader)

    def orders(self) -> Iterator[Previewed]:
        """Yield every order that is due, with what would become of it.

        Costs a call for each order whose money must be asked for.

        Raises:
            OutsideWindow: The store listed what was not asked for.
            TryAgain: The store does not answer now.
        """
        now = self._ports.clock.now()
        for wanted in windows(self._rules, now).values():
            for page in self._target.reader.order_pages(wanted):
                yield from self._of_page(page)

    def _of_page(self, page: Answer[tuple[Order, ...]]) -> Iterator[Previewed]:
        rows = list(self._rows.judge(page.value, page.at))
        signals = [row.due.signal(self._target.store, "", page.at) for row in rows]
        found = self._ports.receipts.look_up([signal.receipt_key for signal in signals])
        for row, signal in zip(rows, signals, strict=True):
            receipt = found.get(signal.receipt_key)
            if row.skipped:
                yield _told(row, row.rule, SKIPPED, row.skipped)
            elif receipt is not None and not is_wanted(receipt, self._ports.clock.now()):
                yield _told(row, row.rule, SKIPPED, why_not(receipt))
            else:
                yield self._decided(row)

    def _decided(self, row: Row) -> Previewed:
        store, order_id = self._target.store, row.facts.order.id
        lines = self._ports.changelog.of_order(store, order_id)
        holds = self._ports.state.holds(store, order_id)
        facts = row.facts
        while True:
            result = self._ask(row, facts, lines, holds)
            if isinstance(result, Needs) and result.resource is Resource.TRANSACTIONS:
                facts = self._with_transactions(facts)
                continue
            match result:
                case Needs():
                    return _told(row, row.rule, OPEN, result.resource.value)
                case None:
                    return _told(row, row.rule, SKIPPED, "no_match")
                case (choice, blocked) if blocked is not None:
                    return _told(row, choice.rule.name, SKIPPED, blocked.reason)
                case (choice, _):
                    verdict = WOULD if choice.rule.is_live else WOULD_NOTE
                    return _told(row, choice.rule.name, verdict, "")

    def _ask(
        self, row: Row, facts: Facts, lines: Sequence[Line], holds: frozenset[str]
    ) -> tuple[Choice, Blocked | None] | Needs | None:
        """Return which rule wins and what keeps it from acting; what to read first; or None."""
        rules = [each.rule for each in row.due.rules]
        choice = choose(rules, (), facts, lambda rule, _: not _had(rule, lines), _nobody)
        if not isinstance(choice, Choice):
            return choice
        protected = self._target.rules.protected_statuses
        blocked = check(choice, facts, lines, holds, protected)
        return blocked if isinstance(blocked, Needs) else (choice, blocked)

    def _with_transactions(self, facts: Facts) -> Facts:
        try:
            found = self._target.reader.transactions(facts.order.id).value
        except StoreUnauthorised:
            raise
        except Refused:
            return facts.with_resource(Resource.TRANSACTIONS, UNREADABLE)
        return facts.with_resource(Resource.TRANSACTIONS, found)


def _told(row: Row, rule: str, verdict: str, reason: str) -> Previewed:
    order = row.facts.order
    return Previewed(
        order_id=order.id,
        age_s=int((row.facts.now - order.date_created).total_seconds()),
        total=order.money("total_inc_tax"),
        currency=order.text("default_currency_code") or "",
        payment_method=order.text("payment_method") or "",
        rule=rule,
        verdict=verdict,
        reason=reason,
    )


def _had(rule: Rule, lines: Sequence[Line]) -> bool:
    """Return whether the rule's effect, had once for ever, was had."""
    return any(x.rule == rule.name and x.result in HAD and not x.occasion for x in lines)


def _nobody(_rule: Rule, _facts: Facts) -> bool:
    return False

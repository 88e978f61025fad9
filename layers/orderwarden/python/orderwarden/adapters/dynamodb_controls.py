"""The kill switch and approvals in DynamoDB: one item a store."""

from __future__ import annotations

from orderwarden.adapters.dynamodb_items import text_in, texts_in
from orderwarden.adapters.dynamodb_table import DynamoTable, Key
from orderwarden.ports import Controls


class DynamoStoreControls:
    """`ports.StoreControls`: subject store#controls, name `controls`."""

    _table: DynamoTable

    def controls(self, store: str) -> Controls:
        """Return what is stopped, paused and approved; all of one moment."""
        item = self._table.get(*_key(store)) or {}
        return Controls(
            stopped=text_in(item, "stopped"),
            paused_rules=texts_in(item, "paused_rules"),
            approved=texts_in(item, "approved"),
        )

    def stop(self, store: str, reason: str) -> bool:
        """Stop a store; return whether it ran until now. The first reason stays."""
        stopped = reason or "no reason given"  # a stop without a reason must not read as none
        refusal = self._table.update(
            _key(store),
            "SET #stopped = :stopped",
            "attribute_not_exists(#stopped)",
            stopped=stopped,
        )
        if refusal is None:
            return True
        was_ours = refusal.item is not None and text_in(refusal.item, "stopped") == stopped
        return refusal.was_sent_again and was_ours

    def resume(self, store: str) -> None:
        """Let a stopped store run."""
        self._table.update(_key(store), "REMOVE #stopped")

    def pause_rule(self, store: str, rule: str) -> None:
        """Pause one rule."""
        self._table.update(_key(store), "ADD #paused_rules :rule", rule=frozenset({rule}))

    def resume_rule(self, store: str, rule: str) -> None:
        """Let a paused rule run."""
        self._table.update(_key(store), "DELETE #paused_rules :rule", rule=frozenset({rule}))

    def approve(self, store: str, rule: str, fingerprint: str) -> None:
        """Let a rule go on beyond `approve_after` until it changes."""
        approved = frozenset({f"{rule}:{fingerprint}"})
        self._table.update(_key(store), "ADD #approved :approved", approved=approved)


def _key(store: str) -> Key:
    return f"{store}#controls", "controls"

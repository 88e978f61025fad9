"""News about failing hooks, for apps that asked for `store/hook/deliveryException`."""

from datetime import datetime, timedelta

from bigcommerce_sim.webhooks.hooks import Hook

_AT_MOST_EVERY = timedelta(minutes=10)  # for 90001 and each destination
_MESSAGES = {
    90001: "A delivery failed and will be tried again.",
    90002: "All retries of a delivery failed; the hook was deactivated.",
    90003: "The domain is blocked for three minutes.",
}


class ExceptionNews:
    """Decide what is worth telling and word it."""

    def __init__(self) -> None:
        self._told_at: dict[tuple[str, str], datetime] = {}

    def is_fresh(self, hook: Hook, code: int, now: datetime) -> bool:
        """Say whether to tell; of 90001 only every ten minutes for a destination."""
        if code != 90001:
            return True
        key = (hook.client_id, hook.destination)
        told_at = self._told_at.get(key)
        if told_at is not None and now - told_at < _AT_MOST_EVERY:
            return False
        self._told_at[key] = now
        return True

    def data(self, hook_id: int, code: int) -> dict[str, object]:
        """Return the `data` of the webhook."""
        return {
            "type": "webhook",
            "id": hook_id,
            "error_code": code,
            "message": _MESSAGES[code],
        }

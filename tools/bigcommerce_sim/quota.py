"""The store's request quota: one window, shared by all tokens."""

from datetime import datetime, timedelta

from bigcommerce_sim.settings import Settings


class Quota:
    """Count requests in fixed windows; a window begins with its first request."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._began_at: datetime | None = None
        self._used = 0

    def take(self, now: datetime, units: int = 1) -> bool:
        """Use up `units`; False, and nothing used, when the window has not that much left."""
        self._open(now)
        if self._used + units > self._settings.quota_requests:
            return False
        self._used += units
        return True

    def headers(self, now: datetime) -> dict[str, str]:
        """Return the four rate headers as they stand."""
        self._open(now)
        left = max(self._settings.quota_requests - self._used, 0)
        return {
            "x-rate-limit-time-window-ms": str(round(self._settings.quota_window_s * 1000)),
            "x-rate-limit-time-reset-ms": str(self.reset_ms(now)),
            "x-rate-limit-requests-quota": str(self._settings.quota_requests),
            "x-rate-limit-requests-left": str(left),
        }

    def reset_ms(self, now: datetime) -> int:
        """Return the milliseconds until the window refills."""
        window = timedelta(seconds=self._settings.quota_window_s)
        if self._began_at is None:
            return round(window.total_seconds() * 1000)
        left = self._began_at + window - now
        return max(round(left.total_seconds() * 1000), 0)

    def _open(self, now: datetime) -> None:
        window = timedelta(seconds=self._settings.quota_window_s)
        if self._began_at is None or not self._began_at <= now < self._began_at + window:
            self._began_at, self._used = now, 0

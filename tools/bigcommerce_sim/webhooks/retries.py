"""When a failed webhook is tried again."""

# Gaps after each failure, in seconds: 11 retries, 48 h 04 m in all
GAPS_S = (60, 180, 300, 600, 900, 1800, 3600, 7200, 21600, 50400, 86400)


def gap_after(failures: int) -> int | None:
    """Return how long to wait after this many failures; None when it was the last."""
    return GAPS_S[failures - 1] if failures <= len(GAPS_S) else None

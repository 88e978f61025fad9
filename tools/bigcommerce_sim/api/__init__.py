"""The REST API: what may be called, by whom, and what it answers."""

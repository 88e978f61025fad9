"""Pure decisions: same input, same output; no I/O, clock, environment or logging."""

"""The steps of `process`, one file each: claim, settle, read, decide, write, end.

docs/architecture.md, "A signal's way", tells them in order.
"""

"""Hooks, and how their webhooks are made, signed, delivered and tried again."""

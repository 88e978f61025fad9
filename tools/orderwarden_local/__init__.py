"""Orderwarden on one machine, with nothing but Python."""

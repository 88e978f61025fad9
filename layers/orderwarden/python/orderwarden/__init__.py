"""Orderwarden keeps the order statuses of a BigCommerce store right and says why."""

"""The `orderwarden` command; never shipped to Lambda."""

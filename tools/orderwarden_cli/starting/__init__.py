"""The files that `orderwarden init` writes."""

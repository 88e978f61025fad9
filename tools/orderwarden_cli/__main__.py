"""`python -m orderwarden_cli`."""

from orderwarden_cli.main import main

main()

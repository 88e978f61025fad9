"""Run the simulator with `python -m bigcommerce_sim`."""

from bigcommerce_sim.cli import main

main(prog_name="orderwarden-sim")

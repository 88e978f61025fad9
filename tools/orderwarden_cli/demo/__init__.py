"""`orderwarden demo`: the main job, shown end to end on one machine in a minute."""

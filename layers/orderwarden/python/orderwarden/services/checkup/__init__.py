"""The checks of `orderwarden doctor`: each looks at one thing and changes nothing."""

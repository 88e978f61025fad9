"""Technology behind the ports, one file per technology and port."""

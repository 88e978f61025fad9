"""The store over HTTP: server, control API, page."""

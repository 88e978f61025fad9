"""What the store holds and how it changes; nothing here knows of HTTP."""

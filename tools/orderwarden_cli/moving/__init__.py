"""Taking all that a store's effects hang on from one host to another: a file, and its import."""

"""Use cases, one a file; they get every port as an argument and return what happened."""

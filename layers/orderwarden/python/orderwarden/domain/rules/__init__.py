"""The rule language: its compiled form, its three-valued logic, its choice of a winner."""

"""Floor 8: who may do what: accounts, roles, sessions, and the journal of what was done. Knows no web library."""

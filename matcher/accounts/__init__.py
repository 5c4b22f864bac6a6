"""Who may do what: accounts, roles, sessions, audit. Knows no web library."""

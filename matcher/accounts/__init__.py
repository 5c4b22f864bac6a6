"""Accounts: persons, roles, sign-in, sessions and the audit journal. Knows no web library."""

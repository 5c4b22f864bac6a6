"""Accounts: persons, roles, sign-in, sessions and the audit journal. Imports no web library."""

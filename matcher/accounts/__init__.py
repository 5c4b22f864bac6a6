"""Accounts, roles, sign-in, sessions, API tokens, organisations and the audit journal. Imports no web framework.

`most`: an upper limit on a number of results or values.
"""

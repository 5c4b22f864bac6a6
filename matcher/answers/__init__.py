"""Sharing of suppliers' answers between installations of Entremise: a file of signed lines, imported by a person, each revocable by another line.

`most`: an upper limit on a number of results or values.
"""

"""Sheets of purchases: the programme to come, the spending of the past."""

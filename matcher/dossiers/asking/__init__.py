"""Campaigns: one message to many suppliers whose trade is not known, each with a secret link to a form, and the answers that come back."""

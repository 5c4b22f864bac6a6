"""Campaigns that ask suppliers what they do, the same for all, and what they answer."""

"""Sourcing files (dossiers): for one tender, the frozen lists of suppliers, their follow-up, calls, messages, contracts and hours of insertion."""

"""The pages of the Club."""

"""Finds the place of execution of a need, from its text, the place typed or recorded, and the buyer."""

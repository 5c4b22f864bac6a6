"""Numbers that a buyer checks: inclusive or not, and what the catalogue knows of each."""

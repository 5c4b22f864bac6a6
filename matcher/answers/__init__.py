"""Answers of suppliers that travel from one installation to another: signed facts in a file, taken in by a person, withdrawn by a line too."""

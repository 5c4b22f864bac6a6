"""A Document or rows as bytes. Knows no noun."""

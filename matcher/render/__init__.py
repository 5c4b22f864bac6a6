"""A Document or rows as bytes, whatever they are about."""

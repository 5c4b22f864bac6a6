"""Who could answer together."""

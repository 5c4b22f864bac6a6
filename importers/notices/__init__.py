"""Notices and awards of public contracts, one file a source: what each publishes, in its own words."""

"""The shelf: suppliers laid out as arrays."""

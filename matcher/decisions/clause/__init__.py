"""The plan of a social clause."""

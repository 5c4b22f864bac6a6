"""Domain types shared by the whole project: supplier, lot, place, reading, match. Pure: no lookups, no input or output."""

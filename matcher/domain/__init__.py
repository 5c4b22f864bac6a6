"""Types that the whole project talks about: supplier, lot, place, reading, match. Pure: no lookups, no input or output."""

"""Import of files and online sources into the catalogue: reading, cleaning, matching, merging and writing, in one transaction."""

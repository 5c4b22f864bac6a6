"""From a file to the catalogue, in one transaction."""

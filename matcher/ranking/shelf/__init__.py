"""The shelf: all suppliers of the catalogue as arrays (columns), so that a lot is compared with all of them at once."""

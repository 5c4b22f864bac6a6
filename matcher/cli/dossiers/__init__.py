"""`dossier`."""

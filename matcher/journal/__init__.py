"""Journals of changes, from which dossiers and meeting days are rebuilt. Knows no noun."""

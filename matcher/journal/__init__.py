"""Journals of changes, from which dossiers and meeting days are rebuilt; independent of any noun."""

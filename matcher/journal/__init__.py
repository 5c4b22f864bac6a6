"""Changes, kept: the truth of dossiers and meeting days."""

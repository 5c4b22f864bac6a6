"""Web pages of dossiers (saved purchases: frozen lists of candidates, calls, decisions, contracts) and of campaigns that question suppliers."""

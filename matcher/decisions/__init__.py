"""Decisions of a buyer or of a contract's winner: opinion, groupement, allotment, clause, purchases, coverage."""

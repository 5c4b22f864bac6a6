"""Reads the tender documents that a buyer publishes (DCE, dossier de consultation: each document is a piece) into proposed lots.

Lever: legal means by which a buyer reaches inclusive suppliers (reservation, social clause, subcontracting).
"""

"""Tender documents: the pieces of a DCE, and the lots that they propose."""

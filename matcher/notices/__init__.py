"""Public procurement notices (calls for tenders, corrections, awards): cleaned, grouped by contract into lots, and matched with the suppliers."""

"""Lists of published lots, notices and ending contracts: selection by date, place, trade and buyer, then documents, CSV and JSON."""

"""Web pages of meeting days (« Club Busin’ESS »: events of short planned meetings between buyers and suppliers)."""

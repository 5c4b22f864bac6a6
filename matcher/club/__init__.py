"""Club Busin’ESS: who should meet whom, and when."""

"""Reference data: typed lookups over the CSV tables of data/reference (law, trades, geography, glossary…). Pure: no database."""

"""Who comes: spreadsheets and the public form."""

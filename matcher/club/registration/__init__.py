"""Registration of participants: spreadsheets and the public form."""

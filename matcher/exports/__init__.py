"""Floor 9: what leaves the project in a file. Objects in, bytes out, safe to open in a spreadsheet."""

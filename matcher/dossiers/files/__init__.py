"""A dossier, and the list of them, as files: workbook, CSV, JSON, paper; and brought back from one."""

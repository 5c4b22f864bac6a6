"""Files of dossiers: export of one dossier or of their list (workbook, CSV, JSON, printed document), and import of an exported file."""

"""Documents that people write to be read (PDF, DOCX, ODT, workbooks), as text, page by page."""

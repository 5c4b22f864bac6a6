"""Extracts the text of documents (PDF, DOCX, ODT, workbooks), page by page."""

"""Renderers of decision documents and of rows of data: XLSX, CSV, JSON, iCalendar, terminal. HTML pages are in `templates/`."""

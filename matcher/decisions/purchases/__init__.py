"""Spreadsheets of purchases that a buyer uploads: future purchases (programme), past spending, supplier names to recognise; answered line by line."""

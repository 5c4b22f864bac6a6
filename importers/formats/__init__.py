"""File → rows: what a file is, is found from its content; every fault is a SourceError in French."""

from importers.formats.content import Content, File, decode, load
from importers.formats.items import JsonRow, read_items
from importers.formats.table import Header, Table, read_lines, read_table

__all__ = [
    "Content",
    "File",
    "Header",
    "JsonRow",
    "Table",
    "decode",
    "load",
    "read_items",
    "read_lines",
    "read_table",
]

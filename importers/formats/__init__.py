"""File → rows: what a file is, is found from its content; every fault is a SourceError in French."""

from importers.formats.content import Content, File, decode, load
from importers.formats.grids import Grid, grid_of, read_grids
from importers.formats.items import JsonObject, JsonRow, read_items, read_objects
from importers.formats.table import HeaderRule, Table, read_lines, read_table

__all__ = [
    "Content",
    "File",
    "Grid",
    "HeaderRule",
    "JsonObject",
    "JsonRow",
    "Table",
    "decode",
    "grid_of",
    "load",
    "read_grids",
    "read_items",
    "read_lines",
    "read_objects",
    "read_table",
]

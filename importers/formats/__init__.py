"""Reads files of any tabular format (CSV, JSON, XLSX, XLS, ODS, Parquet), recognised by content, into rows; every fault is a SourceError in French."""

from importers.formats.content import Content, File, decode, load
from importers.formats.grids import Grid, grid_of, read_grids
from importers.formats.items import JsonObject, JsonRow, read_json_objects, read_json_rows
from importers.formats.table import HeaderRule, Table, read_delimited, read_sheet_table

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
    "read_delimited",
    "read_grids",
    "read_json_objects",
    "read_json_rows",
    "read_sheet_table",
]

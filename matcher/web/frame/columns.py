"""The page on which a person says what the columns of a sheet hold, the same for every kind of sheet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import render_template, request

from importers.formats.column_tally import SeenHeader
from importers.formats.columns import IGNORE, SheetKind, fields_of, needed_words
from matcher.catalogue.store.column_mappings import remember_columns
from matcher.web.frame.app_state import desk


@dataclass(frozen=True, slots=True)
class ColumnsPage:
    """Question on the columns of sheets of one `kind`: the files by the prefix of their fields, each with its name and headers; where
    the answer goes, where one goes back to, and what the button does."""

    kind: SheetKind
    files: Mapping[str, tuple[str, Sequence[SeenHeader]]]
    action: str
    back: str
    button: str = "Lire avec ces colonnes"

    def page(self, faults: Mapping[str, str] | None = None) -> tuple[str, int]:
        """Return the page, as it was filled where there are faults."""
        page = render_template(
            "frame/colonnes.html",
            asked=self,
            fields=fields_of(self.kind.table),
            needed=needed_words(self.kind),
            faults=faults or {},
            given=request.form,
        )
        return page, 422 if faults else 200

    def take(self) -> dict[str, str]:
        """Remember what the form says of every column; return the faults, by field, for which nothing is remembered."""
        said: dict[tuple[str, ...], dict[str, str]] = {}
        faults: dict[str, str] = {}
        fields = fields_of(self.kind.table)
        for prefix, (file_name, headers) in self.files.items():
            for at, header in enumerate(headers):
                given = [request.form.get(self.field(prefix, at, place), "") for place in range(len(header.columns))]
                said[header.names] = {
                    name: key if key in fields else IGNORE for name, key in zip(header.names, given, strict=True)
                }
                if not all(set(group) & set(given) for group in self.kind.needs):
                    faults[self.field(prefix, at, 0)] = (
                        f"« {file_name} » : dites quelle colonne donne {needed_words(self.kind)}."
                    )
        if not faults:
            remember_columns(desk().engine, self.kind.table, said, now=datetime.now(UTC))
        return faults

    @staticmethod
    def field(prefix: str, header: int, column: int) -> str:
        """The name of the field of one column."""
        return f"{prefix}_{column}" if header == 0 else f"{prefix}_{header}_{column}"

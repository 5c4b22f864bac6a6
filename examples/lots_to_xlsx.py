"""A CSV of lots in, one workbook out: who may answer each lot, why, and what is left to ask.

    python examples/lots_to_xlsx.py examples/lots.csv listes.xlsx

The CSV has a column `objet`, and any of lot_id, lieu, cpv, montant, duree, date, levier, the first word of its title; an empty cell is not
given. A lot that cannot be answered has a line that says why: nothing is left out in silence.
"""

import csv
import sys
from collections.abc import Iterator
from pathlib import Path

import xlsxwriter

from matcher import OpenCatalogue, QuestionRefused, open_catalogue

HEADER = ["lot", "bande", "place", "structure", "types", "commune", "km", "SIRET", "ce qui parle pour", "à demander"]


def rows(catalogue: OpenCatalogue, lot: dict[str, str]) -> Iterator[list[object]]:
    """Yield a row for each supplier of the first screen of a lot."""
    try:
        answer = catalogue.rank(**{field: value for field, value in lot.items() if value})
    except QuestionRefused as refusal:
        yield [lot["lot_id"], "refusé", "", str(refusal)]
        return
    if answer["question"]:
        yield [lot["lot_id"], "question", "", answer["question"]]
    matches = {match["id"]: match for match in answer["matches"]}
    for match in (matches[identifier] for identifier in answer["screen"]):
        reasons = [part["says"] for part in match["contributions"] if part["stance"] == "pour"]
        questions = [part["question"] for part in match["contributions"] if part["question"]]
        yield [
            match["lot_id"], match["band"], match["place"], match["name"], ", ".join(match["kinds"]), match["city"],
            match["distance_km"], match["siret"], " ; ".join(reasons), " ; ".join(questions),
        ]  # fmt: skip


def main(source: Path, target: Path) -> None:
    """Write the workbook `target` of the lots of `source`."""
    with source.open(encoding="utf-8-sig", newline="") as file:
        titles, *lines = csv.reader(file, delimiter=";")
    fields = [title.split()[0] for title in titles]  # « montant total HT » is the field `montant`
    lots = [dict(zip(fields, line, strict=True)) for line in lines]
    with open_catalogue() as catalogue, xlsxwriter.Workbook(target) as book:
        sheet = book.add_worksheet("Candidats")
        sheet.freeze_panes(1, 0)
        written = [HEADER, *(row for lot in lots for row in rows(catalogue, lot))]
        for number, line in enumerate(written):
            sheet.write_row(number, 0, line)
    print(f"{len(written) - 1} lignes pour {len(lots)} lots : {target}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))

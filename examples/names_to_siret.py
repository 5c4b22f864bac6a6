"""Who are the suppliers of a ledger? One name a line in, one line a name out: sure, to confirm, or unknown.

    python examples/names_to_siret.py < noms.txt > noms.csv

A name alone is hardly ever sure: the options and what agrees are given for a person to decide. `{"name": …, "city": …}` in the place of a
name, or its post code, is surer; so is `entremise rapprocher`, which keeps what a person answered.
"""

import csv
import sys

from matcher import open_catalogue


def main() -> None:
    """Read names on the standard input, and write a CSV on the standard output."""
    names = [line.strip() for line in sys.stdin if line.strip()]
    sheet = csv.writer(sys.stdout, delimiter=";")
    sheet.writerow(["nom", "certitude", "SIRET", "options"])
    with open_catalogue() as catalogue:
        for line in catalogue.reconcile(names):
            options = [f"{one['name']}, {one['city']} ({one['siret']}) : {one['evidence']}" for one in line["options"]]
            sheet.writerow([line["nom"], line["certitude"], line["siret"], " | ".join(options)])


if __name__ == "__main__":
    main()

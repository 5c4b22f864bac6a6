"""Invented directories of any size: real communes, fictional names and SIRETs; the same seed gives the same file."""

import csv
import random
from pathlib import Path

from matcher.reference.tables import rows as reference_rows
from tests.factories import siret

HEADER = (
    *("Référence", "Raison sociale", "Type", "SIRET", "Adresse", "Code postal", "Commune", "Latitude", "Longitude"),
    *("Téléphone", "Site web", "Effectif", "Activités", "Présentation"),
)
KINDS = ("ESAT", "EA", "EI", "ACI", "AI", "ETTI")
FIRST = ("Les Ateliers", "Chantiers", "Le Relais", "Les Jardins", "La Manufacture", "Services", "La Blanchisserie")
SECOND = ("du Marais", "des Trois Écluses", "du Val", "de la Plaine", "des Hortensias", "du Canal", "des Remparts")
STREETS = ("rue des Remparts", "chemin du Moulin", "avenue de la Gare", "place du Marché", "zone artisanale du Pré")
TRADES = (
    *("Entretien des espaces verts", "Nettoyage de locaux", "Blanchisserie", "Restauration collective", "Traiteur"),
    *("Conditionnement", "Menuiserie", "Collecte de déchets", "Numérisation de documents", "Peinture"),
)


def write_directory(path: Path, rows: int, seed: int = 1) -> Path:
    """Write a sheet of `rows` suppliers, for the importer `tableur`; one row in twenty repeats a SIRET, one in ten has none."""
    chance = random.Random(seed)  # noqa: S311  # invented rows, no secret
    towns = [town for town in reference_rows("communes") if town["codes_postaux"] and town["lat"]]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(HEADER)
        for rank in range(1, rows + 1):
            town = chance.choice(towns)
            same = chance.randint(1, rank) if chance.random() < 0.05 else rank
            number = siret(same) if chance.random() < 0.9 else ""
            writer.writerow(
                (
                    *(f"B{rank}", f"{chance.choice(FIRST)} {chance.choice(SECOND)} {rank}", chance.choice(KINDS)),
                    *(number, f"{chance.randint(1, 99)} {chance.choice(STREETS)}"),
                    *(town["codes_postaux"].split()[0], town["nom"], town["lat"], town["lon"]),
                    *(f"03{chance.randint(0, 99_999_999):08d}", f"www.structure-{rank}.example"),
                    *(chance.choice(("", str(chance.randint(3, 250)))), " ; ".join(chance.sample(TRADES, 2))),
                    f"Nous intervenons autour de {town['nom']} : {chance.choice(TRADES).lower()}.",
                )
            )
    return path

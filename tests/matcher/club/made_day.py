"""Made-up sheets of a Club as organisers keep them, what they mean, and a checker of timetables that knows nothing else. Seeded.

Each line has an e-mail of its own, by which the checker finds who is who: names are misspelt, doubled and corrected on the way.
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from matcher.club.meeting_day.answers import NEW, NOBODY, OTHER
from matcher.club.meeting_day.changes import AnswerQuestion
from matcher.club.meeting_day.meeting_day import Doubt, ImportQuestion, MeetingDay, Tie
from matcher.club.meeting_day.store import Person

# What buyers write, and what suppliers write, of one trade.
TRADES: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "linge": (("Blanchisserie", "Location et entretien du linge"), ("blanchisserie", "Lavage de linge")),
    "vert": (("Entretien des espaces verts", "Tonte et taille de haies"), ("Espaces verts", "espaces verts, élagage")),
    "repas": (("Traiteur pour un colloque", "Cocktail et buffets"), ("Traiteur", "traiteur, buffets")),
    "propre": (("Nettoyage des bureaux", "Entretien des locaux"), ("Nettoyage de locaux", "Propreté, vitrerie")),
    "peint": (("Travaux de peinture", "Peinture des couloirs"), ("Peinture", "peinture, revêtements de sols")),
    "bois": (("Fabrication de mobilier en bois", "Menuiserie"), ("Menuiserie", "menuiserie, agencement")),
    "papier": (("Archivage de dossiers", "Numérisation de documents"), ("Archivage", "numérisation de documents")),
    "colis": (("Conditionnement et mise sous pli", "Conditionnement"), ("Conditionnement", "Mise sous pli")),
    "fil": (("Couture de tenues", "Confection de sacs"), ("Couture", "couture, confection textile")),
    "encre": (("Impression de flyers", "Imprimerie"), ("Imprimerie", "impression numérique")),
    "potager": (("Paniers de légumes bio", "Maraîchage"), ("Maraîchage", "maraîchage biologique")),
    "camion": (("Déménagement de bureaux", "Déménagement"), ("Déménagement", "déménagement, manutention")),
}
# Sixteen trades more, for the bench: as many as on the sheets of a region.
WIDE: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    **TRADES,
    "tri": (("Collecte du papier de bureau", "Tri des déchets et des cartons"), ("Collecte et tri", "tri de déchets")),
    "informatique": (("Ordinateurs reconditionnés", "Réemploi informatique"), ("Reconditionnement informatique",)),
    "accueil": (("Standard téléphonique", "Accueil et standard"), ("Centre d’appels", "accueil, standard")),
    "renfort": (("Manœuvres en intérim d’insertion", "Intérim d’insertion"), ("Intérim", "travail temporaire")),
    "métal": (("Garde-corps et portails", "Métallerie"), ("Métallerie, serrurerie", "métallerie")),
    "maçon": (("Reprise de murs en maçonnerie", "Maçonnerie"), ("Maçonnerie", "maçonnerie, gros œuvre")),
    "vélo": (("Réparation de vélos", "Entretien de vélos"), ("Réparation de cycles", "Réparation de vélos")),
    "auto": (("Nettoyage de véhicules", "Lavage de véhicules"), ("Lavage de véhicules", "nettoyage de véhicules")),
    "palette": (("Palettes sur mesure", "Fabrication de palettes"), ("Palettes", "fabrication de palettes")),
    "livraison": (("Livraison en vélo-cargo", "Transport de colis"), ("Livraison", "transport, livraison")),
    "électrique": (("Assemblage de cartes électroniques", "Câblage électrique"), ("Câblage", "montage électronique")),
    "enseigne": (("Signalétique", "Plaques de rue et signalétique"), ("Signalétique, gravure", "signalétique")),
    "cantine": (("Restauration du personnel", "Repas livrés"), ("Restauration collective", "restauration")),
    "rénovation": (("Pose de plâtrerie", "Plâtrerie et isolation"), ("Plâtrerie", "plâtrerie, isolation")),
    "routage": (("Routage de courrier", "Affranchissement et routage"), ("Routage", "routage, mise sous pli")),
    "couvert": (("Réfection de toiture", "Couverture"), ("Couverture", "couverture, zinguerie")),
}
# Between two needs of a cell, as buyers write them.
BETWEEN = (" ; ", " + ", " / ", "\n", "\n- ")
TOWNS = ("Maubeuge", "Lille", "Arras", "Denain", "Douai", "Valenciennes", "Lens", "Cambrai")
BUYERS = (
    "Ville",
    "Hôpital",
    "Collège",
    "Communauté de communes",
    "Bailleur",
    "Lycée",
    "Syndicat mixte",
    "Université",
    "Région",
)
AFTER = ("du Val Fictif", "des Trois Écluses", "de la Plaine", "du Marais", "des Remparts", "du Moulin", "de l’Étang")
# Hours as they are written, and the minutes that they mean.
HOURS: tuple[tuple[str, int, int], ...] = (
    ("arrive 9h40", 580, 1440),
    ("10h00 - 11h20", 600, 680),
    ("part à 11h", 0, 660),
    ("à partir de 10h", 600, 1440),
    ("de 9h à 11h30", 540, 690),
    ("pas avant 10h", 600, 1440),
    ("absent le matin", 720, 1440),
    ("présent l’après-midi", 720, 1440),
    ("matin seulement", 0, 720),
    ("absent jusqu’à 10h", 600, 1440),
    ("dispo 9h40 → 12h", 580, 720),
)
BUYER_COLUMNS = (
    *("Votre structure", "Besoin", "Ville", "Contact", "Mail / tél", "Présence"),
    *("Ne veut pas voir", "Souhaite voir"),
)
SUPPLIER_COLUMNS = (
    *("Structure", "SIRET", "Savoir-faire", "Effectif", "Zone d’intervention", "Ville", "Contact", "Mail / tél"),
    *("Disponibilité", "Structures à éviter"),
)


@dataclass(frozen=True, slots=True)
class Listed:
    """A supplier of a catalogue, as a sheet may name it."""

    id: str
    name: str
    siret: str
    city: str


@dataclass(frozen=True, slots=True)
class Guest:
    """What is true of somebody who comes: its trades (keys of `TRADES`), and the minutes from which and until which it is there."""

    name: str
    trades: tuple[str, ...]
    here: tuple[int, int] = (0, 1440)
    listed: str = ""


@dataclass(frozen=True, slots=True)
class MadeDay:
    """Two sheets and what they mean: `guests` by the e-mails of their lines, `refusals` between guests, and whom the names written mean."""

    buyers: str
    suppliers: str
    guests: Mapping[str, Guest]
    refusals: frozenset[frozenset[str]]
    meant: Mapping[str, str]

    def write(self, folder: Path) -> tuple[Path, Path]:
        """Write both sheets in a folder."""
        paths = folder / "acheteurs.csv", folder / "fournisseurs.csv"
        for path, text in zip(paths, (self.buyers, self.suppliers), strict=True):
            path.write_text(text, encoding="utf-8")
        return paths


def made_day(seed: int, buyers: int, suppliers: int, listed: Sequence[Listed], *, wide: bool = False) -> MadeDay:
    """Return the sheets of so many buyers and suppliers, these drawn from a catalogue; some misspelt, some there twice.

    `wide`: of all the trades of `WIDE`, more needs of a buyer, in one cell as they are really written, and wishes among those who do them.
    """
    making = _Making(Random(seed), WIDE if wide else TRADES)  # noqa: S311  # invented rows, no secret
    names = [f"{kind} {after}" for kind in BUYERS for after in AFTER]
    names += [f"{name} {nth}" for nth in range(2, 2 + buyers // len(names)) for name in names]
    bought = [making.buyer(name) for name in making.draw.sample(names, buyers)]
    sold = [making.supplier(one) for one in making.draw.sample(list(listed), suppliers)]
    for one, others in ((bought, sold), (sold, bought)):
        for line in making.draw.sample(one, len(one) // 4):
            making.refuse(line, making.draw.choice(others))
    for line in bought if wide else ():
        making.wish(line, sold)
    return MadeDay(
        making.sheet(BUYER_COLUMNS, bought),
        making.sheet(SUPPLIER_COLUMNS, sold),
        making.guests,
        frozenset(making.refusals),
        making.meant,
    )


@dataclass(slots=True)
class _SheetLine:
    guest: Guest
    email: str
    cells: dict[str, str]
    again: dict[str, str]


class _Making:
    def __init__(self, draw: Random, trades: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]) -> None:
        self.draw, self.trades = draw, trades
        self.guests: dict[str, Guest] = {}
        self.refusals: set[frozenset[str]] = set()
        self.meant: dict[str, str] = {}

    def buyer(self, name: str) -> _SheetLine:
        wide = self.trades is WIDE
        trades = self.draw.sample(list(self.trades), self.draw.choice((1, 1, 2, 3, 4) if wide else (1, 1, 2)))
        between = self.draw.choice(BETWEEN) if wide else BETWEEN[0]
        needs = between.join(self.draw.choice(self.trades[trade][0]) for trade in trades)
        return self._line(Guest(name, tuple(trades)), {"Votre structure": name, "Besoin": needs}, "Présence", needs)

    def supplier(self, one: Listed) -> _SheetLine:
        trade = self.draw.choice(list(self.trades))
        said = self.draw.choice(self.trades[trade][1])
        name = self._misspelt(one.name) if self.draw.random() < 0.2 else one.name
        cells = {"Structure": name, "Savoir-faire": said, "Ville": one.city}
        cells["SIRET"] = one.siret if self.draw.random() < 0.7 else ""
        cells["Effectif"] = str(self.draw.randint(4, 90)) if self.draw.random() < 0.5 else ""
        cells["Zone d’intervention"] = "Nord, Pas-de-Calais" if self.draw.random() < 0.3 else ""
        return self._line(Guest(one.name, (trade,), listed=one.id), cells, "Disponibilité", said)

    def refuse(self, line: _SheetLine, other: _SheetLine) -> None:
        """Write whom a line does not want to see, as it is really spelt."""
        self.refusals.add(frozenset((line.guest.name, other.guest.name)))
        self.meant[other.guest.name] = other.guest.name
        line.cells["Ne veut pas voir" if "Besoin" in line.cells else "Structures à éviter"] = other.guest.name

    def wish(self, line: _SheetLine, others: Sequence[_SheetLine]) -> None:
        """Write, for four buyers in ten, whom it wishes to see: somebody who does what it needs."""
        does = [one for one in others if {*one.guest.trades} & {*line.guest.trades}]
        does = [one for one in does if frozenset((line.guest.name, one.guest.name)) not in self.refusals]
        if does and self.draw.random() < 0.4:
            other = self.draw.choice(does)
            self.meant[other.guest.name] = other.guest.name
            line.cells["Souhaite voir"] = other.guest.name

    def sheet(self, columns: Sequence[str], lines: Sequence[_SheetLine]) -> str:
        """Return the lines as a CSV, the doubles at the end."""
        text = io.StringIO()
        writer = csv.DictWriter(text, columns, restval="", delimiter=";")
        writer.writeheader()
        writer.writerows(line.cells for line in lines)
        writer.writerows(line.again for line in lines if line.again)
        return text.getvalue()

    def _line(self, guest: Guest, cells: dict[str, str], hours: str, said: str) -> _SheetLine:
        rank = len(self.guests)
        email = f"g{rank}@exemple.example"
        written, start, end = self.draw.choice(HOURS) if self.draw.random() < 0.35 else ("", 0, 1440)
        person = f"Mme Spécimen{rank}, M. Témoin{rank}" if self.draw.random() < 0.2 else f"Anne Spécimen{rank}"
        cells |= {"Contact": person, "Mail / tél": f"{email} / 03 20 00 00 {rank % 90 + 10}", hours: written}
        cells.setdefault("Ville", self.draw.choice(TOWNS))
        again: dict[str, str] = {}
        if self.draw.random() < 0.06 and start < 600:
            again = {**cells, hours: "part à 11h", "Mail / tél": email}
            end = min(end, 660)
        guest = Guest(guest.name, guest.trades, (start, end), guest.listed)
        self.guests[email] = guest
        return _SheetLine(guest, email, cells, again)

    def _misspelt(self, name: str) -> str:
        at = self.draw.randrange(1, max(2, len(name) - 1))
        return name[:at] + name[at + 1 :] if self.draw.random() < 0.5 else name[:at] + name[at - 1] + name[at:]


def answers(event: MeetingDay, people: Mapping[int, tuple[Person, ...]], made: MadeDay) -> list[AnswerQuestion]:
    """Answer what an import asks as somebody would who knows the truth."""
    who = guest_of(people, made)

    def told(one: ImportQuestion) -> str:
        codes = [option.code for option in one.options]
        if one.doubt is Doubt.WHO:
            return who[one.about].listed if who[one.about].listed in codes else NEW
        if one.doubt is Doubt.TWICE:
            return codes[0] if who[int(codes[0])].name == who[one.about].name else OTHER
        meant = [code for code in codes if code != NOBODY and who[int(code)].name in one.text]
        return max(meant, key=lambda code: len(who[int(code)].name), default=NOBODY)

    return [AnswerQuestion(one.number, told(one)) for one in event.open_questions]


def guest_of(people: Mapping[int, tuple[Person, ...]], made: MadeDay) -> dict[int, Guest]:
    """Return who each participant (key) truly is."""
    return {
        key: made.guests[person.email]
        for key, persons in people.items()
        for person in persons
        if person.email in made.guests
    }


def faults(event: MeetingDay, people: Mapping[int, tuple[Person, ...]], made: MadeDay) -> Iterator[str]:
    """Yield what an event has lost of its sheets, a refusal, and what its timetable breaks: an hour, a refusal, a guest at two tables, a
    pair met twice."""
    who = guest_of(people, made)
    kept = {frozenset(who[key].name for key in bond.pair) for bond in event.bonds if bond.tie is Tie.NEVER}
    for lost in sorted(map(sorted, made.refusals - kept)):
        yield f"{' et '.join(lost)} : le refus n’est pas dans l’événement"
    taken: set[tuple[int, str]] = set()
    met: set[frozenset[str]] = set()
    for booking in event.bookings:
        start = event.schedule.starts[booking.slot]
        pair = who[booking.buyer], who[booking.supplier]
        for guest in pair:
            if not guest.here[0] <= start <= start + event.schedule.minutes <= guest.here[1]:
                yield f"{guest.name} est là de {guest.here[0]} à {guest.here[1]}, pas à {start}"
            if (booking.slot, guest.name) in taken:
                yield f"{guest.name} est à deux tables à {start}"
            taken.add((booking.slot, guest.name))
        names = frozenset(guest.name for guest in pair)
        if names in made.refusals:
            yield f"{' et '.join(sorted(names))} ne voulaient pas se voir"
        if names in met:
            yield f"{' et '.join(sorted(names))} se voient deux fois"
        met.add(names)


def answered(event: MeetingDay, people: Mapping[int, tuple[Person, ...]], made: MadeDay) -> int:
    """Return how many meetings are of a supplier that wrote the trade of a need that the buyer wrote."""
    who = guest_of(people, made)
    return sum(bool({*who[one.buyer].trades} & {*who[one.supplier].trades}) for one in event.bookings)

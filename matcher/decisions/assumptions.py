"""Assumptions of an opinion: figures with a name, a unit and a source, which the person who decides can move."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from matcher.domain.french import count, unit
from matcher.reference.calibration import HOURS_PER_ETP


@dataclass(frozen=True, slots=True)
class Assumptions:
    """The figures that a buyer can move.

    `calls`: how many suppliers of unknown trade a buyer calls before publishing: no more of them count. `share`: the part of its
    workforce that a supplier can give one lot. `floor`: how many organisations must be confirmed, and able, before reserving is advised.
    `worth`: how many of those called must usually do the trade for calling to be worth it. `dependency`: the share of its turnover
    above which a buyer worries. `wanted`: the candidates one wants a lot to keep. `euros_per_etp`: what one full-time equivalent turns
    over in a year; None for what the table of calibration gives for the trade.
    """

    calls: int = 20
    share: float = 0.5
    worth: float = 0.5
    dependency: float = 0.30
    wanted: int = 3
    floor: int = 3
    hours_per_etp: float = HOURS_PER_ETP
    euros_per_etp: float | None = None

    def __post_init__(self) -> None:
        """Raises ValueError, in French, for figures that contradict each other."""
        if not 0 < self.share <= 1:
            raise ValueError("La part de l’effectif disponible pour un lot doit être entre 0 et 100 %.")
        if min(self.wanted, self.floor) < 1 or self.calls < 0:
            raise ValueError(
                "Il faut vouloir au moins un candidat et une organisation confirmée, et un nombre d’appels qui ne soit pas négatif."
            )
        if not 0 < self.dependency <= 1:
            raise ValueError("Le seuil de dépendance doit être entre 0 et 100 %.")
        if self.hours_per_etp <= 0 or (self.euros_per_etp is not None and self.euros_per_etp <= 0):
            raise ValueError("Les heures et le montant par ETP doivent être positifs.")

    def says(self) -> Iterator[str]:
        """Yield each hypothesis as a French sentence."""
        for sentence, _ in self.sourced_sentences():
            yield sentence

    def sourced_sentences(self) -> Iterator[tuple[str, str]]:
        """Yield each hypothesis as a French sentence, and where its figures come from."""
        yield from zip(self._sentences(), SOURCES, strict=True)

    def _sentences(self) -> Iterator[str]:
        yield (
            f"Réserver demande {count(self.floor, 'organisation confirmée', 'organisations confirmées')} au moins : sa réponse, un métier qu’elle "
            "déclare ou un marché gagné le dit, et son effectif suffit où la taille du lot est connue. Un code NAF, un nom, une marque ou un type sont à confirmer."
        )
        yield (
            f"Quand rien ne dit le métier d’une structure, elle compte pour la part des structures de son type qui l’exercent "
            f"(table des métiers exercés), et {count(self.calls, 'structure')} de la sorte au plus : celles que vous appellerez."
        )
        yield f"Une structure peut donner à un seul lot {unit(100 * self.share, '%')} de son effectif ; un effectif non connu suit les tailles de son type."
        yield f"Un lot doit garder {count(self.wanted, 'candidat')}, pour dire jusqu’à quelle taille il peut aller."
        yield f"Au-delà de {unit(100 * self.dependency, '%')} de son chiffre d’affaires, un lot rend une structure dépendante : à dire, sans l’écarter."
        worth = (
            "le montant qu’il réalise dépend du métier (table de calage)"
            if self.euros_per_etp is None
            else f"environ {unit(self.euros_per_etp, '€ HT')} par an, votre chiffre"
        )
        yield f"Un ETP fait {unit(self.hours_per_etp, 'heures')} par an ; {worth}."


# Where each sentence takes its figures, in the order of the sentences.
SOURCES = (
    "seuil de décision : à vous de le choisir",
    "hypothèse du projet, confrontée aux titulaires de marchés réels ; le nombre d’appels est à vous",
    "part : à vous de la juger ; tailles par type : Dares, Drees, UNEA et Fédération des GEIQ, 2018 à 2021",
    "seuil de décision : à vous de le choisir",
    "usage des acheteurs ; chiffre d’affaires déclaré par la structure, quand il est connu",
    "durée légale du travail par an ; part de main-d’œuvre, coût horaire ou chiffre d’affaires par métier : INSEE, branches, maisons de l’emploi",
)
DEFAULT = Assumptions()


@dataclass(frozen=True, slots=True)
class Threshold:
    """An assumption that a person can move: `moves` names it in Assumptions, `name` on the page and, but for `option`, on the command line.

    `least` and `most` are as written, a share (`unit` « % ») in percent; a threshold without unit is a whole number.
    """

    moves: str
    name: str
    label: str
    least: int
    most: int
    unit: str = ""
    option: str = ""

    @property
    def usual(self) -> Any:
        """Default value, None where it depends on the trade."""
        return getattr(DEFAULT, self.moves)


THRESHOLDS = (
    Threshold("wanted", "candidats", "Candidats qu’un lot doit garder", 1, 50),
    Threshold("calls", "appels", "Structures de métier non connu que vous appellerez", 0, 200),
    Threshold("share", "part", "Part de son effectif qu’une structure peut donner", 1, 100, "%"),
    Threshold("floor", "plancher", "Organisations confirmées qu’il faut pour réserver", 1, 50),
    Threshold(
        "euros_per_etp",
        "euros",
        "Montant HT que fait un ETP en un an, sinon celui du métier",
        1_000,
        1_000_000,
        "€",
        option="euros-par-etp",
    ),
)

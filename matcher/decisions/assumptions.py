"""Assumptions of an opinion: figures with a name, a unit and a source, which the person who decides can move."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from matcher.domain.french import count, number, unit
from matcher.reference.calibration import HOURS_PER_ETP


@dataclass(frozen=True, slots=True)
class Assumptions:
    """The figures that a buyer can move.

    `bid`: the chance that a candidate who does the trade, can carry the lot and has been consulted bids; `bid_low` to `bid_high` its
    range. No record of bids exists in the open data: it is a hypothesis of the trade, and the range is what counts.
    `calls`: how many suppliers of unknown trade a buyer calls before publishing: no more of them count. `share`: the part of its
    workforce that a supplier can give one lot. `bids` and `enough`: how many bids one wants, and how sure of them, before reserving:
    more likely than not.
    `worth`: the chance of finding at least one by calling, under which one stops there. `dependency`: the share of its turnover
    above which a buyer worries. `wanted`: the candidates one wants a lot to keep. `floor`: how many organisations must be credible before
    reserving is advised, where the low end of the range does not say so by itself. `euros_per_etp`: what one full-time equivalent turns
    over in a year; None for what the table of calibration gives for the trade.
    """

    bid: float = 0.5
    bid_low: float = 0.3
    bid_high: float = 0.7
    calls: int = 20
    share: float = 0.5
    bids: int = 2
    enough: float = 0.5
    worth: float = 0.5
    dependency: float = 0.30
    wanted: int = 3
    floor: int = 3
    hours_per_etp: float = HOURS_PER_ETP
    euros_per_etp: float | None = None

    def __post_init__(self) -> None:
        """Raises ValueError, in French, for figures that contradict each other."""
        if not 0 <= self.bid_low <= self.bid <= self.bid_high <= 1:
            raise ValueError("La chance qu’un candidat réponde doit être entre 0 et 100 %, dans sa fourchette.")
        if not 0 < self.share <= 1:
            raise ValueError("La part de l’effectif disponible pour un lot doit être entre 0 et 100 %.")
        if min(self.bids, self.wanted, self.floor) < 1 or self.calls < 0:
            raise ValueError(
                "Il faut vouloir au moins une offre, un candidat et une organisation crédible, et un nombre d’appels qui ne soit pas négatif."
            )
        if not (0 < self.enough < 1 and 0 < self.worth < 1 and 0 < self.dependency <= 1):
            raise ValueError("Les seuils de confiance et de dépendance doivent être entre 0 et 100 %.")
        if self.hours_per_etp <= 0 or (self.euros_per_etp is not None and self.euros_per_etp <= 0):
            raise ValueError("Les heures et le montant par ETP doivent être positifs.")

    @classmethod
    def moved(cls, bid: float, **others: Any) -> "Assumptions":
        """Return the hypotheses as a person moved them, by name, the chance of a bid with a range as wide as by default. Raises ValueError."""
        spread = DEFAULT.bid_high - DEFAULT.bid
        return cls(bid=bid, bid_low=max(bid - spread, 0.0), bid_high=min(bid + spread, 1.0), **others)

    def says(self) -> Iterator[str]:
        """Yield each hypothesis as a French sentence."""
        for sentence, _ in self.sourced():
            yield sentence

    def sourced(self) -> Iterator[tuple[str, str]]:
        """Yield each hypothesis as a French sentence, and where its figures come from."""
        yield from zip(self._sentences(), SOURCES, strict=True)

    def _sentences(self) -> Iterator[str]:
        yield (
            f"Un candidat qui fait ce métier, peut porter le lot et a été consulté répond {_in_ten(self.bid)} "
            f"({_in_ten(self.bid_low)} à {_in_ten(self.bid_high)}) : aucune donnée publique ne le mesure."
        )
        yield (
            f"Quand rien ne dit le métier d’une structure, elle compte pour la part des structures de son type qui l’exercent "
            f"(table des métiers exercés), et {count(self.calls, 'structure')} de la sorte au plus : celles que vous appellerez."
        )
        yield f"Une structure peut donner à un seul lot {unit(100 * self.share, '%')} de son effectif ; un effectif non connu suit les tailles de son type."
        yield (
            f"Réserver demande {unit(100 * self.enough, '%')} de chances d’au moins {count(self.bids, 'offre')}, et "
            f"{count(self.floor, 'organisation crédible', 'organisations crédibles')} au moins, sauf si la fourchette suffit même au plus bas ; "
            f"un lot doit garder {count(self.wanted, 'candidat')}."
        )
        yield f"Au-delà de {unit(100 * self.dependency, '%')} de son chiffre d’affaires, un lot rend une structure dépendante : à dire, sans l’écarter."
        worth = (
            "le montant qu’il réalise dépend du métier (table de calage)"
            if self.euros_per_etp is None
            else f"environ {unit(self.euros_per_etp, '€ HT')} par an, votre chiffre"
        )
        yield f"Un ETP fait {unit(self.hours_per_etp, 'heures')} par an ; {worth}."


def _in_ten(chance: float) -> str:
    return f"{number(10 * chance, 1)} fois sur 10"


# Where each sentence takes its figures, in the order of the sentences.
SOURCES = (
    "connaissance du métier : à corriger d’après vos consultations passées",
    "hypothèse du projet, confrontée aux titulaires de marchés réels ; le nombre d’appels est à vous",
    "part : à vous de la juger ; tailles par type : Dares, Drees, UNEA et Fédération des GEIQ, 2018 à 2021",
    "seuils de décision : à vous de les choisir",
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
    Threshold("bid", "reponse", "Chance qu’un candidat consulté réponde", 1, 100, "%"),
    Threshold("bids", "offres", "Offres voulues au moins", 1, 20),
    Threshold("enough", "confiance", "Chance voulue de les avoir, pour réserver", 1, 99, "%"),
    Threshold("wanted", "candidats", "Candidats qu’un lot doit garder", 1, 50),
    Threshold("calls", "appels", "Structures de métier non connu que vous appellerez", 0, 200),
    Threshold("share", "part", "Part de son effectif qu’une structure peut donner", 1, 100, "%"),
    Threshold("floor", "plancher", "Organisations crédibles qu’il faut pour réserver", 1, 50),
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
